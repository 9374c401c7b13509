import { JsrGuardError } from '../errors.ts'
import type { StrictJson } from '../json/strict-json.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { splitIntegrity } from './integrity.ts'
import { blankJsonExtras } from '../json/blank-extras.ts'
import type {
  LockedPackage,
  LockedProject,
  Lockfile,
  PackageSource,
  TransitiveSpecifier,
} from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { isExactVersion, isNpmName } from './npm-key.ts'
import { createSourceReader } from './source-reader.ts'
import { parseSource, unknownSource } from './source.ts'

/**
 * Reads Bun's `bun.lock`, lockfileVersion 0 to 2.
 *
 * Returns one package per entry, in file order. No key may stand twice: of two tables of packages Bun
 * takes the first, and every other reader the last.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what Bun would not write, or would read
 *   in another way; `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://bun.com/docs/pm/lockfile
 */
export function readBunLockfile(text: string): Lockfile {
  const json = readLockfileJson(blankJsonExtras(text))
  const { packages, workspaces } = readTables(json)
  const reading: Reading = {
    lineOf: json.lineOf,
    readAddress: createSourceReader(),
    packages: [],
    transitiveSpecifiers: [],
  }
  for (const key in packages) readEntry(reading, key, packages[key])
  return {
    packages: reading.packages,
    projects: readProjects(workspaces, packages, json),
    transitiveSpecifiers: reading.transitiveSpecifiers,
  }
}

/**
 * Refuses Bun's binary lockfile: nothing but Bun reads it.
 *
 * @throws JsrGuardError always.
 */
export function refuseBunBinary(): never {
  throw new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', 'is binary, and only Bun reads it', {
    hint: 'make it text: bun install --save-text-lockfile --frozen-lockfile --lockfile-only, then remove it',
  })
}

type Fields = Readonly<Record<string, unknown>>

interface Reading {
  readonly lineOf: StrictJson['lineOf']
  readonly readAddress: (text: string) => PackageSource
  readonly packages: LockedPackage[]
  readonly transitiveSpecifiers: TransitiveSpecifier[]
}

const knownFields: ReadonlySet<string> = new Set([
  'lockfileVersion',
  'configVersion',
  'workspaces',
  'trustedDependencies',
  'patchedDependencies',
  'overrides',
  'catalog',
  'catalogs',
  'packages',
])

function readTables({ value, lineOf }: StrictJson): { packages: Fields; workspaces: Fields } {
  if (!isRecord(value)) throw damaged('is no JSON object', undefined)
  const version = value['lockfileVersion']
  if (version !== 0 && version !== 1 && version !== 2) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_LOCKFILE_VERSION',
      `is of version ${JSON.stringify(version)}; versions 0 to 2 are known`,
      { hint: relock, line: lineOf('lockfileVersion') },
    )
  }
  const foreign = Object.keys(value).find((field) => !knownFields.has(field))
  if (foreign !== undefined) {
    throw damaged(`has ${quoteShort(foreign)}, which Bun does not write`, lineOf(foreign))
  }
  const { packages = {}, workspaces = {} } = value
  if (!isRecord(packages)) throw damaged('has packages that are no object', lineOf('packages'))
  if (!isRecord(workspaces)) {
    throw damaged('has workspaces that are no object', lineOf('workspaces'))
  }
  return { packages, workspaces }
}

const relock = 'restore it, or remove it and lock anew: bun install --lockfile-only'

function damaged(message: string, line: number | undefined): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line })
}

function readEntry(reading: Reading, key: string, entry: unknown): void {
  // Not the whole reading, which would stay in memory as long as the package does.
  const { lineOf } = reading
  const line = () => lineOf('packages', key)
  const list: readonly unknown[] = Array.isArray(entry) ? entry : []
  const [resolution] = list
  if (typeof resolution !== 'string') {
    throw damaged(`has an entry ${quoteShort(key)} that is no list`, line())
  }
  const at = resolution.indexOf('@', 1)
  const name = at === -1 ? resolution : resolution.slice(0, at)
  const reference = at === -1 ? '' : resolution.slice(at + 1)
  const version = isExactVersion(reference) ? reference : undefined
  const info = list.find(isRecord)
  const locked: LockedPackage = {
    alias: aliasOf(key),
    name,
    version,
    source: isNpmName(name)
      ? readSource(reference, { version, list, info }, reading.readAddress)
      : unknownSource(`${name}@${reference}`),
    integrity: splitIntegrity(readIntegrity(list)),
    key,
    line,
  }
  reading.packages.push(locked)
  if (info !== undefined) addRequests(reading.transitiveSpecifiers, info, locked)
}

/** `parent/@scope/name`: the last name of the path. */
function aliasOf(key: string): string {
  const slash = key.lastIndexOf('/')
  if (slash === -1) return key
  const start = key.lastIndexOf('/', slash - 1) + 1
  return start < slash && key[start] === '@' ? key.slice(start) : key.slice(slash + 1)
}

/** What an entry says of itself. */
interface Entry {
  readonly version: string | undefined
  readonly list: readonly unknown[]
  /** The first object in the list: what the package asks for. */
  readonly info: Fields | undefined
}

function readSource(
  reference: string,
  entry: Entry,
  readAddress: Reading['readAddress'],
): PackageSource {
  if (entry.version !== undefined) return readRegistry(entry, readAddress)
  if (/^(?:workspace|link|file|root):/.test(reference)) {
    return { type: 'local', path: reference.replace(/^(?:workspace|root):/, '') }
  }
  if (/^https?:/i.test(reference)) return parseSource(reference.replace(/#.*$/s, ''))
  if (/^\.{1,2}\//.test(reference)) return { type: 'local', path: reference }
  return readGit(reference)
}

/** `github:owner/name#abc`, `git+https://…#abc`; what else git understands is not told apart. */
function readGit(reference: string): PackageSource {
  return /^[a-z+]+:/i.test(reference) ? parseSource(reference) : unknownSource(reference)
}

/** Behind the resolution an address, or an empty text where the configuration decides. */
function readRegistry({ list, info }: Entry, readAddress: Reading['readAddress']): PackageSource {
  if (info !== undefined && info['bundled'] === true) return bundled
  const address = list[1]
  if (list.length < 3 || list.length > 4 || typeof address !== 'string' || list[2] !== info) {
    return unknownSource('an entry of another shape')
  }
  return address === '' ? route : readAddress(address)
}

const bundled: PackageSource = { type: 'bundled' }
const route: PackageSource = { type: 'route' }

/** The last element; a repository's is its commit. */
function readIntegrity(list: readonly unknown[]): string | undefined {
  const last = list.length > 2 ? list[list.length - 1] : undefined
  return typeof last === 'string' ? last : undefined
}

const dependencyFields: readonly string[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
]

function* listDependencies(fields: Fields): Generator<readonly [alias: string, specifier: string]> {
  for (const field of dependencyFields) {
    const group = fields[field]
    if (!isRecord(group)) continue
    for (const [alias, specifier] of Object.entries(group)) yield [alias, String(specifier)]
  }
}

function addRequests(
  requests: TransitiveSpecifier[],
  info: Fields,
  { name, version, line }: LockedPackage,
): void {
  for (const field of dependencyFields) {
    const group = info[field]
    if (!isRecord(group)) continue
    for (const alias in group) {
      const specifier = String(group[alias])
      // Nearly none has a colon, and a scheme is nothing without one.
      if (!specifier.includes(':')) continue
      if (!isJsrSpecifier(specifier) && !isPaddedJsrSpecifier(specifier)) continue
      const from = version === undefined ? name : `${name}@${version}`
      requests.push({ from, alias, specifier, line })
    }
  }
}

function readProjects(
  workspaces: Fields,
  packages: Fields,
  { lineOf }: StrictJson,
): LockedProject[] {
  return Object.entries(workspaces).map(([folder, workspace]) => {
    const line = () => lineOf('workspaces', folder)
    if (!isRecord(workspace)) {
      throw damaged(`has a workspace ${quoteShort(folder)} that is no object`, line())
    }
    const dependencies = new Map(listDependencies(workspace))
    const keys = new Map<string, string>()
    for (const alias of dependencies.keys()) {
      // What a workspace has for itself stands below its name.
      const own = `${String(workspace['name'])}/${alias}`
      const key = [own, alias].find((candidate) => Object.hasOwn(packages, candidate))
      if (key !== undefined) keys.set(alias, key)
    }
    return { folder, dependencies, keys, line }
  })
}
