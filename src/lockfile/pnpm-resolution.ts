import { redactText } from '../url/redact.ts'
import { parseWebUrl } from '../url/web-url.ts'
import type { PackageSource } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import type { PnpmKey } from './pnpm-key.ts'
import type { PlainReader } from './source-reader.ts'
import { unknownSource } from './source.ts'

/** Where an entry comes from, and what pins it. */
export interface PnpmSource {
  readonly source: PackageSource
  readonly integrity: string | undefined
}

/** The entry whose `resolution` is read. */
interface PnpmEntry {
  readonly key: PnpmKey
  readonly readPlain: PlainReader
}

/**
 * Reads the `resolution` of an entry: one source, or one for each platform where the entry has
 * variations. Whatever pnpm would not write, or a field that is not known, makes it `unknown`.
 *
 * An address is taken only as `new URL` writes it back: pnpm repairs `//host`, `HTTP://` and the
 * like, and each version in a way of its own.
 */
export function readPnpmResolution(resolution: unknown, entry: PnpmEntry): PnpmSource[] {
  if (resolution === undefined || resolution === null) return [withoutResolution(entry)]
  if (!isRecord(resolution)) return [unknown(resolution)]
  const type = resolution['type']
  if (type === 'variations') return readVariations(resolution, entry)
  return [{ source: readTyped(resolution, entry), integrity: readText(resolution['integrity']) }]
}

/** The entry of a folder has none in some versions. */
function withoutResolution({ key }: PnpmEntry): PnpmSource {
  const path = key.type === 'address' ? readLocalPath(key.address) : undefined
  if (path === undefined) return { source: unknownSource('no resolution'), integrity: undefined }
  return { source: { type: 'local', path }, integrity: undefined }
}

type Resolution = Readonly<Record<string, unknown>>

function readTyped(resolution: Resolution, entry: PnpmEntry): PackageSource {
  switch (resolution['type']) {
    case undefined:
      return hasOnly(resolution, tarballFields)
        ? readTarball(resolution['tarball'], entry)
        : describe(resolution)
    case 'git':
      return hasOnly(resolution, gitFields) ? readGit(resolution) : describe(resolution)
    case 'directory':
      return hasOnly(resolution, directoryFields) ? readDirectory(resolution) : describe(resolution)
    case 'binary':
      return hasOnly(resolution, binaryFields)
        ? readAddress(resolution['url'], entry)
        : describe(resolution)
    default:
      return describe(resolution)
  }
}

const tarballFields: readonly string[] = ['integrity', 'tarball', 'gitHosted', 'path']
const gitFields: readonly string[] = ['type', 'repo', 'commit', 'path', 'integrity']
const directoryFields: readonly string[] = ['type', 'directory']
const binaryFields: readonly string[] = ['type', 'url', 'integrity', 'bin', 'archive', 'prefix']

function hasOnly(resolution: Resolution, fields: readonly string[]): boolean {
  for (const field in resolution) if (!fields.includes(field)) return false
  return true
}

function readVariations(resolution: Resolution, entry: PnpmEntry): PnpmSource[] {
  const variants = resolution['variants']
  const isPlain = hasOnly(resolution, ['type', 'variants']) && Array.isArray(variants)
  if (!isPlain || variants.length === 0) return [unknown(resolution)]
  return variants.flatMap((variant: unknown) => {
    const inner = isRecord(variant) ? variant['resolution'] : undefined
    const isNested = isRecord(inner) && inner['type'] === 'variations'
    return inner === undefined || isNested ? [unknown(variant)] : readPnpmResolution(inner, entry)
  })
}

function readTarball(tarball: unknown, entry: PnpmEntry): PackageSource {
  const { key } = entry
  if (tarball === undefined || tarball === null || tarball === '') return readRoute(key)
  if (typeof tarball !== 'string') return describe(tarball)
  if (key.type === 'address') return readOwnAddress(tarball, key.address, entry)
  const remote = readAddress(tarball, entry)
  if (remote.type === 'remote' || key.type !== 'version') return remote
  return isPlainPath(tarball) ? { type: 'route', path: tarball } : remote
}

const route: PackageSource = { type: 'route' }

/** pnpm puts the address together from name and version; both have been read strictly. */
function readRoute(key: PnpmKey): PackageSource {
  if (key.type === 'version') return route
  if (key.type === 'prefix') return unknownSource(`${key.prefix}:${key.name}@${key.version}`)
  const path = readLocalPath(key.address)
  return path === undefined ? unknownSource(key.address) : { type: 'local', path }
}

/** The key repeats the address. Some versions fetch one of the two, some the other. */
function readOwnAddress(tarball: string, address: string, entry: PnpmEntry): PackageSource {
  const hash = address.indexOf('#path:')
  const plain = hash === -1 ? address : address.slice(0, hash)
  if (tarball !== plain) return unknownSource(`${tarball} (in the entry ${address})`)
  const path = readLocalPath(tarball)
  return path === undefined ? readAddress(tarball, entry) : { type: 'local', path }
}

function readAddress(address: unknown, { readPlain }: PnpmEntry): PackageSource {
  if (typeof address !== 'string') return describe(address)
  const plain = readPlain(address)
  if (plain !== undefined) return plain
  const web = parseWebUrl(address)
  if (web === undefined) return describe(address)
  // Without credentials, which have been taken off, it is the very text.
  const isPlain = web.hasCredentials ? new URL(address).href === address : web.url.href === address
  if (!isPlain) return unknownSource(address)
  return { type: 'remote', url: web.url, hasCredentials: web.hasCredentials }
}

const probe = 'https://registry.invalid/a/'

/** A path that stays below whatever registry it is resolved against. */
function isPlainPath(path: string): boolean {
  return URL.canParse(path, probe) && new URL(path, probe).href === probe + path
}

/** `file:` and what follows it, which is no address. */
function readLocalPath(text: string): string | undefined {
  if (!text.startsWith('file:') || text.startsWith('file://')) return undefined
  return text.slice('file:'.length)
}

function readGit({ repo, commit }: Resolution): PackageSource {
  if (typeof repo !== 'string' || typeof commit !== 'string') return describe(repo)
  const web = parseWebUrl(repo)
  if (web !== undefined) return { type: 'git', url: web.url.href }
  const isGit = sshRepository.test(repo) || scpRepository.test(repo)
  return isGit ? { type: 'git', url: redactText(repo) } : unknownSource(repo)
}

const sshRepository = /^(?:git\+)?(?:ssh|git):\/\/(?:[\w.-]+@)?[\w.-]+(?::\d+)?\/[\w./~-]+$/
const scpRepository = /^(?:[\w.-]+@)?[\w-]+(?:\.[\w-]+)+:[\w./~-]+$/

function readDirectory({ directory }: Resolution): PackageSource {
  return typeof directory === 'string' ? { type: 'local', path: directory } : describe(directory)
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function unknown(value: unknown): PnpmSource {
  return { source: describe(value), integrity: undefined }
}

const maxLength = 200

function describe(value: unknown): PackageSource {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return unknownSource(text.slice(0, maxLength))
}
