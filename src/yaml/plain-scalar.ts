/** Thrown by the readers of plain YAML, where a text may mean something else to another reader. */
export const givesUp: Error = new Error('the text is not plain enough')

/** Where the colon stands that ends the key that a line begins with. */
export function findKeyEnd(line: string): number {
  const quote = line.charAt(0)
  const end = quote === "'" || quote === '"' ? line.indexOf(quote, 1) + 1 : findColon(line)
  if (line.charAt(end) !== ':') throw givesUp
  return end
}

/** The colon that ends a plain key: before a blank, or at the end of the line. */
function findColon(line: string): number {
  const first = line.indexOf(':')
  // In most lines it is the only one.
  if (first === line.length - 1 || line.charAt(first + 1) === ' ') return first
  const colon = line.indexOf(': ')
  return colon === -1 ? line.length - 1 : colon
}

/** Reads a key, without its colon. */
export function readKey(text: string): string {
  const quote = text.charAt(0)
  const isQuoted = quote === "'" || quote === '"'
  const key = isQuoted ? text.slice(1, -1) : text
  if (isQuoted ? key.includes('\\') : !plainKey.test(key) || specialScalar.test(key)) throw givesUp
  // Of an object it would be the prototype.
  if (key === '__proto__') throw givesUp
  return key
}

/** Without a blank there is no comment in it, whatever else there is. */
const plainKey = /^[\w./^~<=$(+][^ ]*$/

/**
 * All that may be something else than text: null, a boolean, a number, a merge key. Wider than any of
 * them is, so what matches need not be one.
 */
const specialScalar =
  /^(?:~|null|true|false|<<|[-+]?(?:0[ox][\da-f]*|(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d*)?|\.(?:inf|nan)))$/i

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Numbers in the one notation that all readers give the same value. */
const plainNumber = /^(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?$/

/** Reads a scalar that is all of a text: plain, or between quotes. */
export function readScalar(text: string): unknown {
  const first = text.charAt(0)
  if (first === "'") return readSingleQuoted(text)
  if (first === '"') return readDoubleQuoted(text)
  if (!isPlain(text)) throw givesUp
  return resolvePlain(text)
}

/** What a plain text stands for. */
export function resolvePlain(text: string): unknown {
  if (!specialScalar.test(text)) return text
  if (plainNumber.test(text)) return Number(text)
  const word = words.get(text)
  if (word === undefined) throw givesUp
  return word
}

const plainStart = /^[\w./^~<=$(+]/

/** Whether a text is a plain scalar to its very end, with neither a key nor a comment in it. */
export function isPlain(text: string): boolean {
  if (!plainStart.test(text) || text.endsWith(':')) return false
  return !text.includes(' ') || !(text.includes(': ') || text.includes(' #') || text.endsWith(' '))
}

function readSingleQuoted(text: string): string {
  const close = text.indexOf("'", 1)
  if (close === text.length - 1 && close > 0) return text.slice(1, close)
  const inner = text.slice(1, -1)
  // From left to right, two quotes stand for one; a single one would have ended the scalar.
  if (close <= 0 || !text.endsWith("'") || inner.replaceAll("''", '').includes("'")) throw givesUp
  return inner.replaceAll("''", "'")
}

function readDoubleQuoted(text: string): string {
  const close = text.indexOf('"', 1)
  const inner = text.slice(1, close)
  if (close !== text.length - 1 || close < 1 || inner.includes('\\')) throw givesUp
  return inner
}
