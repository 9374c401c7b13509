import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import { readStrictSyml, type SymlEntry, type SymlScalar } from '../syml/strict-syml.ts'
import type {
  LockedPackage,
  Lockfile,
  PackageSource,
  TransitiveSpecifier,
} from './locked-package.ts'
import { splitIntegrity } from './integrity.ts'
import { isNpmName } from './npm-key.ts'
import { hexToIntegrity } from './hex-integrity.ts'
import { parseSource, unknownSource } from './source.ts'

/**
 * Reads Yarn 1's `yarn.lock`.
 *
 * Returns one package for each name that an entry stands under, in file order. The format does not
 * say what the project asks for.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what Yarn would not write, or would read
 *   in another way; `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://classic.yarnpkg.com/lang/en/docs/yarn-lock/
 */
export function readYarnLockfile(text: string): Lockfile {
  const packages: LockedPackage[] = []
  const transitiveSpecifiers: TransitiveSpecifier[] = []
  for (const entry of readEntries(text)) {
    const found = readEntry(entry)
    packages.push(...found)
    transitiveSpecifiers.push(...findRequests(entry, found[0]))
  }
  return { packages, projects: [], transitiveSpecifiers }
}

function readEntries(text: string): SymlEntry[] {
  const conflict = /^(?:<{7}|={7}|>{7})/m.exec(text)
  if (conflict !== null) {
    throw damaged('holds a merge conflict', text.slice(0, conflict.index).split('\n').length)
  }
  try {
    return readStrictSyml(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { code, message, line } = cause
    throw new JsrGuardError(code, message, { hint: relock, line, cause })
  }
}

const relock = 'restore it, or remove it and lock anew: yarn install'

function damaged(message: string, line: number): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line })
}

/** The fields of an entry that Yarn writes, and whether they hold text. */
const entryFields: ReadonlyMap<string, 'text' | 'map'> = new Map([
  ['name', 'text'],
  ['version', 'text'],
  ['uid', 'text'],
  ['resolved', 'text'],
  ['integrity', 'text'],
  ['dependencies', 'map'],
  ['optionalDependencies', 'map'],
])

type Fields = ReadonlyMap<string, SymlScalar | ReadonlyMap<string, SymlScalar>>

function readEntry({ keys, value, line }: SymlEntry): LockedPackage[] {
  const name = quoteShort(keys[0] ?? '')
  if (typeof value !== 'object') throw damaged(`has an entry ${name} that is no section`, line)
  const fields: Fields = value
  for (const [field, content] of fields) {
    const kind = typeof content === 'object' ? 'map' : typeof content === 'string' ? 'text' : ''
    if (entryFields.get(field) !== kind) {
      throw damaged(
        `has an entry ${name} with ${quoteShort(field)}, which Yarn does not write`,
        line,
      )
    }
  }
  const version = textOf(fields, 'version')
  if (version === undefined) throw damaged(`has an entry ${name} without a version`, line)
  return createPackages(keys, fields, line)
}

/** One for each name: several ranges of one name are one package. */
function createPackages(keys: readonly string[], fields: Fields, line: number): LockedPackage[] {
  const packages = new Map<string, LockedPackage>()
  for (const key of keys) {
    const pattern = parsePattern(key, textOf(fields, 'name'))
    const id = `${pattern.alias}\n${pattern.name}`
    const source = readSource(pattern, fields)
    // A range that hides something must not be covered by one that does not.
    if (packages.has(id) && source.type !== 'unknown') continue
    packages.set(source.type === 'unknown' ? key : id, {
      alias: pattern.alias,
      name: pattern.name,
      version: textOf(fields, 'version'),
      source,
      integrity: readIntegrity(fields),
      key,
      line: () => line,
    })
  }
  return [...packages.values()]
}

/** What stands before an entry: `name@range`. */
interface Pattern {
  readonly alias: string
  readonly name: string
  readonly range: string
}

/** What asks for an address alone has no name before it. */
function parsePattern(key: string, named: string | undefined): Pattern {
  const at = key.indexOf('@', 1)
  const alias = at === -1 ? key : key.slice(0, at)
  if (!isNpmName(alias)) return { alias: named ?? key, name: named ?? key, range: key }
  const range = at === -1 ? '' : key.slice(at + 1)
  const target = parseNpmAlias(range)
  return { alias, name: target?.name ?? alias, range }
}

function readSource({ alias, name, range }: Pattern, fields: Fields): PackageSource {
  if (isJsrSpecifier(range) || isPaddedJsrSpecifier(range)) {
    return unknownSource(`what npm has as ${alias} under the tag ${range}`)
  }
  if (!isNpmName(name)) return unknownSource(name)
  const resolved = textOf(fields, 'resolved')
  if (resolved !== undefined) return readAddress(resolved, range)
  if (/^(?:file|link|portal):|^\.{0,2}\//.test(range)) return { type: 'local', path: range }
  const isPlain = parseNpmAlias(range) !== undefined || !/[:/]/.test(range)
  const isExact = exactVersion.test(textOf(fields, 'version') ?? '')
  return isPlain && isExact ? { type: 'route' } : parseSource(range)
}

const exactVersion = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/

/** The hash behind it is no part of the address; behind a repository's it is the commit. */
function readAddress(resolved: string, range: string): PackageSource {
  const hash = resolved.indexOf('#')
  const address = hash === -1 ? resolved : resolved.slice(0, hash)
  if (/^https?:.*\.git$/i.test(address)) return parseSource(`git+${resolved}`)
  if (/^(?:file:|\.{1,2}\/)/.test(address)) {
    return /^(?:file:|\.{0,2}\/)/.test(range)
      ? { type: 'local', path: address }
      : unknownSource(address)
  }
  return parseSource(address)
}

/** Entries from before Yarn 1.10 have only a SHA-1, behind the address. */
function readIntegrity(fields: Fields): readonly string[] {
  const integrity = textOf(fields, 'integrity')
  if (integrity !== undefined) return splitIntegrity(integrity)
  const hash = /#([0-9a-f]{40})$/.exec(textOf(fields, 'resolved') ?? '')?.[1]
  return hash === undefined ? [] : [hexToIntegrity('sha1', hash)]
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function findRequests(
  { value, line }: SymlEntry,
  asking: LockedPackage | undefined,
): TransitiveSpecifier[] {
  if (typeof value !== 'object' || asking === undefined) return []
  const from = `${asking.name}@${asking.version}`
  return ['dependencies', 'optionalDependencies'].flatMap((field) => {
    const group = value.get(field)
    if (typeof group !== 'object') return []
    return Array.from(group).flatMap(([alias, specifier]) => {
      const text = String(specifier)
      const isJsr = isJsrSpecifier(text) || isPaddedJsrSpecifier(text)
      return isJsr ? [{ from, alias, specifier: text, line: () => line }] : []
    })
  })
}
