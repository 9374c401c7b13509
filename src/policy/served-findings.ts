import type { HashEntry } from '../config/hash-ledger.ts'
import type { Finding } from '../finding.ts'
import { compareHashes, findSha512 } from './hashes.ts'
import type { RegistryFact, ServedVersion } from './registry-facts.ts'

/** What the answers of a registry are held against, beside the lockfile. */
export interface ServedPolicy {
  /** The ledger's entries for a version; empty where it has none. */
  readonly knownHashes: (name: string, version: string) => readonly HashEntry[]
  /** How many days ago a version must have been published, at least. */
  readonly minimumAgeDays: number | undefined
  /** Epoch milliseconds. */
  readonly nowMs: number
}

/** What a rule has to say of a fact. */
export type Said = Pick<Finding, 'rule' | 'message' | 'hint'>

/** A version that the registry describes, and what is known of it. */
interface Subject {
  readonly label: string
  readonly served: ServedVersion
  /** What the registry serves: the bytes' hashes where they were fetched, else those that it names. */
  readonly found: readonly string[]
  readonly known: readonly HashEntry[]
  /** Those of the ledger's entries that the lockfile, and the registry, have. */
  readonly knownLocked: HashEntry | undefined
  readonly knownFound: HashEntry | undefined
}

/** What is to be said of a version that the registry has. */
export function judgeServed(
  fact: RegistryFact,
  served: ServedVersion,
  policy: ServedPolicy,
): Said[] {
  const { package: name, version } = fact
  const known = version === undefined ? [] : policy.knownHashes(name, version)
  const found = served.bytes ?? served.named
  const subject = {
    label: version === undefined ? name : `${name}@${version}`,
    served,
    found,
    known,
    knownLocked: findKnown(known, served.locked),
    knownFound: findKnown(known, found),
  }
  return [
    ...judgeOwnHash(subject),
    ...judgeHashes(subject),
    ...judgeMarks(subject),
    ...judgeAge(subject, policy),
  ]
}

function findKnown(known: readonly HashEntry[], hashes: readonly string[]): HashEntry | undefined {
  const sha512 = findSha512(hashes)
  return known.find(({ integrity }) => integrity === sha512)
}

/** Whether the file is the one that the registry's own metadata promises. */
function judgeOwnHash({ label, served }: Subject): Said[] {
  const { registry, named, bytes } = served
  if (bytes === undefined || compareHashes(named, bytes) !== 'different') return []
  return [
    {
      rule: 'integrity-mismatch',
      message: `${registry.host} serves a file for ${label} that has not the hash that its metadata names`,
      hint: 'do not install it; let the registry drop what it has of the version, and fetch it anew',
    },
  ]
}

function judgeHashes(subject: Subject): Said[] {
  const { served, found, known, knownFound, label } = subject
  const { locked, registry } = served
  const comparison = locked.length === 0 ? 'same' : compareHashes(locked, found)
  if (comparison === 'different') return [describeDifference(subject)]
  if (comparison === 'incomparable') {
    return [
      {
        rule: 'integrity-mismatch',
        message: `whether ${registry.host} has the ${label} of the lockfile can't be told: its metadata names no hash to compare`,
        hint: 'compare the files themselves: jsr-guard verify --tarballs',
      },
    ]
  }
  if (known.length === 0 || knownFound !== undefined) return []
  return [
    {
      rule: 'integrity-mismatch',
      message: `${label} has another hash than when it was seen first: the ledger knows neither the registry's nor the lockfile's`,
      hint: 'find out who changed it before installing; jsr-guard lock-hashes --accept-revisions takes a new revision of JSR into the ledger',
    },
  ]
}

function describeDifference(subject: Subject): Said {
  const { label, served, knownLocked, knownFound } = subject
  const { host } = served.registry
  if (isRevision(knownLocked) && isRevision(knownFound)) {
    return {
      rule: 'revision-drift',
      message: `the lockfile has revision ${knownLocked.revision} of ${label}, and ${host} revision ${knownFound.revision}; both are in the ledger`,
      hint: 'lock the package again to take the revision that the registry has',
    }
  }
  return {
    rule: 'integrity-mismatch',
    message: `${host} has another ${label} than the lockfile${describeKnown(subject)}`,
    hint: 'do not install it before it is known whose is right; a new revision of JSR is taken into the ledger with jsr-guard lock-hashes --accept-revisions',
  }
}

function isRevision(
  entry: HashEntry | undefined,
): entry is HashEntry & { readonly revision: number } {
  return entry?.revision !== undefined
}

function describeKnown({ known, knownLocked, knownFound }: Subject): string {
  if (known.length === 0) return '; the ledger knows no hash of it'
  if (knownLocked !== undefined && knownFound === undefined) {
    return "; the ledger has the lockfile's"
  }
  if (knownLocked === undefined && knownFound !== undefined) {
    return "; the ledger has the registry's"
  }
  return knownLocked === undefined ? '; the ledger has neither' : '; the ledger has both'
}

function judgeMarks({ label, served, knownFound }: Subject): Said[] {
  const { registry, marks } = served
  const certain = marks.filter(({ sureness }) => sureness === 'certain')
  // Somebody has looked at this very file, and put its revision into the ledger.
  const likely = isRevision(knownFound) ? [] : marks.filter(({ sureness }) => sureness === 'likely')
  if (certain.length + likely.length === 0) return []
  const sureness = certain.length > 0 ? 'certainly' : 'probably'
  const seen = [...certain, ...likely].map(({ what }) => what).join(', ')
  return [
    {
      rule: 'not-from-jsr',
      message: `what ${registry.host} serves as ${label} was ${sureness} not made by JSR: ${seen}`,
      hint: 'let the registry take the scope @jsr from JSR alone: see jsr-guard doctor, and jsr-guard explain not-from-jsr',
    },
  ]
}

const dayMs = 86_400_000

function judgeAge({ label, served }: Subject, { minimumAgeDays, nowMs }: ServedPolicy): Said[] {
  if (minimumAgeDays === undefined || minimumAgeDays <= 0) return []
  const { publishedAt, registry } = served
  const publishedMs = publishedAt === undefined ? Number.NaN : Date.parse(publishedAt)
  const hint = `wait, or take an older version; the policy's minimumAgeDays is ${minimumAgeDays}`
  if (Number.isNaN(publishedMs)) {
    return [
      {
        rule: 'too-new',
        message: `${registry.host} does not say when ${label} was published`,
        hint,
      },
    ]
  }
  if (nowMs - publishedMs >= minimumAgeDays * dayMs) return []
  const date = new Date(publishedMs).toISOString()
  return [{ rule: 'too-new', message: `${label} was published on ${date}`, hint }]
}
