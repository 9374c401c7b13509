import type { DependencyGraph, GraphPackage, GraphProject } from './dependency-path.ts'
import { isRecord } from '../json/record.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { isNpmEntry, resolveAlias, type NpmEntries, type NpmEntry } from './npm-entry.ts'
import { parseNpmKey } from './npm-key.ts'

/** What asks for what in one of npm's lockfiles, as npm looks packages up from the place of what asks. */
export function readNpmGraph(text: string): DependencyGraph {
  const { value, lineOf } = readLockfileJson(text)
  const entries = isRecord(value) && isRecord(value['packages']) ? value['packages'] : {}
  const projects: GraphProject[] = []
  const packages = new Map<string, GraphPackage>()
  for (const key of Object.keys(entries)) {
    const entry = entries[key]
    const place = parseNpmKey(key)
    if (place === undefined || !isNpmEntry(entry)) continue
    const keys = (): readonly string[] => listKeys(entries, key, entry)
    if (place.type === 'project') {
      projects.push({ label: key === '' ? 'package.json' : `${key}/package.json`, keys: keys() })
    } else if (place.type === 'package') {
      const label = labelOf(entry, place.alias)
      packages.set(key, { label, line: () => lineOf('packages', key), keys })
    }
  }
  return { projects, packages }
}

function labelOf({ name, version }: NpmEntry, alias: string): string {
  const known = name === undefined || name === '' ? alias : name
  return version === undefined || version === '' ? known : `${known}@${version}`
}

function listKeys(entries: NpmEntries, from: string, entry: NpmEntry): readonly string[] {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = entry
  const aliases = Object.keys({
    ...dependencies,
    ...devDependencies,
    ...optionalDependencies,
    ...peerDependencies,
  })
  return aliases.flatMap((alias) => resolveAlias(entries, from, alias)?.key ?? [])
}
