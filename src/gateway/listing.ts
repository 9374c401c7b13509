import { compare, prerelease } from 'semver'
import type { UpstreamPackument } from './packument.ts'
import { formatTarballPath } from './path.ts'
import type { Pin } from './pins.ts'
import { refuseVersion, type GatewayPolicy } from './policy.ts'

/** What a package is to the clients of the gateway. */
export interface Listing {
  /** The packument, JSON. */
  readonly full: string
  /** What installing needs of it, JSON; `undefined` fields are left out. */
  readonly abbreviated: string
  /** How many versions the policy let through. */
  readonly count: number
}

/** What a listing is made from. */
export interface ListingSource {
  readonly name: string
  /** `undefined` while JSR can't be asked: then there is what is pinned. */
  readonly upstream: UpstreamPackument | undefined
  readonly pins: readonly Pin[]
}

/** How a listing is made. */
export interface ListingOptions {
  /** Ends in `/`. */
  readonly publicUrl: URL
  readonly policy: GatewayPolicy
  /** Whether versions that JSR lists no longer are listed, as deprecated, where they are pinned. */
  readonly canListYanked: boolean
  /** Epoch milliseconds. */
  readonly now: number
}

/** Makes the packument of a package: what the policy lets through, with the hashes that are pinned. */
export function renderListing(source: ListingSource, options: ListingOptions): Listing {
  const { name, upstream } = source
  const entries = listEntries(source, options)
    .filter(({ version, publishedAt }) => {
      return (
        refuseVersion(options.policy, { name, version, publishedAt }, options.now) === undefined
      )
    })
    .toSorted((a, b) => compare(a.version, b.version) || (a.version < b.version ? -1 : 1))
  const versions = Object.fromEntries(
    entries.map((entry) => [entry.version, renderVersion(entry, name, options)]),
  )
  const tags = renderTags(entries, upstream)
  const times = renderTimes(entries, upstream)
  const head = { ...upstream?.fields, name, 'dist-tags': tags }
  return {
    count: entries.length,
    full: JSON.stringify({ ...head, versions, time: times }),
    abbreviated: JSON.stringify({
      name,
      'dist-tags': tags,
      modified: times['modified'],
      versions: Object.fromEntries(
        Object.entries(versions).map(([version, entry]) => [version, abbreviate(entry)]),
      ),
    }),
  }
}

interface Entry {
  readonly version: string
  readonly integrity: string
  readonly dist: Readonly<Record<string, unknown>>
  readonly manifest: Readonly<Record<string, unknown>>
  readonly publishedAt: number | undefined
  readonly isYanked: boolean
}

function listEntries({ upstream, pins }: ListingSource, options: ListingOptions): Entry[] {
  const pinned = new Map(pins.map((pin) => [pin.version, pin]))
  const listed = [...(upstream?.versions.values() ?? [])].map((entry): Entry => {
    const pin = pinned.get(entry.version)
    // The bytes that are served are the pinned ones, so theirs is the hash that is listed.
    return pin === undefined || pin.integrity === entry.integrity
      ? { ...entry, isYanked: false }
      : { ...fromPin(pin, entry.manifest), isYanked: false }
  })
  if (upstream !== undefined && !options.canListYanked) return listed
  // One that was pinned without having been listed says nothing of what it depends on.
  const others = pins.filter(
    ({ version, manifest }) => upstream?.versions.has(version) !== true && 'name' in manifest,
  )
  const isYanked = upstream !== undefined
  return [...listed, ...others.map((pin) => ({ ...fromPin(pin, {}), isYanked }))]
}

/** A version that was not listed when it was pinned has no entry of its own. */
function fromPin(pin: Pin, manifest: Entry['manifest']): Omit<Entry, 'isYanked'> {
  const { version, integrity, publishedAt } = pin
  const own = 'name' in pin.manifest ? pin.manifest : manifest
  return { version, integrity, publishedAt, dist: pin.dist, manifest: own }
}

function renderVersion(
  { version, manifest, dist, integrity, isYanked }: Entry,
  name: string,
  { publicUrl }: ListingOptions,
): Record<string, unknown> {
  const tarball = new URL(formatTarballPath(name, version), publicUrl).href
  return {
    ...manifest,
    name,
    version,
    dist: { ...dist, integrity, tarball },
    ...(isYanked && { deprecated: 'yanked on JSR' }),
  }
}

/** `latest` is a release where there is one; JSR's own choice, if it is one. */
function renderTags(
  entries: readonly Entry[],
  upstream: UpstreamPackument | undefined,
): Record<string, string> {
  const current = entries.filter(({ isYanked }) => !isYanked).map(({ version }) => version)
  const known = [...(upstream?.tags ?? [])].filter(([, version]) => current.includes(version))
  const tags = new Map(known)
  const latest = tags.get('latest')
  const releases = current.filter((version) => prerelease(version) === null)
  if (latest === undefined || !releases.includes(latest)) {
    const best = releases.at(-1) ?? current.at(-1)
    if (best === undefined) tags.delete('latest')
    else tags.set('latest', best)
  }
  return Object.fromEntries(tags)
}

function renderTimes(
  entries: readonly Entry[],
  upstream: UpstreamPackument | undefined,
): Record<string, unknown> {
  const { created, modified } = upstream?.times ?? {}
  return {
    ...(created !== undefined && { created }),
    ...(modified !== undefined && { modified }),
    ...Object.fromEntries(
      entries.flatMap(({ version, publishedAt }) =>
        publishedAt === undefined ? [] : [[version, new Date(publishedAt).toISOString()]],
      ),
    ),
  }
}

/** The fields of npm's abbreviated form. */
const abbreviatedFields = [
  'name',
  'version',
  'dist',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bundleDependencies',
  'bundledDependencies',
  'bin',
  'directories',
  'engines',
  'os',
  'cpu',
  'libc',
  'deprecated',
  'hasInstallScript',
  '_hasShrinkwrap',
]

/** @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
function abbreviate(entry: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    abbreviatedFields.flatMap((field) =>
      Object.hasOwn(entry, field) ? [[field, entry[field]]] : [],
    ),
  )
}
