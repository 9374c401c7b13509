import { readPlainYaml } from '../yaml/plain-yaml.ts'
import { locateYamlKeys, type YamlPlace, type YamlScalar } from '../yaml/yaml-places.ts'
import { findPnpmOverriddenName } from './override-key.ts'
import type { ManifestDependency } from './package-json.ts'

/** A specifier of a `pnpm-workspace.yaml`, and how it stands in the text. */
export interface WorkspaceDependency extends ManifestDependency {
  readonly scalar: YamlScalar
}

/** What a `pnpm-workspace.yaml` says beside settings: the other half of a manifest. */
export interface WorkspaceFile {
  readonly file: string
  /** The patterns of `packages`. */
  readonly packages: readonly string[]
  /** The specifiers of catalogs, overrides and package extensions. */
  readonly dependencies: readonly WorkspaceDependency[]
}

/**
 * Reads a `pnpm-workspace.yaml` that `readPnpmYaml` has accepted.
 *
 * @see https://pnpm.io/pnpm-workspace_yaml
 */
export function readWorkspaceFile(text: string, file: string): WorkspaceFile {
  const isMarked = text.startsWith('\uFEFF')
  const source = isMarked ? text.slice(1) : text
  const patterns = readPatternsAlone(source)
  if (patterns !== undefined) return { file, packages: patterns, dependencies: [] }
  const places = locateYamlKeys(source, { maxDepth: 4 })
  const shift = isMarked ? 1 : 0
  return {
    file,
    packages: places.flatMap(({ path, scalar }) =>
      path[0] === 'packages' && path.length === 2 && scalar !== undefined ? [scalar.value] : [],
    ),
    dependencies: places.flatMap((place) => createDependency(place, shift)),
  }
}

const specifierFields: readonly string[] = ['catalog', 'catalogs', 'overrides', 'packageExtensions']

/**
 * The patterns of a file without specifiers, as most are: nothing in it has a place that matters, and
 * looking for the places takes many times as long as reading it.
 */
function readPatternsAlone(source: string): readonly string[] | undefined {
  const settings = readPlainYaml(source)
  if (settings === undefined || specifierFields.some((field) => field in settings)) return undefined
  const packages: unknown = Object.hasOwn(settings, 'packages') ? settings['packages'] : []
  const isList = Array.isArray(packages) && packages.every((item) => typeof item === 'string')
  return isList ? packages : undefined
}

function createDependency({ path, line, scalar }: YamlPlace, shift: number): WorkspaceDependency[] {
  const alias = findAlias(path)
  if (alias === undefined || scalar === undefined) return []
  const { offset, length, value } = scalar
  const moved = { ...scalar, offset: offset + shift }
  const place = { path, alias, line, offset: offset + shift, length }
  return [{ ...place, specifier: value, isOptionalPeer: false, scalar: moved }]
}

const extensionFields: readonly string[] = [
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
]

function findAlias(path: readonly string[]): string | undefined {
  const [field, key = '', inner, name] = path
  if (field === 'catalog' && path.length === 2) return key
  if (field === 'overrides' && path.length === 2) return findPnpmOverriddenName(key)
  if (field === 'catalogs' && path.length === 3) return inner
  return field === 'packageExtensions' && extensionFields.includes(inner ?? '') ? name : undefined
}
