import type { Node } from 'jsonc-parser'
import { JsrGuardError } from '../errors.ts'
import { blankJsonExtras } from '../json/blank-extras.ts'
import { readStrictJson } from '../json/strict-json.ts'
import type { ManifestDependency } from './package-json.ts'
import { parseTextTree } from './text-tree.ts'

/** What a text of a file asks for. */
export interface AskedFor {
  readonly alias: string
  /** As `package.json` would have it. */
  readonly specifier: string
}

/** What the text at a place asks for; `undefined` where it asks for nothing. */
export type SpecifierFinder = (path: readonly string[], text: string) => AskedFor | undefined

/** A file that asks for packages, and is no `package.json`. */
export interface JsonSpecifiers {
  readonly file: string
  readonly value: unknown
  readonly dependencies: readonly ManifestDependency[]
}

/**
 * Reads the specifiers of a JSON file, with their places; comments and trailing commas may stand in
 * it. Blank text is an empty object.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is no JSON, or has a key twice.
 */
export function readJsonSpecifiers(
  text: string,
  file: string,
  find: SpecifierFinder,
): JsonSpecifiers {
  if (text.trim() === '') return { file, value: {}, dependencies: [] }
  const source = blankJsonExtras(text)
  const { value } = readJson(source, file)
  const tree = parseTextTree(source)
  if (tree === undefined) {
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} is nested too deep`, { file })
  }
  const dependencies = Array.from(listTexts(tree.root, [])).flatMap(({ node, path }) => {
    const asked = find(path, String(node.value))
    if (asked === undefined) return []
    const place = {
      line: tree.lineAt(node.offset),
      offset: tree.offsetOf(node),
      length: node.length,
    }
    return [{ path, ...asked, isOptionalPeer: false, ...place }]
  })
  return { file, value, dependencies }
}

function readJson(source: string, file: string): { readonly value: unknown } {
  try {
    return readStrictJson(source)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, line, hint } = cause
    const details = { file, line, hint, cause }
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} ${message}`, details)
  }
}

interface TextPlace {
  readonly node: Node
  readonly path: readonly string[]
}

function* listTexts(node: Node, path: readonly string[]): Generator<TextPlace> {
  if (node.type === 'string') yield { node, path }
  else if (node.type === 'object') {
    for (const { children = [] } of node.children ?? []) {
      const [key, value] = children
      if (value !== undefined) yield* listTexts(value, [...path, String(key?.value)])
    }
  } else if (node.type === 'array') {
    for (const [index, child] of (node.children ?? []).entries()) {
      yield* listTexts(child, [...path, String(index)])
    }
  }
}
