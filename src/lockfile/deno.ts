import { JsrGuardError } from '../errors.ts'
import { formatNpmName, quoteShort, tryParseJsrName } from '../specifier/jsr-name.ts'
import { hexToIntegrity } from './hex-integrity.ts'
import { splitIntegrity } from './integrity.ts'
import type { LockedPackage, Lockfile, PackageSource } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { createKeyLines } from './key-lines.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { isNpmName } from './npm-key.ts'
import { createSourceReader } from './source-reader.ts'
import { parseSource, unknownSource } from './source.ts'

/**
 * Reads Deno's `deno.lock`, versions 3 to 5: packages of JSR, packages of npm, and modules by their
 * address.
 *
 * What stands under `jsr` was fetched by Deno's own protocol, which no npm registry speaks.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what Deno would not write;
 *   `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://github.com/denoland/deno_lockfile
 */
export function readDenoLockfile(text: string): Lockfile {
  const { value, lineOf } = readLockfileJson(text)
  if (!isRecord(value)) throw damaged('is no JSON object', undefined)
  const version = value['version']
  if (version !== '3' && version !== '4' && version !== '5') {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_LOCKFILE_VERSION',
      `is of version ${JSON.stringify(version)}; versions 3 to 5 are known`,
      { hint: relock, line: lineOf('version') },
    )
  }
  refuseForeignFields(value, version, lineOf)
  const lookup = createKeyLines(text)
  const tables = version === '3' ? readTable(value, 'packages', () => lineOf('packages')) : value
  const path = version === '3' ? ['packages'] : []
  const reading: Reading = {
    table: (name) => readTable(tables, name, () => lineOf(path[0] ?? name)),
    lineOf: (name, key) => lookup([...path, name, key]),
    packages: [],
  }
  addJsr(reading)
  addNpm(reading)
  addRemotes(value, reading, lookup)
  return { packages: reading.packages, projects: [], transitiveSpecifiers: [] }
}

type Fields = Readonly<Record<string, unknown>>

interface Reading {
  readonly table: (name: string) => Fields
  readonly lineOf: (table: string, key: string) => number | undefined
  readonly packages: LockedPackage[]
}

const knownFields: Readonly<Record<'3' | '4' | '5', ReadonlySet<string>>> = {
  '3': new Set(['version', 'packages', 'redirects', 'remote', 'workspace']),
  '4': new Set(['version', 'specifiers', 'jsr', 'npm', 'redirects', 'remote', 'workspace']),
  '5': new Set(['version', 'specifiers', 'jsr', 'npm', 'redirects', 'remote', 'workspace']),
}

function refuseForeignFields(
  value: Fields,
  version: '3' | '4' | '5',
  lineOf: (key: string) => number | undefined,
): void {
  const foreign = Object.keys(value).find((field) => !knownFields[version].has(field))
  if (foreign === undefined) return
  throw damaged(`has ${quoteShort(foreign)}, which its version does not know`, lineOf(foreign))
}

const relock = 'restore it, or remove it and lock anew: deno install'

function damaged(message: string, line: number | undefined): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line })
}

/** The line is asked for only where there is a fault: the first one takes a walk over the text. */
function readTable(value: Fields, name: string, line: () => number | undefined): Fields {
  const table = value[name]
  if (table === undefined) return {}
  if (isRecord(table)) return table
  throw damaged(`has ${quoteShort(name)}, which is no object`, line())
}

/** `@scope/name@1.0.0`, with the hash of the package's manifest, in which its files are pinned. */
function addJsr({ table, lineOf, packages }: Reading): void {
  const entries = table('jsr')
  for (const key of Object.keys(entries)) {
    const line = () => lineOf('jsr', key)
    const fields = readEntry(key, entries[key], line)
    const at = key.indexOf('@', 1)
    const jsrName = at === -1 ? undefined : tryParseJsrName(key.slice(0, at))
    packages.push({
      alias: key.slice(0, Math.max(0, at)),
      name: jsrName === undefined ? key : formatNpmName(jsrName),
      version: at === -1 ? undefined : key.slice(at + 1),
      source: jsrName === undefined ? unknownSource(key) : native,
      integrity: readHash(fields['integrity']),
      key: `jsr:${key}`,
      line,
    })
  }
}

const native: PackageSource = { type: 'native' }

/** `name@1.0.0`, and behind a `_` the peers that it was resolved with. */
function addNpm({ table, lineOf, packages }: Reading): void {
  const entries = table('npm')
  const readAddress = createSourceReader()
  for (const key in entries) {
    const line = () => lineOf('npm', key)
    const { integrity, tarball } = readEntry(key, entries[key], line)
    const at = key.indexOf('@', 1)
    const name = at === -1 ? key : key.slice(0, at)
    const version = at === -1 ? '' : readVersion(key, at + 1)
    packages.push({
      alias: name,
      name,
      version,
      source: isAskable(name, version)
        ? readSource(tarball, readAddress)
        : unknownSource(`${name}@${version}`),
      integrity: splitIntegrity(typeof integrity === 'string' ? integrity : undefined),
      key: `npm:${key}`,
      line,
    })
  }
}

function readVersion(key: string, start: number): string {
  const end = key.indexOf('_', start)
  return end === -1 ? key.slice(start) : key.slice(start, end)
}

function readEntry(key: string, entry: unknown, line: () => number | undefined): Fields {
  if (isRecord(entry)) return entry
  throw damaged(`has an entry ${quoteShort(key)} that is no object`, line())
}

const route: PackageSource = { type: 'route' }

const exactVersion = /^\d+\.\d+\.\d+(?:[-+][a-z\d.+-]+)?$/i

/** Whether a registry can be asked for it by name and version, and by nothing else. */
function isAskable(name: string, version: string): boolean {
  return isNpmName(name) && exactVersion.test(version)
}

/** Deno leaves the address out where it is the public registry's; then the configuration decides. */
function readSource(tarball: unknown, readAddress: (text: string) => PackageSource): PackageSource {
  if (tarball === undefined) return route
  return typeof tarball === 'string' ? readAddress(tarball) : unknownSource('no text')
}

/** Modules by their address, and where an address was redirected to. */
function addRemotes(
  value: Fields,
  { packages }: Reading,
  lookup: (path: readonly string[]) => number | undefined,
): void {
  const remote = readTable(value, 'remote', () => lookup(['remote']))
  for (const [address, hash] of Object.entries(remote)) {
    packages.push(createModule(address, readHash(hash), () => lookup(['remote', address])))
  }
  for (const [from, target] of Object.entries(
    readTable(value, 'redirects', () => lookup(['redirects'])),
  )) {
    const address = String(target)
    if (Object.hasOwn(remote, address) || !/^https?:/i.test(address)) continue
    packages.push(createModule(address, [], () => lookup(['redirects', from])))
  }
}

function createModule(
  address: string,
  integrity: readonly string[],
  line: () => number | undefined,
): LockedPackage {
  const source = parseSource(address)
  return {
    alias: address,
    name: address,
    version: undefined,
    source,
    integrity,
    key: address,
    line,
  }
}

/** A SHA-256 in hexadecimal. */
function readHash(hash: unknown): readonly string[] {
  return typeof hash === 'string' && hash !== '' ? [hexToIntegrity('sha256', hash)] : []
}
