import path from 'node:path'
import { formatHashLedger, hashLedgerFile, type HashEntry } from '../config/hash-ledger.ts'
import { JsrGuardError } from '../errors.ts'
import { findSha512 } from '../policy/hashes.ts'
import type { RegistryFact } from '../policy/registry-facts.ts'
import { evaluateFacts } from '../policy/registry-findings.ts'
import type { ServedPolicy } from '../policy/served-findings.ts'
import { indexEntries, loadHashLedger, type LoadedLedger } from '../project/hash-ledger.ts'
import { writeFileAtomically } from '../project/write.ts'
import type { Report } from '../report/report.ts'
import { askAboutPackages } from './ask.ts'
import { inspectProject } from './check.ts'
import { reportFacts, type VerifyProjectOptions } from './verify.ts'

/** What to put into the ledger, and how. */
export interface LockHashesOptions extends VerifyProjectOptions {
  /** Whether a newer revision of a version that is known may stand beside it from now on. */
  readonly acceptsRevisions: boolean
}

/** What came of it. */
export interface LockHashesOutcome {
  readonly report: Report
  readonly unanswered: JsrGuardError | undefined
  /** The entries that were added. */
  readonly added: readonly HashEntry[]
  /** How many there are now. */
  readonly entries: number
  readonly isCreated: boolean
}

/**
 * Writes the hashes of the locked `@jsr` packages into `jsr-guard.lock.json`, from the bytes that the
 * private registry serves, with JSR's revision of each. What is there already stays: a version that
 * now has another hash is a finding, unless it is a newer revision and such are accepted.
 *
 * Nothing of which there is something to find fault with is written down.
 *
 * @throws JsrGuardError as `verifyProject` does.
 */
export async function lockHashes(options: LockHashesOptions): Promise<LockHashesOutcome> {
  const { env, onProgress, acceptsRevisions } = options
  const checked = await inspectProject(options)
  const { root } = checked.project
  const ledger = await loadHashLedger(root)
  const asked = await askAboutPackages(checked, { env, fetchesTarballs: true, onProgress })
  const entries = addEntries(ledger.entries, asked.facts, acceptsRevisions)
  await writeLedger(root, ledger, entries)
  return {
    ...(await reportFacts(checked, asked, { ...options, knownHashes: indexEntries(entries) })),
    added: entries.filter((entry) => !ledger.entries.includes(entry)),
    entries: entries.length,
    isCreated: ledger.text === undefined && entries.length > 0,
  }
}

function addEntries(
  known: readonly HashEntry[],
  facts: readonly RegistryFact[],
  acceptsRevisions: boolean,
): readonly HashEntry[] {
  return facts.reduce<readonly HashEntry[]>((entries, fact) => {
    const entry = createEntry(fact)
    if (entry === undefined) return entries
    const others = entries.filter(({ name, version }) => isSame(entry, { name, version }))
    const same = others.find(({ integrity }) => integrity === entry.integrity)
    if (same !== undefined && (same.revision !== undefined || entry.revision === undefined)) {
      return entries
    }
    const isNewer = others.every(({ revision = -1 }) => (entry.revision ?? -1) > revision)
    if (same === undefined && others.length > 0 && !(acceptsRevisions && isNewer)) return entries
    const extended = [...entries.filter((one) => one !== same), entry]
    return isClean(fact, extended) ? extended : entries
  }, known)
}

function createEntry({ package: name, version, answer }: RegistryFact): HashEntry | undefined {
  if (answer.type !== 'described' || answer.bytes === undefined || version === undefined) {
    return undefined
  }
  const integrity = findSha512(answer.bytes)
  return integrity === undefined
    ? undefined
    : { name, version, revision: answer.revision, integrity }
}

function isSame(a: HashEntry, b: Pick<HashEntry, 'name' | 'version'>): boolean {
  return a.name === b.name && a.version === b.version
}

/** Whether nothing is wrong with a version once the ledger has these entries. */
function isClean(fact: RegistryFact, entries: readonly HashEntry[]): boolean {
  const policy: ServedPolicy = {
    knownHashes: indexEntries(entries),
    minimumAgeDays: undefined,
    nowMs: 0,
  }
  return evaluateFacts([fact], {}, policy).every(({ severity }) => severity !== 'error')
}

async function writeLedger(
  root: string,
  { text }: LoadedLedger,
  entries: readonly HashEntry[],
): Promise<void> {
  const after = formatHashLedger(entries)
  if (after === text || (text === undefined && entries.length === 0)) return
  const expected = text === undefined ? {} : { expected: Buffer.from(text) }
  const file = path.join(root, hashLedgerFile)
  if (await writeFileAtomically(file, Buffer.from(after), expected)) return
  const message = 'the ledger was edited by somebody else meanwhile'
  throw new JsrGuardError('ERR_JSR_GUARD_LEDGER', message, {
    hint: 'run jsr-guard lock-hashes again',
    file: hashLedgerFile,
  })
}
