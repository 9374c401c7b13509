import { isRecord, tryParseJson } from '../json/record.ts'
import { isServedBy, parseWebUrl } from '../url/web-url.ts'
import { jsrNpmHost } from '../url/jsr-host.ts'
import { isIntegrity } from './digest.ts'
import { formatTarballPath, parseVersion } from './path.ts'

/** A package as JSR's npm endpoint describes it, as far as it can be relied upon. */
export interface UpstreamPackument {
  /** `@jsr/scope__name` */
  readonly name: string
  /** Everything but the fields below, as it came. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly tags: ReadonlyMap<string, string>
  readonly versions: ReadonlyMap<string, UpstreamVersion>
  /** Versions that are there, but described in a way that can't be relied upon. */
  readonly unreadable: ReadonlySet<string>
  readonly times: Readonly<Record<string, unknown>>
}

/** One version in a packument. */
interface UpstreamVersion {
  readonly version: string
  /** Where its tarball is, relative to the upstream. */
  readonly path: string
  readonly integrity: string
  /** `dist` as it came, but for the tarball, and with the SHA-1 in small letters. */
  readonly dist: Readonly<Record<string, unknown>>
  /** The other fields, as they came. */
  readonly manifest: Readonly<Record<string, unknown>>
  /** Epoch milliseconds. */
  readonly publishedAt: number | undefined
}

/**
 * Reads a packument of JSR's; `undefined` where it is none of that package.
 *
 * Both layouts of tarballs are understood, side by side in one packument too. A version that is
 * described in another way than JSR does (no SHA-512, a tarball that isn't on JSR or is another
 * version's) is `unreadable`: it could not be proved to be what it says.
 */
export function readPackument(
  text: string,
  name: string,
  upstream: URL,
): UpstreamPackument | undefined {
  const document = tryParseJson(text)
  if (!isRecord(document) || document['name'] !== name) return undefined
  const { versions, time, 'dist-tags': tags, ...fields } = document
  if (!isRecord(versions)) return undefined
  const times = isRecord(time) ? time : {}
  const readable = new Map<string, UpstreamVersion>()
  const unreadable = new Set<string>()
  for (const [version, entry] of Object.entries(versions)) {
    const found = readVersion({ name, version, entry, upstream, time: times[version] })
    if (found === undefined) unreadable.add(version)
    else readable.set(version, found)
  }
  return { name, fields, tags: readTags(tags), versions: readable, unreadable, times }
}

interface VersionSource {
  readonly name: string
  readonly version: string
  readonly entry: unknown
  readonly upstream: URL
  readonly time: unknown
}

function readVersion({
  name,
  version,
  entry,
  upstream,
  time,
}: VersionSource): UpstreamVersion | undefined {
  if (!isRecord(entry) || entry['name'] !== name || entry['version'] !== version) return undefined
  const { dist, ...manifest } = entry
  if (parseVersion(version) === undefined || !isRecord(dist)) return undefined
  const { tarball, integrity, shasum } = dist
  const path = readTarballPath(tarball, upstream)
  if (path === undefined || !isIntegrity(integrity)) return undefined
  if (!isPathOf(path, name, version)) return undefined
  return {
    version,
    path,
    integrity,
    dist: { ...dist, ...(typeof shasum === 'string' && { shasum: shasum.toLowerCase() }) },
    manifest,
    publishedAt: readTime(time),
  }
}

const jsr = new URL(`https://${jsrNpmHost}/`)

/** Below the upstream, or below JSR, which the upstream may be a mirror of; fetched from the upstream. */
function readTarballPath(tarball: unknown, upstream: URL): string | undefined {
  const url = typeof tarball === 'string' ? parseWebUrl(tarball)?.url : undefined
  if (url === undefined || url.search !== '' || url.hash !== '') return undefined
  const base = [upstream, jsr].find((registry) => isServedBy(url, registry))
  return base === undefined ? undefined : url.pathname.slice(base.pathname.length)
}

/** `~/11/@jsr/luca__cases/1.0.0.tgz`, or npm's layout. */
function isPathOf(path: string, name: string, version: string): boolean {
  if (path === formatTarballPath(name, version)) return true
  const revision = /^~\/\d{1,9}\//.exec(path)?.[0]
  return revision !== undefined && path === `${revision}${name}/${version}.tgz`
}

/** Where a version that is no longer listed may still be: the newest layout first. */
export function listUnlistedPaths(name: string, version: string): string[] {
  return [formatTarballPath(name, version), `~/11/${name}/${version}.tgz`]
}

function readTags(tags: unknown): Map<string, string> {
  const entries = isRecord(tags) ? Object.entries(tags) : []
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Epoch milliseconds of an ISO time. */
export function readTime(time: unknown): number | undefined {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isFinite(ms) ? ms : undefined
}
