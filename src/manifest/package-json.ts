import type { Node } from 'jsonc-parser'
import { JsrGuardError } from '../errors.ts'
import { readStrictJson } from '../json/strict-json.ts'
import { findSpecifiers, type ManifestFailure } from './specifier-fields.ts'
import { parseTextTree, type TextTree } from './text-tree.ts'

/** One specifier of a manifest, and where it stands in the text. */
export interface ManifestDependency {
  /** Path of keys to the value, such as `['dependencies', '@luca/cases']` or `['overrides', 'a', 'b']`. */
  readonly path: readonly string[]
  /** The name that it is imported by: the last key of the path that names a package. */
  readonly alias: string
  /** As written, white space included: npm takes `" jsr:^1"` for the name of a folder. */
  readonly specifier: string
  /** Whether a client may skip it without failing: an optional peer, for example. */
  readonly isOptionalPeer: boolean
  /** 1-based. */
  readonly line: number
  /** Offset and length of the value in the text, quotes included. */
  readonly offset: number
  readonly length: number
}

/** A manifest, read. */
export interface Manifest {
  /** Path relative to the project, `/` as separator. */
  readonly file: string
  /** Folder relative to the project; `''` is the root. */
  readonly folder: string
  readonly name: string | undefined
  /** Everything in it that is a specifier, in the order of the fields, then of the text. */
  readonly dependencies: readonly ManifestDependency[]
  /** Aliases that a published tarball would carry inside it. */
  readonly bundled: readonly string[]
  /** The patterns of `workspaces`, as written. */
  readonly workspaces: readonly string[]
}

/**
 * Reads a `package.json`: every specifier of every field in which some client looks for one, with
 * its place in the text.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when it is not strict JSON (a key that stands twice
 *   means one thing to npm and another to the next reader), or a field that clients install from is
 *   not of the shape that they read.
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/package-json
 */
export function readPackageJson(text: string, file: string): Manifest {
  const tree = readTree(text, file)
  const fail = createFailure(tree, file)
  const optionalPeers = findOptionalPeers(tree.value)
  const dependencies = findSpecifiers(tree.root, fail).map(({ path, alias, node }) => ({
    path,
    alias,
    specifier: String(node.value),
    isOptionalPeer: path[0] === 'peerDependencies' && optionalPeers.has(alias),
    line: tree.lineAt(node.offset),
    offset: tree.offsetOf(node),
    length: node.length,
  }))
  const name = fieldOf(tree.value, 'name')
  return {
    file,
    folder: file.slice(0, Math.max(0, file.lastIndexOf('/'))),
    name: typeof name === 'string' ? name : undefined,
    dependencies,
    bundled: findBundled(tree.value),
    workspaces: findWorkspaces(tree, fail),
  }
}

function createFailure({ lineAt }: TextTree, file: string): ManifestFailure {
  return (node, message, hint) =>
    new JsrGuardError('ERR_JSR_GUARD_MANIFEST', message, { file, line: lineAt(node.offset), hint })
}

/** The document as a value and as a tree of positions; only an object passes. */
function readTree(text: string, file: string): TextTree & { readonly value: unknown } {
  const { value } = readStrict(text, file)
  const tree = parseTextTree(text)
  if (tree !== undefined && tree.root.type === 'object') return { ...tree, value }
  const reason = tree === undefined ? 'is nested too deep' : 'is not a JSON object'
  throw new JsrGuardError('ERR_JSR_GUARD_MANIFEST', `${file} ${reason}`, { file })
}

function readStrict(text: string, file: string): { readonly value: unknown } {
  try {
    return readStrictJson(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { line, hint, message } = cause
    const details = { file, line, hint, cause }
    throw new JsrGuardError('ERR_JSR_GUARD_MANIFEST', `${file} ${message}`, details)
  }
}

/** npm asks whether the field is truthy, not whether it is `true`. */
function findOptionalPeers(manifest: unknown): ReadonlySet<string> {
  const meta = fieldOf(manifest, 'peerDependenciesMeta')
  if (typeof meta !== 'object' || meta === null) return new Set()
  const isOptional = (name: string): boolean => Boolean(fieldOf(fieldOf(meta, name), 'optional'))
  return new Set(Object.keys(meta).filter(isOptional))
}

/** npm knows both spellings, `true` for all dependencies, and takes an object by its keys. */
function findBundled(manifest: unknown): string[] {
  const field =
    fieldOf(manifest, 'bundleDependencies') ?? fieldOf(manifest, 'bundledDependencies') ?? []
  if (field === true) return Object.keys(Object(fieldOf(manifest, 'dependencies') ?? {}))
  if (typeof field === 'string') return [field]
  if (Array.isArray(field)) return field.map(String)
  return Object.keys(Object(field))
}

function findWorkspaces({ value, root }: { value: unknown; root: Node }, fail: ManifestFailure) {
  const field = fieldOf(value, 'workspaces')
  const patterns = Array.isArray(field) ? field : (fieldOf(field, 'packages') ?? [])
  const isEmpty = field === undefined || (typeof field === 'object' && field !== null)
  if (isEmpty && Array.isArray(patterns) && patterns.every(isString)) return patterns
  const hint = 'list the patterns of the workspaces as strings in an array'
  throw fail(root, '"workspaces" is neither an array of strings nor an object with one', hint)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

/** A field that the object has itself, not one that it inherits. */
function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
