import type { Lockfile } from './locked-package.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { isRecord } from '../json/record.ts'
import { readPnpmDocument } from './pnpm.ts'
import { damaged, type Fields, type PnpmDocument } from './pnpm-document.ts'
import { withoutSuffix } from './pnpm-key.ts'

/**
 * Reads the lockfile that pnpm 9 to 12 hand to their hooks, as strictly as the file: whatever text it
 * was made from, this is what pnpm installs.
 *
 * pnpm 9 to 11 have snapshots and packages in one table; 12 has them as the file does.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX`
 */
export function readResolvedLockfile(lockfile: unknown): Lockfile {
  if (!isRecord(lockfile)) throw damaged('is no object in the hands of pnpm', undefined)
  return readPnpmDocument(createDocument(lockfile))
}

function createDocument(lockfile: Fields): PnpmDocument {
  const packages = tableOf(lockfile, 'packages')
  const tables = Object.hasOwn(lockfile, 'snapshots')
    ? { packages, snapshots: tableOf(lockfile, 'snapshots') }
    : splitEntries(packages)
  return {
    ...tables,
    format: 'v9',
    importers: mapTable(tableOf(lockfile, 'importers'), readImporter),
    catalogs: tableOf(lockfile, 'catalogs'),
    lineOf: () => undefined,
    importersName: 'importers',
  }
}

/**
 * Takes one table apart into the two of the file. There the peers that a package has been given are no
 * part of what it is, so all entries that differ in those alone have to be the same package.
 */
function splitEntries(entries: Fields): Pick<PnpmDocument, 'packages' | 'snapshots'> {
  const packages = createTable()
  const snapshots = createTable()
  for (const [key, entry] of Object.entries(entries)) {
    const bare = withoutSuffix(key, 'v9')
    const locked = isRecord(entry) ? readPackage(entry) : entry
    if (Object.hasOwn(packages, bare) && !isSame(packages[bare], locked)) {
      throw damaged(`has two packages for ${quoteShort(bare)} in the hands of pnpm`, undefined)
    }
    packages[bare] = locked
    snapshots[key] = isRecord(entry) ? readSnapshot(entry) : entry
  }
  return { packages, snapshots }
}

/** Without a prototype every key is a key like others. */
function createTable(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>
}

function readPackage({ name, version, resolution }: Fields): Fields {
  return { name, version, resolution }
}

function readSnapshot({ dependencies, optionalDependencies }: Fields): Fields {
  return { dependencies, optionalDependencies }
}

/** Whether two values are the same, in whatever order their fields stand. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!isRecord(one) || !isRecord(other)) return JSON.stringify(one) === JSON.stringify(other)
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return Array.from(names).every((name) => isSame(one[name], other[name]))
}

function tableOf(lockfile: Fields, name: string): Fields {
  const table = lockfile[name]
  if (table === undefined || table === null) return {}
  if (isRecord(table)) return table
  throw damaged(`has ${name} that are no object in the hands of pnpm`, undefined)
}

function mapTable(table: Fields, read: (entry: Fields) => Fields): Fields {
  return Object.fromEntries(
    Object.entries(table).map(([key, entry]) => [key, isRecord(entry) ? read(entry) : entry]),
  )
}

const dependencyFields: readonly string[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
]

/** `specifiers` beside the versions becomes `{specifier, version}`, as in the file. */
function readImporter(importer: Fields): Fields {
  const { specifiers } = importer
  if (!isRecord(specifiers)) return importer
  const fields = dependencyFields.map((field) => {
    const group = importer[field]
    return [field, isRecord(group) ? addSpecifiers(group, specifiers) : group]
  })
  return Object.fromEntries(fields)
}

function addSpecifiers(group: Fields, specifiers: Fields): Fields {
  return Object.fromEntries(
    Object.entries(group).map(([alias, version]) => [
      alias,
      { specifier: specifiers[alias], version },
    ]),
  )
}
