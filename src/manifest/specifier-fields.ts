import type { Node } from 'jsonc-parser'
import type { JsrGuardError } from '../errors.ts'
import { findOverriddenName, findPnpmOverriddenName, findResolvedName } from './override-key.ts'

/** A value that some client takes for a specifier. */
export interface FoundSpecifier {
  readonly path: readonly string[]
  readonly alias: string
  /** A string. */
  readonly node: Node
}

/** How a field holds its specifiers. */
type Shape =
  /** Keys that name a package, with its specifier. */
  | { readonly type: 'specifiers'; readonly aliasOf: (key: string) => string }
  /** npm's `overrides`: the same, and objects of the same inside it. */
  | { readonly type: 'overrides' }
  /** Any key, with such a value. */
  | { readonly type: 'each'; readonly of: Shape }
  /** Some keys, with such values; others are none of ours. */
  | { readonly type: 'fields'; readonly of: Readonly<Record<string, Shape>> }
  /** Such a value, or whatever another program may keep under the same key. */
  | { readonly type: 'maybe'; readonly of: Shape }

const named: Shape = { type: 'specifiers', aliasOf: (key) => key }

const catalogs: Readonly<Record<string, Shape>> = {
  catalog: { type: 'maybe', of: named },
  catalogs: { type: 'maybe', of: { type: 'each', of: named } },
}

/** npm 12 reads it at the top, pnpm below `pnpm`. */
const packageExtensions: Shape = {
  type: 'each',
  of: {
    type: 'fields',
    of: { dependencies: named, optionalDependencies: named, peerDependencies: named },
  },
}

/** Every field of a manifest in which a client looks for specifiers. */
const manifestFields: Readonly<Record<string, Shape>> = {
  dependencies: named,
  devDependencies: named,
  optionalDependencies: named,
  peerDependencies: named,
  // npm: a second specifier under which an installed version is let stand.
  acceptDependencies: named,
  overrides: { type: 'overrides' },
  resolutions: { type: 'specifiers', aliasOf: findResolvedName },
  packageExtensions,
  pnpm: {
    type: 'fields',
    of: {
      overrides: { type: 'specifiers', aliasOf: findPnpmOverriddenName },
      packageExtensions,
    },
  },
  // Bun keeps catalogs at the top or below `workspaces`, which is an array for everyone else.
  ...catalogs,
  workspaces: { type: 'maybe', of: { type: 'fields', of: catalogs } },
}

/** Says that a manifest can't be used, at the line of a value in it. */
export type ManifestFailure = (node: Node, message: string, hint: string) => JsrGuardError

/**
 * The specifiers of a manifest.
 *
 * @throws JsrGuardError what `fail` makes, where clients would have to guess: npm takes
 *   `"dependencies": ["a@1"]` for a package that is named `0`.
 */
export function findSpecifiers(root: Node, fail: ManifestFailure): FoundSpecifier[] {
  return [...walk({ node: root, path: [] }, { type: 'fields', of: manifestFields }, fail)]
}

interface Place {
  readonly node: Node
  readonly path: readonly string[]
}

/** Without `fail`, what has another shape is passed over. */
type Failure = ManifestFailure | undefined

function* walk(place: Place, shape: Shape, fail: Failure): Generator<FoundSpecifier> {
  if (shape.type === 'maybe') {
    yield* walk(place, shape.of, undefined)
    return
  }
  for (const inner of propertiesOf(place, fail)) {
    const key = inner.path.at(-1) ?? ''
    if (shape.type === 'specifiers') yield* specifierAt(inner, shape.aliasOf(key), fail)
    else if (shape.type === 'overrides') yield* walkOverride(inner, fail)
    else if (shape.type === 'each') yield* walk(inner, shape.of, fail)
    else {
      const innerShape = Object.hasOwn(shape.of, key) ? shape.of[key] : undefined
      if (innerShape !== undefined) yield* walk(inner, innerShape, fail)
    }
  }
}

/** `.` stands for the package that the object around it overrides. */
function* walkOverride(place: Place, fail: Failure): Generator<FoundSpecifier> {
  if (place.node.type === 'object') {
    yield* walk(place, { type: 'overrides' }, fail)
    return
  }
  const key = place.path.at(-1) ?? ''
  yield* specifierAt(place, findOverriddenName(key === '.' ? (place.path.at(-2) ?? '') : key), fail)
}

function* specifierAt({ node, path }: Place, alias: string, fail: Failure) {
  if (node.type === 'string') yield { path, alias, node }
  else if (fail !== undefined) {
    const message = `the specifier ${formatPath(path)} is not a string`
    throw fail(node, message, 'write a version range, a tag or another specifier in quotes')
  }
}

/** `null` and `false` are as good as no field at all: npm asks whether there is a truthy value. */
function propertiesOf({ node, path }: Place, fail: Failure): Place[] {
  if (node.type === 'object')
    return (node.children ?? []).flatMap((child) => propertyOf(child, path))
  if (fail === undefined || node.value === null || node.value === false) return []
  const message = `${formatPath(path)} is not an object`
  throw fail(node, message, 'write it as an object of names and specifiers')
}

function propertyOf({ children }: Node, path: readonly string[]): Place[] {
  const [key, value] = children ?? []
  return key === undefined || value === undefined
    ? []
    : [{ node: value, path: [...path, String(key.value)] }]
}

function formatPath(path: readonly string[]): string {
  return path.map((key) => JSON.stringify(key)).join(' > ')
}
