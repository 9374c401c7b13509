import { JsrGuardError } from '../errors.ts'
import { countKeys, countWrittenKeys, listKeys, type WrittenKey } from './key-scan.ts'

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
 * Takes one parse, for the values, and one scan of the text, which counts the keys.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JSON_SYNTAX`, with the line where it is known.
 */
export function readStrictJson(text: string): StrictJson {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const value = parse(source)
  // A key that stands twice in an object comes out of the parse once.
  const expected = countKeys(value)
  if (countWrittenKeys(source, expected) !== expected) throw duplicateKeyError(source)
  return { value, lineOf: createLineLookup(source) }
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

function duplicateKeyError(source: string): JsrGuardError {
  const { text = 'some key', line } = findDuplicate(source) ?? {}
  const name = text.length > 80 ? `${text.slice(0, 80)}…` : text
  const message = `has the key ${name} twice in one object`
  return new JsrGuardError('ERR_JSR_GUARD_JSON_SYNTAX', message, {
    hint: 'readers take the first or the last of them, so neither can be judged: remove one',
    line,
  })
}

function findDuplicate(source: string): WrittenKey | undefined {
  const open: Array<Set<string>> = []
  for (const written of listKeys(source)) {
    const { text, depth, isFirst } = written
    const key = decodeKey(text)
    const keys = isFirst ? new Set<string>() : (open[depth] ?? new Set())
    if (keys.has(key)) return written
    open[depth] = keys.add(key)
  }
  return undefined
}

function decodeKey(text: string): string {
  return String(JSON.parse(text))
}

/** The keys are listed when a line is first asked for: a lockfile without findings needs none. */
function createLineLookup(source: string): StrictJson['lineOf'] {
  let lines: Lines | undefined
  return (key, innerKey) => {
    lines ??= indexLines(source)
    return innerKey === undefined ? lines.outer.get(key) : lines.inner.get(key)?.get(innerKey)
  }
}

interface Lines {
  readonly outer: Map<string, number>
  readonly inner: Map<string, Map<string, number>>
}

function indexLines(source: string): Lines {
  const index: Lines = { outer: new Map(), inner: new Map() }
  let below = new Map<string, number>()
  for (const { text, line, depth } of listKeys(source)) {
    if (depth > 2) continue
    const name = decodeKey(text)
    if (depth === 1) {
      below = new Map()
      index.outer.set(name, line)
      index.inner.set(name, below)
    } else below.set(name, line)
  }
  return index
}
