import { isRecord, tryParseJson } from '../json/record.ts'
import { parseWebUrl } from '../url/web-url.ts'

/** What a registry says of a package, as far as we ask. */
export interface Packument {
  readonly versions: Readonly<Record<string, unknown>>
  readonly tags: Readonly<Record<string, unknown>>
  /** When each version was published. */
  readonly times: Readonly<Record<string, unknown>>
}

/** Where a registry has a package's metadata: npm asks with the scope's slash encoded. */
export function packumentUrl(name: string, registry: URL): URL {
  return new URL(name.replace('/', '%2f'), registry)
}

/** Reads a packument; `undefined` where it is no JSON object with versions. */
export function parsePackument(body: string): Packument | undefined {
  const value = tryParseJson(body)
  const versions = isRecord(value) ? value['versions'] : undefined
  if (!isRecord(value) || !isRecord(versions)) return undefined
  const { 'dist-tags': tags, time: times } = value
  return { versions, tags: isRecord(tags) ? tags : {}, times: isRecord(times) ? times : {} }
}

/** What a packument says of one version. */
export interface PackumentVersion {
  /** All of it; may hold anything. */
  readonly fields: Readonly<Record<string, unknown>>
  /** Where its tarball is; `undefined` where that is no web address. */
  readonly tarball: URL | undefined
  /** Subresource Integrity strings; a `shasum` is one of `sha1`. */
  readonly integrity: readonly string[]
  readonly publishedAt: string | undefined
}

/** Finds a version; `undefined` where the packument has none of that name. */
export function findVersion(
  { versions, times }: Packument,
  version: string,
): PackumentVersion | undefined {
  if (!Object.hasOwn(versions, version)) return undefined
  const fields = isRecord(versions[version]) ? versions[version] : {}
  const dist = isRecord(fields['dist']) ? fields['dist'] : {}
  const { tarball } = dist
  const time = Object.hasOwn(times, version) ? times[version] : undefined
  return {
    fields,
    tarball: typeof tarball === 'string' ? parseWebUrl(tarball)?.url : undefined,
    integrity: readIntegrity(dist),
    publishedAt: typeof time === 'string' ? time : undefined,
  }
}

function readIntegrity({ integrity, shasum }: Readonly<Record<string, unknown>>): string[] {
  const strings = typeof integrity === 'string' ? integrity.split(/\s+/).filter(Boolean) : []
  // JSR writes it in upper case.
  if (typeof shasum !== 'string' || !/^[0-9a-f]{40}$/i.test(shasum)) return strings
  return [...strings, `sha1-${Buffer.from(shasum, 'hex').toString('base64')}`]
}
