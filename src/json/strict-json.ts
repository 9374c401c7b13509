import { JsrGuardError } from '../errors.ts'
import { findDuplicate, keyAt, scanKeys, type UpperKeys } from './key-scan.ts'

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
 * Takes one parse, for the values, and one scan of the text, for the keys.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JSON_SYNTAX`, with the line where it is known.
 */
export function readStrictJson(text: string): StrictJson {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const value = parse(source)
  const { upperKeys, hasInnerDuplicate } = scanKeys(source)
  if (hasInnerDuplicate || !hasAllKeys(value, upperKeys)) throw duplicateKeyError(source)
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

/**
 * Whether as many upper keys came out of the parse as are written: one that stands twice comes out
 * once. Below a list, more than one object stands at the same depth, and each is counted.
 */
function hasAllKeys(value: unknown, { depths }: UpperKeys): boolean {
  const outer = isContainer(value) ? Object.values(value) : []
  const inner = outer.filter(isContainer)
  const counts = [
    isContainer(value) && !Array.isArray(value) ? outer.length : 0,
    inner.reduce((sum, each) => sum + (Array.isArray(each) ? 0 : Object.keys(each).length), 0),
  ]
  const written = depths.filter((depth) => depth === 1).length
  return written === counts[0] && depths.length - written === counts[1]
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function duplicateKeyError(source: string): JsrGuardError {
  const { key, line } = findDuplicate(source) ?? { key: 'some key', line: undefined }
  const name = key.length > 80 ? `${key.slice(0, 80)}…` : key
  const message = `has the key ${name} twice in one object`
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
