import { blankJsonExtras } from '../json/blank-extras.ts'
import { isRecord, toRecord } from '../json/record.ts'
import type { DependencyGraph, GraphPackage } from './dependency-path.ts'
import { readLockfileJson } from './lockfile-json.ts'

type Fields = Readonly<Record<string, unknown>>

/** What asks for what in a `bun.lock`, whose keys are paths of names, as Bun looks packages up. */
export function readBunGraph(text: string): DependencyGraph {
  const { value, lineOf } = readLockfileJson(blankJsonExtras(text))
  const entries = toRecord(toRecord(value)['packages'])
  const workspaces = toRecord(toRecord(value)['workspaces'])
  const packages = new Map<string, GraphPackage>()
  for (const key of Object.keys(entries)) {
    const entry = entries[key]
    const [resolution, ...rest]: unknown[] = Array.isArray(entry) ? entry : []
    // A workspace is a project, and asks for itself.
    if (typeof resolution !== 'string' || /.@(?:workspace|root):/.test(resolution)) continue
    const info = toRecord(rest.find(isRecord))
    const keys = (): readonly string[] => listKeys(entries, listScopes(key), info)
    packages.set(key, { label: resolution, line: () => lineOf('packages', key), keys })
  }
  const projects = Object.entries(workspaces).map(([folder, found]) => {
    const workspace = toRecord(found)
    const label = folder === '' ? 'package.json' : `${folder}/package.json`
    // What a workspace has for itself stands below its name.
    const scopes = [`${String(workspace['name'])}/`, '']
    return { label, keys: listKeys(entries, scopes, workspace) }
  })
  return { projects, packages }
}

/** No disk holds deeper ones; each would be tried for each dependency. */
const maxDepth = 64

/** Where a package looks for what it asks for: `a/b/`, `a/`, and the top. */
function listScopes(key: string): readonly string[] {
  const names = key.split(/(?<!(?:^|\/)@[^/]*)\//, maxDepth + 1)
  if (names.length > maxDepth) return []
  return [...names.map((_, up) => `${names.slice(0, names.length - up).join('/')}/`), '']
}

const dependencyFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
]

function listKeys(entries: Fields, scopes: readonly string[], fields: Fields): readonly string[] {
  const aliases = dependencyFields.flatMap((field) => Object.keys(toRecord(fields[field])))
  return aliases.flatMap((alias) => {
    const scope = scopes.find((candidate) => Object.hasOwn(entries, candidate + alias))
    return scope === undefined ? [] : [scope + alias]
  })
}
