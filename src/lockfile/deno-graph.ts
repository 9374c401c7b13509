import { isRecord, toRecord } from '../json/record.ts'
import { formatNpmName, tryParseJsrName } from '../specifier/jsr-name.ts'
import type { DependencyGraph, GraphPackage, GraphProject } from './dependency-path.ts'
import { createKeyLines } from './key-lines.ts'
import { readLockfileJson } from './lockfile-json.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * What asks for what in a `deno.lock`. What neither a project nor a package asks for, a module
 * imports; the lockfile does not say which.
 *
 * @see https://github.com/denoland/deno_lockfile
 */
export function readDenoGraph(text: string): DependencyGraph {
  const document = toRecord(readLockfileJson(text).value)
  const path = document['version'] === '3' ? ['packages'] : []
  const lookup = createKeyLines(text)
  const tables = readTables(path.length === 0 ? document : toRecord(document['packages']))
  const packages = new Map<string, GraphPackage>()
  const add = (table: 'jsr' | 'npm', list: (fields: Fields) => readonly string[]): void => {
    for (const key of Object.keys(tables[table])) {
      packages.set(`${table}:${key}`, {
        label: labelOf(table, key),
        line: () => lookup([...path, table, key]),
        keys: () => list(toRecord(tables[table][key])),
      })
    }
  }
  add('jsr', (fields) => listText(fields['dependencies']).flatMap(tables.resolve))
  add('npm', (fields) => listNpmKeys(fields, tables))
  return { projects: listProjects(toRecord(document['workspace']), tables), packages }
}

interface Tables {
  readonly specifiers: Fields
  readonly jsr: Fields
  readonly npm: Fields
  /** The keys of the packages that a specifier, with or without its range, stands for. */
  readonly resolve: (specifier: string) => readonly string[]
  /** Name to the only key that it has in `npm`; `undefined` where there are several. */
  readonly onlyNpm: ReadonlyMap<string, string | undefined>
}

function readTables(document: Fields): Tables {
  const specifiers = toRecord(document['specifiers'])
  const byName = new Map(Object.keys(specifiers).map((key) => [key.slice(0, rangeStart(key)), key]))
  const npm = toRecord(document['npm'])
  const onlyNpm = new Map<string, string | undefined>()
  for (const key of Object.keys(npm)) {
    const name = key.slice(0, rangeStart(key))
    onlyNpm.set(name, onlyNpm.has(name) ? undefined : key)
  }
  return {
    specifiers,
    jsr: toRecord(document['jsr']),
    npm,
    onlyNpm,
    resolve: (text) => {
      // Where a name has one range in the whole lockfile, the range is left out.
      const key = Object.hasOwn(specifiers, text) ? text : byName.get(text)
      const found = key === undefined ? undefined : specifiers[key]
      if (key === undefined || typeof found !== 'string') return []
      // Version 3 has the whole package here, later ones its version.
      return [
        found.startsWith(key.slice(0, 4)) ? found : `${key.slice(0, rangeStart(key))}@${found}`,
      ]
    },
  }
}

/** Where `@1.0.0` begins behind `name`, `npm:name` or `jsr:@scope/name`; the length where nothing does. */
function rangeStart(text: string): number {
  const name = /^(?:npm|jsr):/.test(text) ? 4 : 0
  const at = text.indexOf('@', name + 1)
  return at === -1 ? text.length : at
}

function labelOf(table: 'jsr' | 'npm', key: string): string {
  const at = rangeStart(key)
  const version = key.slice(at).replace(/_.*$/s, '')
  const name = table === 'jsr' ? tryParseJsrName(key.slice(0, at)) : undefined
  return `${name === undefined ? key.slice(0, at) : formatNpmName(name)}${version}`
}

/** A table of ids in version 3; later a list of `name`, `name@1.0.0` and `alias@npm:name@1.0.0`. */
function listNpmKeys(fields: Fields, { onlyNpm }: Tables): readonly string[] {
  return ['dependencies', 'optionalDependencies', 'optionalPeers'].flatMap((field) => {
    const found = fields[field]
    const ids = isRecord(found) ? listText(Object.values(found)) : listText(found)
    return ids.flatMap((id) => {
      const alias = id.indexOf('@npm:', 1)
      const target = alias === -1 ? id : id.slice(alias + '@npm:'.length)
      const key = target.indexOf('@', 1) === -1 ? onlyNpm.get(target) : target
      return key === undefined ? [] : [`npm:${key}`]
    })
  })
}

function listProjects(workspace: Fields, { specifiers, jsr, resolve }: Tables): GraphProject[] {
  const asked = new Set(
    Object.values(jsr).flatMap((fields) => listText(toRecord(fields)['dependencies'])),
  )
  const members = Object.entries({ '': workspace, ...toRecord(workspace['members']) })
  const projects = members.flatMap(([folder, found]) => {
    const base = folder === '' ? '' : `${folder}/`
    const fields = toRecord(found)
    const configured = listText(fields['dependencies'])
    const manifest = listText(toRecord(fields['packageJson'])['dependencies'])
    for (const specifier of [...configured, ...manifest]) asked.add(specifier)
    return [
      { label: `${base}deno.json`, keys: configured.flatMap(resolve) },
      { label: `${base}package.json`, keys: manifest.flatMap(resolve) },
    ]
  })
  const isAsked = (key: string): boolean =>
    asked.has(key) || asked.has(key.slice(0, rangeStart(key)))
  const imported = Object.keys(specifiers).filter((key) => !isAsked(key))
  return [...projects, { label: 'an import', keys: imported.flatMap(resolve) }]
}

function listText(found: unknown): string[] {
  if (!Array.isArray(found)) return []
  return found.filter((item): item is string => typeof item === 'string')
}
