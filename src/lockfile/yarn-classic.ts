import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import {
  listSymlEntries,
  type SymlEntry,
  type SymlScalar,
  type SymlScalars,
} from '../syml/strict-syml.ts'
import type {
  LockedPackage,
  Lockfile,
  PackageSource,
  TransitiveSpecifier,
} from './locked-package.ts'
import { splitIntegrity } from './integrity.ts'
import { isExactVersion, isNpmName } from './npm-key.ts'
import { hexToIntegrity } from './hex-integrity.ts'
import { createSourceReader } from './source-reader.ts'
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
  refuseConflict(text)
  const reading: Reading = {
    packages: [],
    transitiveSpecifiers: [],
    readAddress: createSourceReader(),
  }
  try {
    for (const entry of listSymlEntries(text)) addEntry(reading, entry)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError) || cause.hint !== undefined) throw cause
    const { code, message, line } = cause
    throw new JsrGuardError(code, message, { hint: relock, line, cause })
  }
  const { packages, transitiveSpecifiers } = reading
  return { packages, projects: [], transitiveSpecifiers }
}

interface Reading {
  readonly packages: LockedPackage[]
  readonly transitiveSpecifiers: TransitiveSpecifier[]
  readonly readAddress: (text: string) => PackageSource
}

const conflictMarks: readonly string[] = ['<<<<<<<', '=======', '>>>>>>>']

function refuseConflict(text: string): void {
  // Looking for a text takes a tenth of what looking at the beginning of each line takes.
  if (!conflictMarks.some((mark) => text.includes(mark))) return
  const conflict = /^(?:<{7}|={7}|>{7})/m.exec(text)
  if (conflict === null) return
  throw damaged('holds a merge conflict', text.slice(0, conflict.index).split('\n').length)
}

const relock = 'restore it, or remove it and lock anew: yarn install'

function damaged(message: string, line: number): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line })
}

/** The fields of an entry that Yarn writes; `undefined` for those that are not there, or empty. */
interface Fields {
  name: string | undefined
  version: string | undefined
  resolved: string | undefined
  integrity: string | undefined
  dependencies: SymlScalars
  optionalDependencies: SymlScalars
}

const none: SymlScalars = []

function addEntry(
  { packages, transitiveSpecifiers, readAddress }: Reading,
  entry: SymlEntry,
): void {
  const fields = readFields(entry)
  const { keys, line } = entry
  const shared: Shared = { line, readAddress }
  const first = createPackage(readPattern(keys[0] ?? '', fields), fields, shared)
  if (keys.length === 1) packages.push(first)
  else for (const locked of createPackages(keys, fields, shared)) packages.push(locked)
  addRequests(transitiveSpecifiers, fields, first)
}

function readFields({ keys, value, line }: SymlEntry): Fields {
  if (typeof value !== 'object') throw refused(keys, 'that is no section', line)
  const fields: Fields = {
    name: undefined,
    version: undefined,
    resolved: undefined,
    integrity: undefined,
    dependencies: none,
    optionalDependencies: none,
  }
  for (const { key, value: content } of value) {
    if (!setField(fields, key, content)) {
      throw refused(keys, `with ${quoteShort(key)}, which Yarn does not write`, line)
    }
  }
  if (fields.version === undefined) throw refused(keys, 'without a version', line)
  return fields
}

/** Whether it is a field that Yarn writes, and holds what Yarn writes there. */
function setField(fields: Fields, key: string, content: SymlScalar | SymlScalars): boolean {
  switch (key) {
    case 'name':
    case 'version':
    case 'resolved':
    case 'integrity':
      if (typeof content !== 'string') return false
      fields[key] = content === '' ? undefined : content
      return true
    case 'uid':
      return typeof content === 'string'
    case 'dependencies':
    case 'optionalDependencies':
      if (typeof content !== 'object') return false
      fields[key] = content
      return true
    default:
      return false
  }
}

function refused([key = '']: readonly string[], fault: string, line: number): JsrGuardError {
  return damaged(`has an entry ${quoteShort(key)} ${fault}`, line)
}

/** What the packages of an entry share. */
interface Shared {
  readonly line: number
  readonly readAddress: Reading['readAddress']
}

/** One for each name: several ranges of one name are one package. */
function createPackages(
  keys: readonly string[],
  fields: Fields,
  shared: Shared,
): Iterable<LockedPackage> {
  const packages = new Map<string, LockedPackage>()
  for (const key of keys) {
    const locked = createPackage(readPattern(key, fields), fields, shared)
    const id = `${locked.alias}\n${locked.name}`
    const isUnknown = locked.source.type === 'unknown'
    // A range that hides something must not be covered by one that does not.
    if (packages.has(id) && !isUnknown) continue
    packages.set(isUnknown ? key : id, locked)
  }
  return packages.values()
}

function createPackage(
  pattern: Pattern,
  fields: Fields,
  { line, readAddress }: Shared,
): LockedPackage {
  const { key, alias, name } = pattern
  return {
    alias,
    name,
    version: fields.version,
    source: readSource(pattern, fields, readAddress),
    integrity: readIntegrity(fields),
    key,
    line: () => line,
  }
}

/** What stands before an entry: `name@range`. */
interface Pattern {
  /** As written. */
  readonly key: string
  readonly alias: string
  readonly name: string
  readonly range: string
}

/** What asks for an address alone has no name before it. */
function readPattern(key: string, { name: named }: Fields): Pattern {
  const at = key.indexOf('@', 1)
  const alias = at === -1 ? key : key.slice(0, at)
  if (!isNpmName(alias)) return { key, alias: named ?? key, name: named ?? key, range: key }
  const range = at === -1 ? '' : key.slice(at + 1)
  const target = parseNpmAlias(range)
  return { key, alias, name: target?.name ?? alias, range }
}

function readSource(
  { alias, name, range }: Pattern,
  { resolved, version }: Fields,
  readAddress: Reading['readAddress'],
): PackageSource {
  if (isForJsr(range)) return unknownSource(`what npm has as ${alias} under the tag ${range}`)
  if (!isNpmName(name)) return unknownSource(name)
  if (resolved !== undefined) return readResolved(resolved, range, readAddress)
  if (/^(?:file|link|portal):|^\.{0,2}\//.test(range)) return { type: 'local', path: range }
  const isPlain = parseNpmAlias(range) !== undefined || !/[:/]/.test(range)
  const isExact = isExactVersion(version ?? '')
  return isPlain && isExact ? { type: 'route' } : parseSource(range)
}

function isForJsr(range: string): boolean {
  // Nearly no range has a colon, and a scheme is nothing without one.
  return range.includes(':') && (isJsrSpecifier(range) || isPaddedJsrSpecifier(range))
}

/** The hash behind it is no part of the address; behind a repository's it is the commit. */
function readResolved(
  resolved: string,
  range: string,
  readAddress: Reading['readAddress'],
): PackageSource {
  const hash = resolved.indexOf('#')
  const address = hash === -1 ? resolved : resolved.slice(0, hash)
  const isRepository = address.slice(-4).toLowerCase() === '.git'
  if (isRepository && /^https?:.*\.git$/i.test(address)) return parseSource(`git+${resolved}`)
  if (/^(?:file:|\.{1,2}\/)/.test(address)) {
    return /^(?:file:|\.{0,2}\/)/.test(range)
      ? { type: 'local', path: address }
      : unknownSource(address)
  }
  return readAddress(address)
}

/** Entries from before Yarn 1.10 have only a SHA-1, behind the address. */
function readIntegrity({ integrity, resolved }: Fields): readonly string[] {
  if (integrity !== undefined) return splitIntegrity(integrity)
  const hash = /#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1]
  return hash === undefined ? [] : [hexToIntegrity('sha1', hash)]
}

function addRequests(
  requests: TransitiveSpecifier[],
  { dependencies, optionalDependencies }: Fields,
  asking: LockedPackage,
): void {
  for (const group of [dependencies, optionalDependencies]) {
    for (const { key: alias, value } of group) {
      const specifier = String(value)
      if (isForJsr(specifier)) requests.push(createRequest(alias, specifier, asking))
    }
  }
}

function createRequest(
  alias: string,
  specifier: string,
  { name, version, line }: LockedPackage,
): TransitiveSpecifier {
  return { from: `${name}@${version}`, alias, specifier, line }
}
