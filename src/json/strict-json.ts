import { JsrGuardError } from '../errors.ts'

/** A JSON document in which every key stands once, with the lines of its upper keys. */
export interface StrictJson {
  /** What `JSON.parse` gives. */
  readonly value: unknown
  /** 1-based line of a key of the outermost object, or of a key of an object directly below it. */
  readonly lineOf: (key: string, innerKey?: string) => number | undefined
}

/**
 * Reads JSON that means the same to every reader: no key twice in one object, no comments, nothing
 * after the end. A byte order mark at the start is passed over, as npm does.
 *
 * Takes one parse and one scan: the scan counts the keys that are written, and as many must have
 * come out of the parse.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JSON_SYNTAX`, with the line where it is known.
 */
export function readStrictJson(text: string): StrictJson {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const value = parse(source)
  const { keyCount, upperKeys } = scan(source)
  if (keyCount !== countKeys(value)) throw duplicateKey(source)
  return { value, lineOf: createLineLookup(source, upperKeys) }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch (cause) {
    const conflict = /^(?:<{7}|={7}|>{7})(?: |$)/m.exec(source)
    if (conflict !== null) {
      throw new JsrGuardError('ERR_JSR_GUARD_JSON_SYNTAX', 'holds a merge conflict', {
        line: lineAt(source, conflict.index),
        cause,
      })
    }
    throw new JsrGuardError('ERR_JSR_GUARD_JSON_SYNTAX', 'is not valid JSON', {
      line: syntaxErrorLine(source, cause),
      cause,
    })
  }
}

function syntaxErrorLine(source: string, cause: unknown): number | undefined {
  const position = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined
  return position === undefined ? undefined : lineAt(source, Number(position))
}

/** 1-based line of an offset. */
function lineAt(source: string, offset: number): number {
  let line = 1
  for (let at = source.indexOf('\n'); at !== -1 && at < offset; at = source.indexOf('\n', at + 1)) {
    line += 1
  }
  return line
}

const quote = 34
const newline = 10
const colon = 58
const backslash = 92

/** The keys of the outermost object and of those directly below it, in the order of the text. */
interface UpperKeys {
  /** Offsets of the opening quotes. Numbers in lists take the least memory: there may be many. */
  readonly starts: number[]
  readonly lines: number[]
  readonly depths: number[]
}

/**
 * Walks over text that `JSON.parse` has accepted. Strings are jumped over; each colon outside of
 * them ends a key.
 */
function scan(source: string): { readonly keyCount: number; readonly upperKeys: UpperKeys } {
  const upperKeys: UpperKeys = { starts: [], lines: [], depths: [] }
  let keyCount = 0
  let depth = 0
  let line = 1
  let start = 0
  let startLine = 1
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charCodeAt(at)
    if (char === quote) {
      start = at
      // The colon may stand on a later line than its key.
      startLine = line
      at = stringEnd(source, at)
    } else if (char === newline) line += 1
    else if (char === colon) {
      keyCount += 1
      if (depth <= 2) {
        upperKeys.starts.push(start)
        upperKeys.lines.push(startLine)
        upperKeys.depths.push(depth)
      }
    } else if (char > colon) depth += depthChange(char)
  }
  return { keyCount, upperKeys }
}

/** Offset of the quote that closes the string opened at `start`. */
function stringEnd(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); ; end = source.indexOf('"', end + 1)) {
    let before = end - 1
    while (source.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
}

function countKeys(value: unknown): number {
  let count = 0
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (!isContainer(next)) continue
    const isObject = !Array.isArray(next)
    // Makes no list of the values: these are most of the objects of a large lockfile.
    for (const key in next) {
      if (isObject) count += 1
      const inner = next[key]
      if (typeof inner === 'object') pending.push(inner)
    }
  }
  return count
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** +1 for `{` and `[`, -1 for `}` and `]`. */
function depthChange(char: number): number {
  if (char === 123 || char === 91) return 1
  return char === 125 || char === 93 ? -1 : 0
}

/** Finds the key that stands twice, for the message; walks the text again with a set per object. */
function duplicateKey(source: string): JsrGuardError {
  const open: Array<Set<string>> = []
  let key = ''
  let keyStart = 0
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charCodeAt(at)
    if (char === quote) {
      keyStart = at
      at = stringEnd(source, at)
      key = source.slice(keyStart, at + 1)
    } else if (char === colon) {
      const name: unknown = JSON.parse(key)
      const keys = open.at(-1)
      if (keys?.has(String(name)) === true) return duplicateKeyError(key, lineAt(source, keyStart))
      keys?.add(String(name))
    } else if (depthChange(char) === 1) open.push(new Set())
    else if (depthChange(char) === -1) open.pop()
  }
  return duplicateKeyError(undefined, undefined)
}

function duplicateKeyError(key: string | undefined, line: number | undefined): JsrGuardError {
  const name = key !== undefined && key.length > 80 ? `${key.slice(0, 80)}…` : key
  const message = name === undefined ? 'has a key twice' : `has the key ${name} twice in one object`
  return new JsrGuardError('ERR_JSR_GUARD_JSON_SYNTAX', message, {
    hint: 'readers take the first or the last of them, so neither can be judged: remove one',
    line,
  })
}

/** The keys are read when a line is first asked for: a lockfile without findings needs none. */
function createLineLookup(source: string, upperKeys: UpperKeys): StrictJson['lineOf'] {
  let lines: Lines | undefined
  return (key, innerKey) => {
    lines ??= indexLines(source, upperKeys)
    return innerKey === undefined ? lines.outer.get(key) : lines.inner.get(key)?.get(innerKey)
  }
}

interface Lines {
  readonly outer: Map<string, number>
  readonly inner: Map<string, Map<string, number>>
}

function indexLines(source: string, { starts, lines, depths }: UpperKeys): Lines {
  const index: Lines = { outer: new Map(), inner: new Map() }
  let below = new Map<string, number>()
  starts.forEach((start, at) => {
    const name = keyAt(source, start)
    const line = lines[at] ?? 0
    if (depths[at] === 1) {
      below = new Map()
      index.outer.set(name, line)
      index.inner.set(name, below)
    } else below.set(name, line)
  })
  return index
}

function keyAt(source: string, start: number): string {
  const end = stringEnd(source, start)
  const text = source.slice(start + 1, end)
  return text.includes('\\') ? String(JSON.parse(source.slice(start, end + 1))) : text
}
