/** Thrown by the readers of plain YAML, where a text may mean something else to another reader. */
export const givesUp: Error = new Error('the text is not plain enough')

/** The key that a line begins with. */
interface KeyText {
  readonly text: string
  /** Where the colon behind it ends. */
  readonly end: number
}

/** Reads the key that a line begins with, up to its colon. */
export function readKeyText(line: string): KeyText {
  const quote = line.charAt(0)
  if (quote === "'" || quote === '"') {
    const close = line.indexOf(quote, 1)
    const text = line.slice(1, close)
    if (line.charAt(close + 1) !== ':' || text === '__proto__') throw givesUp
    if (quote === '"' && text.includes('\\')) throw givesUp
    return { text, end: close + 2 }
  }
  const colon = findColon(line)
  const text = line.slice(0, colon)
  if (!plainKey.test(text) || specialScalar.test(text) || text === '__proto__') throw givesUp
  return { text, end: colon + 1 }
}

/** The colon that ends a key: at the end of the line, or before a blank. */
function findColon(line: string): number {
  if (line.indexOf(':') === line.length - 1) return line.length - 1
  const colon = line.indexOf(': ')
  if (colon !== -1) return colon
  if (!line.endsWith(':')) throw givesUp
  return line.length - 1
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
