import { quoteShort } from '../specifier/jsr-name.ts'
import { splitIntegrity } from './integrity.ts'
import type { LockedPackage, Lockfile } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { isNpmName } from './npm-key.ts'
import { damaged, readPnpmDocuments, type Fields, type PnpmDocument } from './pnpm-document.ts'
import { parsePnpmKey, withoutSuffix, type PnpmFormat, type PnpmKey } from './pnpm-key.ts'
import { readPnpmReferences, type PnpmReferences } from './pnpm-references.ts'
import { readPnpmResolution, type PnpmSource } from './pnpm-resolution.ts'
import { createPlainReader, type PlainReader } from './source-reader.ts'
import { unknownSource } from './source.ts'

/**
 * Reads `pnpm-lock.yaml`, lockfileVersion 5, 6, 9 and 13, and the record that pnpm keeps in
 * `node_modules/.pnpm/lock.yaml`.
 *
 * Returns one package per entry, those of pnpm's own document included, in file order; further ones
 * for each alias beyond the first, for links to folders, and for whatever is asked for and has no
 * entry.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what pnpm would not write, or would read
 *   in another way; `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://github.com/pnpm/spec/tree/master/lockfile
 */
export function readPnpmLockfile(text: string): Lockfile {
  const documents = readPnpmDocuments(text).map(readPnpmDocument)
  return {
    packages: documents.flatMap(({ packages }) => packages),
    // The document before the lockfile says only what pnpm itself asks for.
    projects: documents.at(-1)?.projects ?? [],
    transitiveSpecifiers: [],
  }
}

/**
 * Reads one document of a lockfile, in the shape that all formats have been brought to.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX`
 */
export function readPnpmDocument(document: PnpmDocument): Lockfile {
  const references = readPnpmReferences(document)
  return {
    packages: readPackages(document, references),
    projects: references.projects,
    transitiveSpecifiers: [],
  }
}

function readPackages(document: PnpmDocument, references: PnpmReferences): LockedPackage[] {
  const reading = { document, readPlain: createPlainReader() }
  const packages: LockedPackage[] = []
  for (const key in document.packages) {
    const aliases = references.aliases.get(key)
    const entry = readEntry(reading, key)
    for (const locked of aliases === undefined ? entry : withAliases(entry, aliases)) {
      packages.push(locked)
    }
  }
  for (const locked of references.packages) packages.push(locked)
  return packages
}

function withAliases(
  entry: readonly LockedPackage[],
  aliases: ReadonlySet<string>,
): LockedPackage[] {
  return Array.from(aliases).flatMap((alias) => entry.map((locked) => ({ ...locked, alias })))
}

interface Reading {
  readonly document: PnpmDocument
  readonly readPlain: PlainReader
}

function readEntry(reading: Reading, key: string): LockedPackage[] {
  const { format, packages, lineOf } = reading.document
  const entry = packages[key]
  const line = () => lineOf('packages', key)
  if (!isRecord(entry)) {
    throw damaged(`has an entry ${quoteShort(key)} that is no mapping`, line())
  }
  const place = readPlace(key, entry, format)
  const name = place?.name ?? key
  const version = versionOf(place, entry)
  return readSources(entry, place, reading).map(({ source, integrity }) => ({
    alias: name,
    name,
    version,
    source,
    integrity: splitIntegrity(integrity),
    key,
    line,
  }))
}

/** In older formats the key of what is no registry's package does not name it; the entry does. */
function readPlace(key: string, entry: Fields, format: PnpmFormat): PnpmKey | undefined {
  const bare = withoutSuffix(key, format)
  // Version 9 has the peers in the snapshots: pnpm never looks for such a key.
  if (format === 'v9' && bare !== key) return undefined
  const place = parsePnpmKey(bare, format)
  if (place !== undefined || format === 'v9' || format === 'v13') return place
  const { name, resolution } = entry
  if (typeof name !== 'string' || !isNpmName(name)) return undefined
  const tarball = isRecord(resolution) ? resolution['tarball'] : undefined
  return { type: 'address', name, address: typeof tarball === 'string' ? tarball : bare }
}

function versionOf(place: PnpmKey | undefined, { version }: Fields): string | undefined {
  if (place !== undefined && place.type !== 'address') return place.version
  return typeof version === 'string' && version !== '' ? version : undefined
}

function readSources(
  entry: Fields,
  place: PnpmKey | undefined,
  { document: { format }, readPlain }: Reading,
): readonly PnpmSource[] {
  const fault = place === undefined ? 'a key that pnpm does not write' : findFault(entry, place)
  if (place === undefined || fault !== undefined) return [unknown(fault ?? '')]
  const own = { key: place, readPlain }
  if (format !== 'v13') return readPnpmResolution(entry['resolution'], own)
  const { resolution = {}, integrity } = entry
  const foreign = Object.keys(entry).find((field) => !entryFields13.has(field))
  if (foreign !== undefined) return [unknown(`the field ${foreign}`)]
  if (isRecord(resolution) && resolution['integrity'] !== undefined) {
    return [unknown('two fields for the hash')]
  }
  const isPinned = typeof integrity === 'string'
  return readPnpmResolution(resolution, own).map(({ source, integrity: inner }) => ({
    source,
    integrity: isPinned ? integrity : inner,
  }))
}

/**
 * Some versions of pnpm take name and version from the key, others from the entry: they put the
 * address together from them.
 */
function findFault({ name, version }: Fields, place: PnpmKey): string | undefined {
  if (name !== undefined && name !== place.name) return `another name, ${JSON.stringify(name)}`
  if (place.type === 'address' || version === undefined || version === place.version)
    return undefined
  return `another version, ${JSON.stringify(version)}`
}

/** Version 13 is new: what it may hold beside these isn't known. */
const entryFields13: ReadonlySet<string> = new Set([
  'name',
  'version',
  'resolution',
  'integrity',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'transitivePeerDependencies',
  'bundledDependencies',
  'specifiers',
  'engines',
  'cpu',
  'os',
  'libc',
  'hasBin',
  'deprecated',
  'optional',
  'patched',
])

function unknown(reason: string): PnpmSource {
  return { source: unknownSource(reason), integrity: undefined }
}
