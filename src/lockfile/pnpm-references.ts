import { quoteShort } from '../specifier/jsr-name.ts'
import type { LockedPackage, LockedProject, PackageSource } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { damaged, type Fields, type PnpmDocument } from './pnpm-document.ts'
import { findReferredKey, withoutSuffix } from './pnpm-key.ts'
import { unknownSource } from './source.ts'

/** What the projects and packages of a lockfile ask for. */
export interface PnpmReferences {
  readonly projects: readonly LockedProject[]
  /** Key of an entry to the aliases it stands under that are not its name. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
  /** What is asked for and has no entry: links to folders, and what can't be told. */
  readonly packages: readonly LockedPackage[]
}

/** Follows every reference to its entry, those of projects and those of packages. */
export function readPnpmReferences(document: PnpmDocument): PnpmReferences {
  const reading: Reading = {
    document,
    aliases: new Map(),
    packages: [],
    names: readNames(document),
  }
  const projects = Object.entries(document.importers).map(([id, importer]) =>
    readProject(reading, id, importer),
  )
  for (const key in document.snapshots) readSnapshot(reading, key)
  return { projects, aliases: reading.aliases, packages: reading.packages }
}

interface Reading {
  readonly document: PnpmDocument
  readonly aliases: Map<string, Set<string>>
  readonly packages: LockedPackage[]
  /** Name of a project to its folder, where the lockfile says that. */
  readonly names: ReadonlyMap<string, string>
}

/** Where a reference stands. */
interface Asking {
  /** The key of what asks. */
  readonly key: string
  /** The folder that links start from. */
  readonly folder: string
  readonly line: () => number | undefined
}

function readNames({ importers }: PnpmDocument): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(importers).flatMap(([id, importer]) =>
      isRecord(importer) && typeof importer['name'] === 'string'
        ? [[importer['name'], id] as const]
        : [],
    ),
  )
}

const importerFields: readonly string[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'configDependencies',
  'packageManagerDependencies',
]

function readProject(reading: Reading, id: string, importer: unknown): LockedProject {
  const { lineOf, importersName } = reading.document
  const line = () => (importersName === undefined ? 1 : lineOf(importersName, id))
  if (!isRecord(importer)) throw damaged(`has a project ${quoteShort(id)} of no shape`, line())
  const folder = id === '.' ? '' : id
  const dependencies = new Map<string, string>()
  const keys = new Map<string, string>()
  for (const field of importerFields) {
    const group = importer[field]
    if (group === undefined || group === null) continue
    if (!isRecord(group)) throw damaged(`has ${field} that are no mapping`, line())
    for (const alias of Object.keys(group)) {
      const { specifier, reference } = readRequest(reading, importer, { group, alias })
      dependencies.set(alias, specifier)
      const key = follow(reading, { alias, reference }, { key: id, folder, line })
      if (key !== undefined) keys.set(alias, key)
    }
  }
  return { folder, dependencies, keys, line }
}

interface Request {
  readonly specifier: string
  /** `undefined` where it is of no shape that is known. */
  readonly reference: string | undefined
}

/** `{specifier, version}`, in version 5 two tables; in version 13 a text for what needs no version. */
function readRequest(
  { document, names }: Reading,
  importer: Fields,
  { group, alias }: { readonly group: Fields; readonly alias: string },
): Request {
  const value = group[alias]
  if (isRecord(value)) {
    const { specifier, version } = value
    return {
      specifier: resolveCatalog(document, textOf(specifier) ?? '', alias).specifier,
      reference: textOf(version),
    }
  }
  const text = textOf(value)
  if (text === undefined || document.format !== 'v13') {
    const specifiers = importer['specifiers']
    const specifier = isRecord(specifiers) ? textOf(specifiers[alias]) : undefined
    return { specifier: specifier ?? '', reference: text }
  }
  const folder = text.startsWith('workspace:') ? names.get(alias) : undefined
  if (folder !== undefined) return { specifier: text, reference: `link:${pathTo(folder)}` }
  if (text.startsWith('catalog:')) return resolveCatalog(document, text, alias)
  // An exact version is asked for by itself.
  return { specifier: text, reference: text }
}

/** Links start in the folder of the project; this one says where in the lockfile's. */
function pathTo(folder: string): string {
  return `/${folder}`
}

/** What `catalog:` and `catalog:name` stand for, as the lockfile has it. */
function resolveCatalog({ catalogs }: PnpmDocument, specifier: string, alias: string): Request {
  if (!specifier.startsWith('catalog:')) return { specifier, reference: undefined }
  const name = specifier.slice('catalog:'.length).trim()
  const catalog = catalogs[name === '' ? 'default' : name]
  const entry = isRecord(catalog) ? catalog[alias] : undefined
  if (!isRecord(entry)) return { specifier, reference: undefined }
  return { specifier: textOf(entry['specifier']) ?? specifier, reference: textOf(entry['version']) }
}

const snapshotFields: ReadonlySet<string> = new Set([
  'dependencies',
  'optionalDependencies',
  'transitivePeerDependencies',
  'optional',
  'patched',
  'dev',
  'id',
])

function readSnapshot(reading: Reading, key: string): void {
  const { document } = reading
  const snapshot = document.snapshots[key]
  const table = document.format === 'v9' ? 'snapshots' : 'packages'
  const asking = { key, folder: '', line: () => document.lineOf(table, key) }
  if (!isRecord(snapshot)) {
    throw damaged(`has an entry ${quoteShort(key)} that is no mapping`, asking.line())
  }
  // What stands in a snapshot counts as if it stood in the entry: a resolution too.
  if (document.format === 'v9') vetSnapshot(reading, snapshot, asking)
  addDependencies(reading, snapshot['dependencies'], asking)
  addDependencies(reading, snapshot['optionalDependencies'], asking)
  if (document.format === 'v13') addDependencies(reading, snapshot['peerDependencies'], asking)
}

function vetSnapshot(reading: Reading, snapshot: Fields, asking: Asking): void {
  for (const field in snapshot) {
    if (!snapshotFields.has(field))
      addUnknown(reading, asking.key, { ...asking, reason: `${field} in a snapshot` })
  }
  const key = withoutSuffix(asking.key, 'v9')
  if (Object.hasOwn(reading.document.packages, key)) return
  addUnknown(reading, asking.key, { ...asking, reason: 'a snapshot without a package' })
}

function addDependencies(reading: Reading, group: unknown, asking: Asking): void {
  if (group === undefined || group === null) return
  if (!isRecord(group)) {
    addUnknown(reading, asking.key, { ...asking, reason: 'dependencies that are no mapping' })
    return
  }
  for (const alias in group) {
    const value = group[alias]
    const reference = isRecord(value) ? textOf(value['version']) : textOf(value)
    // Peers of version 13 that nobody provides have no version.
    if (isRecord(value) && value['version'] === undefined) continue
    follow(reading, { alias, reference }, asking)
  }
}

/** The entry that a reference leads to, by its key; what leads nowhere becomes a package of its own. */
function follow(
  reading: Reading,
  { alias, reference }: { readonly alias: string; readonly reference: string | undefined },
  asking: Asking,
): string | undefined {
  const { format, packages, snapshots } = reading.document
  if (reference === undefined)
    return addUnknown(reading, alias, { ...asking, reason: 'no version' })
  const referred = findReferredKey(reference, alias, format)
  if (referred === undefined) return addLink(reading, alias, { ...asking, reference })
  const isThere = Object.hasOwn(snapshots, referred)
  const bare = isThere && format !== 'v9' ? referred : withoutSuffix(referred, format)
  const isBare = format === 'v13' && Object.hasOwn(packages, bare)
  if (!isThere && !isBare) {
    return addUnknown(reading, alias, { ...asking, reason: `${reference}, without an entry` })
  }
  if (referred === reference) addAlias(reading, bare, alias)
  return bare
}

/** Only a reference that is a whole key can lead to another name than the alias. */
function addAlias({ aliases, document }: Reading, key: string, alias: string): void {
  const start = document.format === 'v9' || document.format === 'v13' ? '' : '/'
  if (key.startsWith(`${start}${alias}${document.format === 'v5' ? '/' : '@'}`)) return
  const known = aliases.get(key)
  if (known === undefined) aliases.set(key, new Set([alias]))
  else known.add(alias)
}

function addLink(
  reading: Reading,
  alias: string,
  { reference, folder, ...asking }: Asking & { readonly reference: string },
): undefined {
  const target = reference.slice('link:'.length)
  addPackage(reading, alias, { ...asking, source: { type: 'local', path: join(folder, target) } })
}

/** A path from the lockfile's folder. One that climbs out, or is none, stays as it is written. */
function join(folder: string, target: string): string {
  if (target.startsWith('/')) return target.slice(1)
  const parts = folder === '' ? [] : folder.split('/')
  for (const part of target.split('/')) {
    if (part === '..' && parts.length === 0) return target
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

function addUnknown(
  reading: Reading,
  alias: string,
  { key, line, reason }: Pick<Asking, 'key' | 'line'> & { readonly reason: string },
): undefined {
  addPackage(reading, alias, { key, line, source: unknownSource(reason) })
}

function addPackage(
  { packages }: Reading,
  alias: string,
  { key, line, source }: Pick<Asking, 'key' | 'line'> & { readonly source: PackageSource },
): undefined {
  packages.push({
    alias,
    name: alias,
    version: undefined,
    source,
    integrity: [],
    key: `${key}>${alias}`,
    line,
  })
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
