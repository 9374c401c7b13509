import { readFlow } from './plain-flow.ts'
import { findKeyEnd, givesUp, readKey, readScalar } from './plain-scalar.ts'

/** A mapping as the strict reader gives it. */
type Mapping = Record<string, unknown>

/**
 * Reads the part of YAML in which pnpm writes its lockfile, in a fraction of the time that it takes to
 * read all of YAML: block mappings and lists two blanks deeper than what they stand in, scalars and
 * flow collections on one line, `|` and `|-`.
 *
 * `undefined` for whatever is not beyond doubt in that part: comments, anchors, tags, a second
 * document, repeated keys, and every faulty text too. So this refuses nothing and allows nothing: where
 * it gives a value, that is the value of `readStrictYaml`, and where it does not, that is to be asked.
 */
export function readPlainYaml(source: string): Mapping | undefined {
  if (foreignCharacter.test(source)) return undefined
  const reader = { source, next: source.startsWith(start) ? start.length : 0, indent: 0, line: '' }
  try {
    advance(reader)
    return reader.indent === 0 ? readMapping(reader, 0) : undefined
  } catch (error) {
    if (error === givesUp) return undefined
    throw error
  }
}

/** Each of these is a line end, a separator or a fault to some reader: a tab, a BOM, half a character. */
const foreignCharacter =
  /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u

const start = '---\n'

/** Nothing that pnpm writes comes near it; it keeps hostile text from filling the stack. */
const maxIndent = 40

interface Reader {
  readonly source: string
  /** Where the line after this one begins. */
  next: number
  /** How many blanks this line begins with; -1 at the end. */
  indent: number
  /** This line without those. */
  line: string
}

/** Goes to the next line that is not empty. */
function advance(reader: Reader): void {
  const { source } = reader
  let begin = reader.next
  while (source.charCodeAt(begin) === lineFeed) begin += 1
  reader.indent = begin < source.length ? indentAt(source, begin) : -1
  const end = endOfLine(source, begin)
  reader.line = source.slice(begin + Math.max(0, reader.indent), end)
  reader.next = end + 1
}

const lineFeed = 0x0a
const blank = 0x20

function indentAt(source: string, begin: number): number {
  let at = begin
  while (source.charCodeAt(at) === blank) at += 1
  return at - begin
}

/** No line may end with a blank: to some readers that is part of the text. */
function endOfLine(source: string, begin: number): number {
  const end = source.indexOf('\n', begin)
  if (source.charCodeAt((end === -1 ? source.length : end) - 1) === blank) throw givesUp
  return end === -1 ? source.length : end
}

/** The first key stands in this line, wherever that begins: in a list it stands behind the dash. */
function readMapping(reader: Reader, indent: number): Mapping {
  const mapping: Mapping = {}
  do {
    const { line } = reader
    const colon = findKeyEnd(line)
    const key = readKey(line.slice(0, colon))
    // At the start of a line, three dots end a document.
    if (Object.hasOwn(mapping, key) || (indent === 0 && key.startsWith('.'))) throw givesUp
    mapping[key] = readValue(reader, indent, line.slice(colon + 1))
  } while (reader.indent === indent)
  if (reader.indent > indent) throw givesUp
  return mapping
}

/** What stands behind the colon of a key, in its line or below it. */
function readValue(reader: Reader, indent: number, text: string): unknown {
  if (text === '') return readNested(reader, indent + 2)
  if (text.charCodeAt(0) !== blank) throw givesUp
  if (text === ' |-') return readLiteral(reader, indent + 2)
  if (text === ' |') return `${readLiteral(reader, indent + 2)}\n`
  const value = readInline(text.slice(1))
  advance(reader)
  return value
}

function readNested(reader: Reader, indent: number): unknown {
  const frequent = indent === 4 ? readFrequent(reader) : undefined
  if (frequent !== undefined) return frequent
  advance(reader)
  if (reader.indent !== indent || indent > maxIndent) throw givesUp
  return reader.line.startsWith('- ') ? readList(reader, indent) : readMapping(reader, indent)
}

/**
 * The two shapes that most of a lockfile's lines have, each taken in one look. What they hold is text
 * to every reader: a hash, and versions of three numbers.
 */
function readFrequent(reader: Reader): Mapping | undefined {
  const { source } = reader
  pinned.lastIndex = reader.next
  const [shape, integrity] = pinned.exec(source) ?? []
  if (shape !== undefined) {
    reader.next += shape.length
    advance(reader)
    return { resolution: { integrity } }
  }
  if (!source.startsWith(dependenciesLine, reader.next)) return undefined
  const dependencies: Mapping = {}
  let at = reader.next + dependenciesLine.length
  do {
    dependency.lastIndex = at
    const [line, plainName, quotedName = '', version] = dependency.exec(source) ?? []
    const name = plainName ?? quotedName
    if (line === undefined || Object.hasOwn(dependencies, name)) return undefined
    dependencies[name] = version
    at += line.length
  } while (source.charCodeAt(at) !== lineFeed)
  reader.next = at
  advance(reader)
  return { dependencies }
}

const pinned = /    resolution: \{integrity: (sha512-[A-Za-z\d+/]{86}==)\}\n(?=\n)/y
const dependenciesLine = '    dependencies:\n'
const dependency =
  /      (?:((?!(?:true|false|null):)[a-z][\w.-]*)|'(@[\w.-]+\/[\w.-]+)'): (\d+\.\d+\.\d+[\w.()@/+-]*)\n/y

function readInline(text: string): unknown {
  return text.startsWith('{') || text.startsWith('[') ? readFlow(text) : readScalar(text)
}

function readList(reader: Reader, indent: number): unknown[] {
  const list: unknown[] = []
  do {
    if (!reader.line.startsWith('- ')) throw givesUp
    reader.line = reader.line.slice(2)
    if (isEntry(reader.line)) list.push(readMapping(reader, indent + 2))
    else {
      list.push(readInline(reader.line))
      advance(reader)
    }
  } while (reader.indent === indent)
  if (reader.indent > indent) throw givesUp
  return list
}

/** Whether an item of a list begins with a key. A scalar that looks like it is given up. */
function isEntry(line: string): boolean {
  if (line.startsWith('{') || line.startsWith('[')) return false
  return line.endsWith(':') || line.includes(': ')
}

/** The lines below a `|-`, up to one that is not as deep. Only between them may empty ones stand. */
function readLiteral(reader: Reader, indent: number): string {
  const { source } = reader
  const lines: string[] = []
  let empty = 0
  for (;;) {
    const begin = reader.next
    if (source.charCodeAt(begin) === lineFeed) {
      empty += 1
      reader.next += 1
      continue
    }
    const found = indentAt(source, begin)
    if (begin >= source.length || found < indent) break
    if (lines.length === 0 && (found > indent || empty > 0)) throw givesUp
    const end = endOfLine(source, begin)
    while (empty > 0) {
      lines.push('')
      empty -= 1
    }
    lines.push(source.slice(begin + indent, end))
    reader.next = end + 1
  }
  if (lines.length === 0) throw givesUp
  advance(reader)
  return lines.join('\n')
}
