import { JsrGuardError } from '../errors.ts'

/** A value: text, as quoted or bare; a number or a flag, as Yarn 1 reads them. */
export type SymlScalar = string | number | boolean

/** A key and what stands behind or below it; in the order of the text, no key twice. */
interface SymlPair<Value> {
  readonly key: string
  readonly value: Value
}

/** What is indented below a key, in which no further level is. */
export type SymlScalars = ReadonlyArray<SymlPair<SymlScalar>>

/** What stands under the keys of an entry. */
export type SymlFields = ReadonlyArray<SymlPair<SymlScalar | SymlScalars>>

/** One line at the margin, with all that is indented below it. */
export interface SymlEntry {
  /** One value may stand under several keys. */
  readonly keys: readonly string[]
  readonly value: SymlScalar | SymlFields
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
  return [...listSymlEntries(text)]
}

/**
 * Does what {@link readStrictSyml} does, entry by entry, so that each can be forgotten before the next
 * is read. What is wrong with a later one shows only there: nothing counts before the last is read.
 */
export function* listSymlEntries(text: string): Generator<SymlEntry> {
  const cursor = createCursor(text)
  const seen = new Set<string>()
  readLine(cursor)
  while (cursor.indent !== atEnd) {
    const { key, others, value, line } = cursor
    if (cursor.indent !== 0) throw fail('is indented below nothing', line)
    const keys = [key, ...others]
    for (const one of keys) addNew(seen, one, line)
    if (value !== undefined) readLine(cursor)
    yield { keys, line, value: value ?? readFields(cursor) }
  }
}

/**
 * Where the reader is, and what the line says that it read last. One object for all lines: making one
 * for each took longer than reading it.
 */
interface Cursor {
  readonly text: string
  /** Whether no string of the text can hold anything that is read in two ways. */
  readonly isTame: boolean
  /** Where the next line begins. */
  at: number
  /** The line that was read last; 1-based. */
  line: number
  /** {@link atEnd} where there was none. */
  indent: number
  key: string
  /** The keys behind the first one; nearly always none. */
  others: readonly string[]
  /** `undefined` where what is indented below it is the value. */
  value: SymlScalar | undefined
  /** Of the token that was read last. */
  isQuoted: boolean
  tokenEnd: number
}

const atEnd = -1
const none: readonly string[] = []

function createCursor(text: string): Cursor {
  return {
    text,
    isTame: !unsafe.test(text),
    at: text.startsWith('\uFEFF') ? 1 : 0,
    line: 0,
    indent: atEnd,
    key: '',
    others: none,
    value: undefined,
    isQuoted: false,
    tokenEnd: 0,
  }
}

// oxlint-disable-next-line no-control-regex -- JSON, and so Yarn, takes none of these in a string; a line feed ends the line before.
const unsafe = /[\\\u0000-\u0009\u000b-\u001f]/

function readFields(cursor: Cursor): SymlFields {
  const fields: Pairs<SymlScalar | SymlScalars> = { list: [], keys: undefined }
  openLevel(cursor, 1)
  while (cursor.indent === 1) {
    const { key, others, line } = cursor
    const value = cursor.value ?? readScalars(cursor)
    addPair(fields, { key, value }, line)
    for (const other of others) addPair(fields, { key: other, value }, line)
    // What is below a key has been read, and the line behind that too.
    if (typeof value !== 'object') readLine(cursor)
  }
  if (cursor.indent > 1) throw fail('is indented too far', cursor.line)
  return fields.list
}

/** The innermost level, which holds no further one. */
function readScalars(cursor: Cursor): SymlScalars {
  const scalars: Pairs<SymlScalar> = { list: [], keys: undefined }
  openLevel(cursor, 2)
  while (cursor.indent === 2) {
    const { key, others, value, line } = cursor
    if (value === undefined) throw fail('is nested too deep', line)
    addPair(scalars, { key, value }, line)
    for (const other of others) addPair(scalars, { key: other, value }, line)
    readLine(cursor)
  }
  return scalars.list
}

/** Goes to the first line below a key. */
function openLevel(cursor: Cursor, indent: number): void {
  readLine(cursor)
  if (cursor.indent < indent) throw fail('has a key without anything below it', cursor.line)
}

/** What a level holds so far. */
interface Pairs<Value> {
  readonly list: Array<SymlPair<Value>>
  /** Only of levels with many: in a few, looking at each is quicker. */
  keys: Set<string> | undefined
}

const few = 8

function addPair<Value>(pairs: Pairs<Value>, pair: SymlPair<Value>, line: number): void {
  const { list } = pairs
  if (list.length === few) pairs.keys = new Set(list.map(({ key }) => key))
  if (pairs.keys !== undefined) addNew(pairs.keys, pair.key, line)
  else if (list.some(({ key }) => key === pair.key)) throw failTwice(pair.key, line)
  list.push(pair)
}

function addNew(seen: Set<string>, key: string, line: number): void {
  const { size } = seen
  if (seen.add(key).size === size) throw failTwice(key, line)
}

function failTwice(key: string, line: number): JsrGuardError {
  return fail(`has the key ${JSON.stringify(key)} twice`, line)
}

/** Goes to the next line that is neither empty nor a comment. */
function readLine(cursor: Cursor): void {
  const { text } = cursor
  while (cursor.at < text.length) {
    const start = cursor.at
    const end = text.indexOf('\n', start)
    const stop = end === -1 ? text.length : end
    cursor.at = stop + 1
    cursor.line += 1
    const isReturn = stop > start && text.charCodeAt(stop - 1) === 13
    if (parseLine(cursor, start, isReturn ? stop - 1 : stop)) return
  }
  cursor.indent = atEnd
}

/** Whether the line says something. */
function parseLine(cursor: Cursor, start: number, stop: number): boolean {
  if (start === stop) return false
  const { text, line } = cursor
  if (text.charCodeAt(start) === 35) {
    checkVersion(text.slice(start, stop), line)
    return false
  }
  const first = measureIndent(cursor, start)
  cursor.indent = (first - start) / 2
  const end = readKeys(cursor, first, stop)
  const hasColon = end < stop && text.charCodeAt(end) === 58
  if (hasColon && end + 1 === stop) cursor.value = undefined
  else cursor.value = readValue(cursor, hasColon ? end + 1 : end, stop)
  return true
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

/** Where the first key of a line begins. */
function measureIndent({ text, line }: Cursor, start: number): number {
  let first = start
  while (text.charCodeAt(first) === 32) first += 1
  const width = first - start
  if (width % 2 === 0 && width <= 4) return first
  throw fail('is indented in a way that Yarn does not write', line)
}

/** Where the last of the keys ends. */
function readKeys(cursor: Cursor, start: number, stop: number): number {
  cursor.key = readKey(cursor, start, stop)
  cursor.others = startsNext(cursor, stop) ? readOthers(cursor, stop) : none
  return cursor.tokenEnd
}

function readOthers(cursor: Cursor, stop: number): string[] {
  const others: string[] = []
  do others.push(readKey(cursor, cursor.tokenEnd + 2, stop))
  while (startsNext(cursor, stop))
  return others
}

function startsNext({ text, tokenEnd }: Cursor, stop: number): boolean {
  return tokenEnd + 2 <= stop && text.startsWith(', ', tokenEnd)
}

function readKey(cursor: Cursor, start: number, stop: number): string {
  const key = readToken(cursor, start, stop)
  if (key !== '' && (cursor.isQuoted || isPlain(cursor, key) || bareText.test(key))) return key
  throw fail('has an odd key', cursor.line)
}

/** The value behind a blank, which ends the line. */
function readValue(cursor: Cursor, start: number, stop: number): SymlScalar {
  const { text, line } = cursor
  if (start >= stop || text.charCodeAt(start) !== 32) throw fail('is no line of this format', line)
  const token = readToken(cursor, start + 1, stop)
  if (cursor.tokenEnd !== stop) throw fail('has something behind a value', line)
  return cursor.isQuoted || isPlain(cursor, token) ? token : readBare(token, line)
}

/** Bare text ends where Yarn's tokens end; quoted text holds no escapes. */
function readToken(cursor: Cursor, start: number, stop: number): string {
  const { text } = cursor
  cursor.isQuoted = start < stop && text.charCodeAt(start) === 34
  if (cursor.isQuoted) return readQuoted(cursor, start + 1, stop)
  let end = start
  while (end < stop && !isEnd(text.charCodeAt(end))) end += 1
  cursor.tokenEnd = end
  return text.slice(start, end)
}

function readQuoted(cursor: Cursor, start: number, stop: number): string {
  const { text, isTame, line } = cursor
  const close = text.indexOf('"', start)
  const content = text.slice(start, close)
  if (close === -1 || close >= stop || (!isTame && unsafe.test(content))) {
    throw fail('has a string that can be read in two ways', line)
  }
  cursor.tokenEnd = close + 1
  return content
}

/** A colon, a blank or a comma. */
function isEnd(code: number): boolean {
  return code === 58 || code === 32 || code === 44
}

/** Whether bare text is text beyond doubt, as nearly all of it is; `false` says nothing. */
function isPlain({ isTame }: Cursor, text: string): boolean {
  // In small letters; `t` and `f` may begin a flag.
  const first = text.charCodeAt(0) | 32
  const isLetter = first >= 97 && first <= 122 && first !== 102 && first !== 116
  return isLetter && isTame && !text.includes('"')
}

/** No number, no flag, and nothing that is read in two ways where it stands bare. */
const bareText = /^(?!true|false)[a-z/.-][^"\\]*$/i

function readBare(text: string, line: number): SymlScalar {
  if (/^\d+$/.test(text)) return Number(text)
  if (text === 'true' || text === 'false') return text === 'true'
  if (bareText.test(text)) return text
  throw fail('has a value that can be read in two ways', line)
}

function fail(message: string, line: number): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { line })
}
