import { JsrGuardError } from '../errors.ts'

/** A value: text, as quoted or bare; a number or a flag, as Yarn 1 reads them. */
export type SymlScalar = string | number | boolean

/** What stands under the keys of an entry. */
export type SymlValue =
  SymlScalar | ReadonlyMap<string, SymlScalar | ReadonlyMap<string, SymlScalar>>

/** One line at the margin, with all that is indented below it. */
export interface SymlEntry {
  /** One value may stand under several keys. */
  readonly keys: readonly string[]
  readonly value: SymlValue
  /** 1-based. */
  readonly line: number
}

/**
 * Reads the format of Yarn 1's `yarn.lock` and `.yarnrc`, as far as every parser of it reads the
 * same: no key twice, two blanks for each level and no more than three levels, no escapes in
 * strings, no comment behind a value. A byte order mark at the start is passed over, as Yarn does.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX`, with the line.
 * @see https://github.com/yarnpkg/yarn (`src/lockfile/parse.js`)
 */
export function readStrictSyml(text: string): SymlEntry[] {
  const reading: Reading = { text, at: text.startsWith('\uFEFF') ? 1 : 0, line: 0 }
  const entries: SymlEntry[] = []
  const seen = new Set<string>()
  let next = readLine(reading)
  while (next !== undefined) {
    if (next.indent !== 0) throw fail('is indented below nothing', next.line)
    const { keys, line } = next
    for (const key of keys) addNew(seen, key, line)
    const body = next.value === undefined ? readMap(reading, 1) : undefined
    entries.push({ keys, line, value: next.value ?? body?.map ?? new Map() })
    next = body === undefined ? readLine(reading) : body.next
  }
  return entries
}

interface Reading {
  readonly text: string
  at: number
  /** The line that was read last. */
  line: number
}

/** A line that says something. */
interface Line {
  readonly indent: number
  readonly keys: readonly string[]
  /** `undefined` where what is indented below it is the value. */
  readonly value: SymlScalar | undefined
  readonly line: number
}

interface Body {
  readonly map: Map<string, SymlScalar | ReadonlyMap<string, SymlScalar>>
  /** The first line that does not belong to it. */
  readonly next: Line | undefined
}

function readMap(reading: Reading, indent: number): Body {
  const map: Body['map'] = new Map()
  let next = readLine(reading)
  if (next === undefined || next.indent < indent) {
    throw fail('has a key without anything below it', next?.line ?? reading.line)
  }
  while (next !== undefined && next.indent === indent) next = readPair(reading, map, next)
  if (next !== undefined && next.indent > indent) throw fail('is indented too far', next.line)
  return { map, next }
}

/** Adds what a line says to the map around it; the line that comes next. */
function readPair(reading: Reading, map: Body['map'], line: Line): Line | undefined {
  const { keys, value } = line
  if (value !== undefined) {
    for (const key of keys) setNew(map, { key, value, line: line.line })
    return readLine(reading)
  }
  if (line.indent > 1) throw fail('is nested too deep', line.line)
  const inner = readScalars(reading)
  for (const key of keys) setNew(map, { key, value: inner.map, line: line.line })
  return inner.next
}

/** The innermost level, which holds no further one. */
function readScalars(reading: Reading): {
  readonly map: ReadonlyMap<string, SymlScalar>
  readonly next: Line | undefined
} {
  const { map, next } = readMap(reading, 2)
  const scalars = new Map<string, SymlScalar>()
  for (const [key, value] of map) if (typeof value !== 'object') scalars.set(key, value)
  return { map: scalars, next }
}

function setNew(
  map: Body['map'],
  {
    key,
    value,
    line,
  }: { key: string; value: SymlScalar | ReadonlyMap<string, SymlScalar>; line: number },
): void {
  if (map.has(key)) throw fail(`has the key ${JSON.stringify(key)} twice`, line)
  map.set(key, value)
}

function addNew(seen: Set<string>, key: string, line: number): void {
  if (seen.has(key)) throw fail(`has the key ${JSON.stringify(key)} twice`, line)
  seen.add(key)
}

/** The next line that is neither empty nor a comment. */
function readLine(reading: Reading): Line | undefined {
  const { text } = reading
  while (reading.at < text.length) {
    const end = text.indexOf('\n', reading.at)
    const stop = end === -1 ? text.length : end
    const content = text.slice(reading.at, text[stop - 1] === '\r' ? stop - 1 : stop)
    reading.at = stop + 1
    reading.line += 1
    if (content === '') continue
    if (content.startsWith('#')) checkVersion(content, reading.line)
    else return parseLine(content, reading.line)
  }
  return undefined
}

/** Yarn 1 refuses a lockfile that says to be of a later version. */
function checkVersion(comment: string, line: number): void {
  const version = /^#\s*yarn lockfile v(\d+)\s*$/.exec(comment)?.[1]
  if (version !== undefined && Number(version) > 1) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_LOCKFILE_VERSION',
      `is of version ${version}; of this format version 1 is known`,
      { line },
    )
  }
}

function parseLine(content: string, line: number): Line {
  const start = measureIndent(content, line)
  const indent = start / 2
  const { keys, end } = readKeys(content, start, line)
  const colon = content[end] === ':' ? 1 : 0
  if (colon === 1 && end === content.length - 1) return { indent, keys, value: undefined, line }
  if (content[end + colon] !== ' ') throw fail('is no line of this format', line)
  const token = readToken(content, end + colon + 1, line)
  if (token.end !== content.length) throw fail('has something behind a value', line)
  return { indent, keys, value: token.isQuoted ? token.text : readBare(token.text, line), line }
}

function measureIndent(content: string, line: number): number {
  let start = 0
  while (content.charCodeAt(start) === 32) start += 1
  if (start % 2 === 0 && start <= 4) return start
  throw fail('is indented in a way that Yarn does not write', line)
}

function readKeys(
  content: string,
  start: number,
  line: number,
): { readonly keys: string[]; readonly end: number } {
  const keys: string[] = []
  let at = start
  for (;;) {
    const key = readToken(content, at, line)
    if (key.text === '' || isOdd(key.text, key.isQuoted)) throw fail('has an odd key', line)
    keys.push(key.text)
    if (!content.startsWith(', ', key.end)) return { keys, end: key.end }
    at = key.end + 2
  }
}

interface Token {
  readonly text: string
  readonly isQuoted: boolean
  readonly end: number
}

/** Bare text ends where Yarn's tokens end; quoted text holds no escapes. */
function readToken(content: string, start: number, line: number): Token {
  if (content[start] !== '"') {
    let end = start
    while (end < content.length && !isEnd(content.charCodeAt(end))) end += 1
    return { text: content.slice(start, end), isQuoted: false, end }
  }
  const close = content.indexOf('"', start + 1)
  const text = content.slice(start + 1, close)
  if (close === -1 || unsafe.test(text))
    throw fail('has a string that can be read in two ways', line)
  return { text, isQuoted: true, end: close + 1 }
}

// oxlint-disable-next-line no-control-regex -- JSON, and so Yarn, takes none of these in a string.
const unsafe = /[\\\u0000-\u001f]/

/** A colon, a blank or a comma. */
function isEnd(code: number): boolean {
  return code === 58 || code === 32 || code === 44
}

/** What Yarn would take for a number or a flag where it stands bare. */
function isOdd(text: string, isQuoted: boolean): boolean {
  return !isQuoted && !bareText.test(text)
}

const bareText = /^(?!true|false)[a-z/.-][^"\\]*$/i

function readBare(text: string, line: number): SymlScalar {
  if (/^\d+$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (isOdd(text, false)) throw fail('has a value that can be read in two ways', line)
  return text
}

function fail(message: string, line: number): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { line })
}
