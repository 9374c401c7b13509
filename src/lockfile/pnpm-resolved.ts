import type { Lockfile } from './locked-package.ts'
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
  const snapshots = tableOf(lockfile, 'snapshots')
  const isSplit = Object.hasOwn(lockfile, 'snapshots')
  return {
    format: 'v9',
    packages: isSplit ? packages : mapTable(packages, readPackage, bareKey),
    snapshots: isSplit ? snapshots : mapTable(packages, readSnapshot),
    importers: mapTable(tableOf(lockfile, 'importers'), readImporter),
    catalogs: tableOf(lockfile, 'catalogs'),
    lineOf: () => undefined,
    importersName: 'importers',
  }
}

function tableOf(lockfile: Fields, name: string): Fields {
  const table = lockfile[name]
  if (table === undefined || table === null) return {}
  if (isRecord(table)) return table
  throw damaged(`has ${name} that are no object in the hands of pnpm`, undefined)
}

function mapTable(
  table: Fields,
  read: (entry: Fields) => Fields,
  nameOf: (key: string) => string = (key) => key,
): Fields {
  return Object.fromEntries(
    Object.entries(table).map(([key, entry]) => [
      nameOf(key),
      isRecord(entry) ? read(entry) : entry,
    ]),
  )
}

function bareKey(key: string): string {
  return withoutSuffix(key, 'v9')
}

function readPackage({ name, version, resolution }: Fields): Fields {
  return { name, version, resolution }
}

function readSnapshot({ dependencies, optionalDependencies }: Fields): Fields {
  return { dependencies, optionalDependencies }
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
