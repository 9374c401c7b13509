import { readStrictSyml, type SymlEntry, type SymlFields } from '../syml/strict-syml.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import type { DependencyGraph, GraphManifest, GraphPackage } from './dependency-path.ts'
import { createYarnKeys, type YarnKeys } from './yarn-keys.ts'

/**
 * What asks for what in a `yarn.lock` of Yarn 1, which does not say what the project asks for: that
 * stands in the manifests.
 */
export function readYarnGraph(text: string, manifests: readonly GraphManifest[]): DependencyGraph {
  const entries = readStrictSyml(text)
  const keys = createYarnKeys(
    entries.flatMap(({ keys: patterns }) =>
      patterns.map((pattern) => [pattern, patterns] as const),
    ),
  )
  return {
    projects: manifests.map(({ file, dependencies }) => ({
      label: file,
      keys: dependencies.flatMap(({ alias, specifier }) => keys.find(alias, specifier) ?? []),
    })),
    packages: new Map(
      entries.map((entry): [string, GraphPackage] => [
        entry.keys[0] ?? '',
        {
          label: labelOf(entry),
          line: () => entry.line,
          keys: () => listKeys(entry, keys),
        },
      ]),
    ),
  }
}

function labelOf({ keys: [pattern = ''], value }: SymlEntry): string {
  const at = pattern.indexOf('@', 1)
  const alias = at === -1 ? pattern : pattern.slice(0, at)
  const name = parseNpmAlias(at === -1 ? '' : pattern.slice(at + 1))?.name ?? alias
  const version = typeof value === 'object' ? findField(value, 'version') : undefined
  return typeof version === 'string' ? `${name}@${version}` : name
}

function listKeys({ value }: SymlEntry, keys: YarnKeys): readonly string[] {
  if (typeof value !== 'object') return []
  return ['dependencies', 'optionalDependencies'].flatMap((field) => {
    const group = findField(value, field)
    if (typeof group !== 'object') return []
    return group.flatMap(({ key: alias, value: range }) => keys.find(alias, String(range)) ?? [])
  })
}

function findField(fields: SymlFields, name: string): SymlFields[number]['value'] | undefined {
  return fields.find(({ key }) => key === name)?.value
}
