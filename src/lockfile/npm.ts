import { JsrGuardError } from '../errors.ts'
import type { StrictJson } from '../json/strict-json.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import type {
  LockedPackage,
  LockedProject,
  Lockfile,
  PackageSource,
  TransitiveSpecifier,
} from './locked-package.ts'
import { splitIntegrity } from './integrity.ts'
import { isRecord } from '../json/record.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { createBundleLookup } from './npm-bundle.ts'
import { findFault, isNpmEntry, type NpmEntries, type NpmEntry } from './npm-entry.ts'
import { isExactVersion, isNpmName, parseNpmKey } from './npm-key.ts'
import { findRequests, findUnlocked } from './npm-requests.ts'
import { checkNpmVersion } from './npm-version.ts'
import { createSourceReader } from './source-reader.ts'
import { unknownSource } from './source.ts'

/**
 * Reads `package-lock.json` and `npm-shrinkwrap.json`, versions 2 to 4, and the record that npm
 * keeps in `node_modules/.package-lock.json`.
 *
 * Returns one package per entry whatever its flags, in file order, links too: npm heeds none of the
 * flags when it fetches. Further packages stand for what an entry leads to that has no entry: the
 * lockfile inside its tarball, and what it asks of JSR by an address that is not locked. The
 * `dependencies` of version 2, which npm 7 and later pass over, are not read.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what npm would not write, or would read
 *   in another way; `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json
 */
export function readNpmLockfile(text: string): Lockfile {
  const json = readLockfileJson(text)
  const entries = readEntries(json)
  const reading: Reading = {
    json,
    entries,
    isBundled: createBundleLookup(entries),
    readSource: createSourceReader(),
    packages: [],
    projects: [],
    transitiveSpecifiers: [],
  }
  for (const key of Object.keys(entries)) addEntry(reading, key)
  const { packages, projects, transitiveSpecifiers } = reading
  return { packages, projects, transitiveSpecifiers }
}

/** What has been read so far. */
interface Reading {
  readonly json: StrictJson
  readonly entries: NpmEntries
  readonly isBundled: (key: string) => boolean
  readonly readSource: (text: string) => PackageSource
  readonly packages: LockedPackage[]
  readonly projects: LockedProject[]
  readonly transitiveSpecifiers: TransitiveSpecifier[]
}

function readEntries({ value, lineOf }: StrictJson): NpmEntries {
  if (!isRecord(value)) throw damaged('is no JSON object', undefined)
  checkNpmVersion(value, () => lineOf('lockfileVersion'))
  const entries = value['packages']
  if (!isRecord(entries)) throw damaged('has no object "packages"', lineOf('packages'))
  return entries
}

function addEntry(reading: Reading, key: string): void {
  const entry = reading.entries[key]
  const place = parseNpmKey(key)
  if (place === undefined) throw refused(reading, key, 'is no path that npm writes')
  if (!isNpmEntry(entry)) throw refused(reading, key, findFault(entry) ?? 'is no entry')
  if (place.type === 'package') addPackage(reading, entry, { key, alias: place.alias })
  else if (place.type === 'project') addProject(reading, entry, key)
  else if (place.type === 'inside' && Object.hasOwn(reading.entries, place.container)) {
    addPackage(reading, entry, { key, alias: place.alias, isInside: true })
  } else if (place.type !== 'store' || Object.keys(entry).length > 0) {
    throw refused(reading, key, 'belongs to no package')
  }
}

/** A folder of the project. A source that it names counts as well, though npm passes it by. */
function addProject(reading: Reading, entry: NpmEntry, key: string): void {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry
  const { lineOf } = reading.json
  // In npm's order: where two fields name the same alias, the later one holds.
  const fields = [peerDependencies, dependencies, optionalDependencies, devDependencies]
  reading.projects.push({
    folder: key,
    dependencies: new Map(fields.flatMap((field) => Object.entries(field ?? {}))),
    line: () => lineOf('packages', key),
  })
  if (entry.resolved === undefined && entry.link !== true) return
  addPackage(reading, entry, { key, alias: entry.name ?? key })
}

/** Where an entry stands. */
interface Place {
  readonly key: string
  readonly alias: string
  /** Whether it is a folder of the package around it. */
  readonly isInside?: boolean
}

function addPackage(reading: Reading, entry: NpmEntry, place: Place): void {
  if (entry.link === true) {
    addLink(reading, entry, place)
    return
  }
  const locked = createPackage(reading, entry, place)
  reading.packages.push(locked)
  if (entry.hasShrinkwrap === true) reading.packages.push(createEmbedded(locked))
  addRequests(reading, entry, locked)
}

function createPackage(reading: Reading, entry: NpmEntry, place: Place): LockedPackage {
  const { key, alias } = place
  // Not the whole reading, which would stay in memory as long as the package does.
  const { lineOf } = reading.json
  return {
    alias,
    name: nameOf(entry, place),
    version: entry.version === '' ? undefined : entry.version,
    source: sourceOf(reading, entry, place),
    integrity: splitIntegrity(entry.integrity),
    key,
    line: () => lineOf('packages', key),
  }
}

/**
 * A link leads to a folder, or, as in npm's linked install strategy, to another entry: then it is
 * that very package, and only of interest where its alias is not the package's name.
 */
function addLink(reading: Reading, entry: NpmEntry, place: Place): void {
  const { entries, packages } = reading
  const path = entry.resolved ?? ''
  const target = Object.hasOwn(entries, path) ? entries[path] : undefined
  const targetKey = parseNpmKey(path)
  const link = { ...createPackage(reading, entry, place), source: linkSource(entry.resolved) }
  if (targetKey?.type !== 'package' || !isNpmEntry(target) || target.link === true) {
    packages.push(link)
    return
  }
  const locked = createPackage(reading, target, { key: path, alias: targetKey.alias })
  const { alias, key, line } = link
  if (locked.name !== alias) packages.push({ ...locked, alias, key, line })
}

/** npm takes an alias for the name where there is no other. */
function nameOf({ name }: NpmEntry, { alias }: Place): string {
  return name === undefined || name === '' ? alias : name
}

const route: PackageSource = { type: 'route' }
const bundled: PackageSource = { type: 'bundled' }

function sourceOf(reading: Reading, entry: NpmEntry, place: Place): PackageSource {
  if (entry.resolved !== undefined) return reading.readSource(entry.resolved)
  if (place.isInside === true) return bundled
  if (entry.inBundle === true && reading.isBundled(place.key)) return bundled
  const name = nameOf(entry, place)
  const version = entry.version ?? ''
  // npm joins the two and reads the result anew, so that either could hold an address.
  const isPlain = isNpmName(name) && isExactVersion(version)
  return isPlain ? route : unknownSource(`${name}@${version}`)
}

/** npm takes the whole text for a path, and writes it without a scheme. */
function linkSource(path: string | undefined): PackageSource {
  const isPath = path !== undefined && !/^[a-z][a-z0-9+.-]+:/i.test(path)
  return isPath ? { type: 'local', path } : unknownSource(path ?? '')
}

/**
 * The `npm-shrinkwrap.json` in the tarball of a package: npm 10 and 11 take what is below the
 * package from there, and pass over what this lockfile says of it.
 */
function createEmbedded(locked: LockedPackage): LockedPackage {
  const source = unknownSource('the npm-shrinkwrap.json inside its tarball')
  return { ...locked, source, key: `${locked.key}/npm-shrinkwrap.json` }
}

function addRequests(reading: Reading, entry: NpmEntry, asking: LockedPackage): void {
  const { name, version, line } = asking
  for (const request of findRequests(entry)) {
    const { alias, specifier } = request
    if (isJsrSpecifier(specifier) || isPaddedJsrSpecifier(specifier)) {
      const from = version === undefined ? name : `${name}@${version}`
      reading.transitiveSpecifiers.push({ from, alias, specifier, line })
    } else {
      const unlocked = findUnlocked(reading.entries, asking, request)
      if (unlocked !== undefined) reading.packages.push(unlocked)
    }
  }
}

function refused({ json }: Reading, key: string, fault: string): JsrGuardError {
  return damaged(`has an entry ${quoteShort(key)} that ${fault}`, json.lineOf('packages', key))
}

function damaged(message: string, line: number | undefined): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, {
    hint: 'restore it, or remove it and lock anew: npm install --package-lock-only --ignore-scripts',
    line,
  })
}
