import { SemVer } from 'semver'
import { formatNpmName, parseNpmName } from '../specifier/jsr-name.ts'

/** What a path of the gateway stands for. */
export type GatewayPath =
  | { readonly type: 'packument'; readonly name: string }
  /** The file may be named as any of the products that stand before the gateway names it. */
  | {
      readonly type: 'tarball'
      readonly name: string
      readonly version: string
      /** What the version is kept under in memory. */
      readonly key: string
    }
  | { readonly type: 'service'; readonly service: Service }
  /** Outside `@jsr/`, or nothing that there could be. */
  | { readonly type: 'unknown' }

/** The paths that are no package. */
export type Service = 'root' | 'robots' | 'search' | 'health' | 'ready' | 'metrics'

const services: ReadonlyMap<string, Service> = new Map([
  ['', 'root'],
  ['-/ping', 'root'],
  ['robots.txt', 'robots'],
  ['-/v1/search', 'search'],
  ['-/health', 'health'],
  ['-/ready', 'ready'],
  ['-/metrics', 'metrics'],
])

/** No name and version that JSR lets in come near it. */
const maxLength = 512

/** File names of one version have to fit a file system. */
const maxVersionLength = 100

/**
 * Reads the path of a request, given as it was sent.
 *
 * It is decoded once, and must then be exactly a path that the gateway has: names and versions are
 * let in by their characters, so that no `..`, second encoding, backslash or control character is
 * left to be understood in two ways. `prefix` is the path of the public URL, which a reverse proxy
 * may or may not have taken off.
 */
export function parseGatewayPath(target: string, prefix: string): GatewayPath {
  const path = decodePath(target)
  if (path === undefined) return unknown
  const inside = path.startsWith(prefix) ? path.slice(prefix.length) : path.slice(1)
  const service = services.get(inside)
  if (service !== undefined) return { type: 'service', service }
  return parsePackagePath(inside) ?? unknown
}

const unknown: GatewayPath = { type: 'unknown' }

/** The convention of npm: the scope is not repeated in the file's name. */
export function formatTarballPath(name: string, version: string): string {
  return `${name}/-/${formatFileName(name, version)}`
}

function formatFileName(name: string, version: string): string {
  return `${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}

/** What a version is kept under in memory. */
export function formatKey({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`
}

/** Reads a version as JSR writes it; `undefined` for what would have to be repaired first. */
export function parseVersion(text: string): string | undefined {
  if (text.length > maxVersionLength) return undefined
  try {
    // SemVer leaves out the build, which JSR lets into a version.
    const { version, build } = new SemVer(text)
    const whole = build.length === 0 ? version : `${version}+${build.join('.')}`
    return whole === text ? text : undefined
  } catch {
    return undefined
  }
}

function decodePath(target: string): string | undefined {
  if (target.length > maxLength || !target.startsWith('/')) return undefined
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function parsePackagePath(path: string): GatewayPath | undefined {
  const separator = path.indexOf('/-/')
  if (separator === -1) {
    const name = parseName(path)
    return name === undefined ? undefined : { type: 'packument', name }
  }
  const name = parseName(path.slice(0, separator))
  if (name === undefined) return undefined
  const version = parseFileName(path.slice(separator + '/-/'.length), name)
  if (version === undefined) return undefined
  return { type: 'tarball', name, version, key: formatKey({ name, version }) }
}

function parseName(text: string): string | undefined {
  const name = parseNpmName(text)
  return name === undefined ? undefined : formatNpmName(name)
}

/** `luca__cases-1.0.0.tgz`, `1.0.0.tgz` or `@jsr/luca__cases-1.0.0.tgz`. */
function parseFileName(file: string, name: string): string | undefined {
  if (!file.endsWith('.tgz')) return undefined
  const stem = file.slice(0, -'.tgz'.length)
  const prefixes = [`${name}-`, `${name.slice('@jsr/'.length)}-`]
  const prefix = prefixes.find((start) => stem.startsWith(start)) ?? ''
  return parseVersion(stem.slice(prefix.length))
}
