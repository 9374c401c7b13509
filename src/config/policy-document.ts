import { closest, distance } from 'fastest-levenshtein'
import { parseTree, type Node, type ParseError } from 'jsonc-parser'
import { JsrGuardError } from '../errors.ts'

/** Makes the error for what is wrong at a place. */
export type Failure = (at: number, message: string, hint?: string) => JsrGuardError

/** A policy's text as a tree, and what to say where it is wrong. */
export interface PolicyDocument {
  readonly root: Node
  readonly file: string
  readonly fail: Failure
  /** 1-based line of an offset. */
  readonly lineAt: (offset: number) => number
}

/**
 * Reads JSON with comments.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with file and line.
 */
export function parsePolicyDocument(text: string, file: string): PolicyDocument {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  const fail: Failure = (at, message, hint) =>
    new JsrGuardError('ERR_JSR_GUARD_POLICY', message, { file, line: lineAt(at), hint })
  return { root: parseRoot(text, fail), file, fail, lineAt }
}

function parseRoot(text: string, fail: Failure): Node {
  // A space in place of a byte order mark keeps the offsets.
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text
  const errors: ParseError[] = []
  const root = tryParse(source, errors)
  const [error] = errors
  if (root !== undefined && error === undefined) return root
  throw fail(error?.offset ?? 0, 'the file is not valid JSON with comments')
}

/** The parser's recursion ends where the stack does. */
function tryParse(source: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(source, errors, { allowTrailingComma: true })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A property of an object. */
export interface Entry {
  readonly key: string
  /** Offset of the key. */
  readonly at: number
  readonly value: Node
}

/** What is being read, for messages, and how to fail. */
export interface Reading {
  readonly what: string
  readonly fail: Failure
}

/** The properties of an object, each key once. */
export function listEntries(node: Node, { what, fail }: Reading): Entry[] {
  if (node.type !== 'object') throw fail(node.offset, `${what} must be an object`)
  const seen = new Set<string>()
  return (node.children ?? []).flatMap(({ children = [] }) => {
    const [name, value] = children
    if (name === undefined || value === undefined) return []
    const key = String(name.value)
    if (seen.has(key)) throw fail(name.offset, `the key ${JSON.stringify(key)} stands twice`)
    seen.add(key)
    return [{ key, at: name.offset, value }]
  })
}

/** The values of an object that may have these keys and no others. */
export function readFields<T extends string>(
  node: Node,
  keys: readonly T[],
  reading: Reading,
): ReadonlyMap<T, Node> {
  const { fail } = reading
  const fields = new Map<T, Node>()
  for (const { key, at, value } of listEntries(node, reading)) {
    if (!isOneOf(key, keys)) {
      throw fail(at, `there is no key ${JSON.stringify(key)}`, formatNearest(key, keys))
    }
    fields.set(key, value)
  }
  return fields
}

/** The values of a list. */
export function listItems(node: Node, { what, fail }: Reading): readonly Node[] {
  if (node.type !== 'array') throw fail(node.offset, what)
  return node.children ?? []
}

/** The text of a string. */
export function readString(node: Node, { what, fail }: Reading): string {
  if (node.type === 'string') return String(node.value)
  throw fail(node.offset, `${what} must be a text`)
}

/** Whether a text is one of some names. */
export function isOneOf<T extends string>(text: string, names: readonly T[]): text is T {
  return names.some((name) => name === text)
}

/** The name that somebody may have meant, or all of them. */
export function formatNearest(text: string, names: readonly string[]): string {
  const nearest = closest(text, names)
  const limit = Math.max(1, Math.floor(nearest.length * 0.4))
  return distance(text, nearest) <= limit
    ? `did you mean "${nearest}"?`
    : `one of: ${names.join(', ')}`
}

/** Gives the error about a value its place in the file. */
export function parseAt<T>(node: Node, fail: Failure, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof JsrGuardError)) throw error
    throw fail(node.offset, error.message, error.hint)
  }
}
