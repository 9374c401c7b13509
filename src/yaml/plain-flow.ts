import { givesUp, isPlain, readScalar, resolvePlain } from './plain-scalar.ts'

/**
 * Reads a collection such as `{integrity: sha512-…, engines: {node: '>=18'}}` or `[x64]` that is all of
 * a text, written as pnpm does it: one blank behind each comma and colon, none before or elsewhere.
 */
export function readFlow(text: string): unknown {
  if (text === '{}') return {}
  const reader = { text, at: 0 }
  const value = readNode(reader, 0)
  if (reader.at !== text.length) throw givesUp
  return value
}

interface FlowReader {
  readonly text: string
  at: number
}

/** Keeps hostile text from filling the stack. */
const maxDepth = 10

function readNode(reader: FlowReader, depth: number): unknown {
  if (depth > maxDepth) throw givesUp
  switch (reader.text.charAt(reader.at)) {
    case '{':
      return readFlowMapping(reader, depth)
    case '[':
      return readFlowList(reader, depth)
    case "'":
    case '"':
      return readScalar(take(reader, quoted))
    default:
      return readPlain(reader)
  }
}

const quoted = /'[^']*'|"[^"]*"/y

/** Behind a colon a flow indicator would end the scalar; all of them end it here anyway. */
const plain = /[^,[\]{}]+/y

function readPlain(reader: FlowReader): unknown {
  const text = take(reader, plain)
  if (!isPlain(text)) throw givesUp
  return resolvePlain(text)
}

function take(reader: FlowReader, pattern: RegExp): string {
  pattern.lastIndex = reader.at
  if (!pattern.test(reader.text)) throw givesUp
  const { at } = reader
  reader.at = pattern.lastIndex
  return reader.text.slice(at, reader.at)
}

const flowKey = /(?:[a-z]\w*|'[^']*'|"[^"\\]*"): /iy

function readFlowMapping(reader: FlowReader, depth: number): Record<string, unknown> {
  const mapping: Record<string, unknown> = {}
  reader.at += 1
  if (skip(reader, '}')) return mapping
  do {
    const key = readFlowKey(take(reader, flowKey))
    if (Object.hasOwn(mapping, key)) throw givesUp
    mapping[key] = readNode(reader, depth + 1)
  } while (skip(reader, ', '))
  if (!skip(reader, '}')) throw givesUp
  return mapping
}

function readFlowKey(text: string): string {
  const key = readScalar(text.slice(0, -2))
  // `true` and its kind are no text, and `__proto__` is no key like others.
  if (typeof key !== 'string' || key === '__proto__') throw givesUp
  return key
}

function readFlowList(reader: FlowReader, depth: number): unknown[] {
  const list: unknown[] = []
  reader.at += 1
  if (skip(reader, ']')) return list
  do {
    list.push(readNode(reader, depth + 1))
  } while (skip(reader, ', '))
  if (!skip(reader, ']')) throw givesUp
  return list
}

/** Goes past a text, if that is what comes next. */
function skip(reader: FlowReader, text: string): boolean {
  if (!reader.text.startsWith(text, reader.at)) return false
  reader.at += text.length
  return true
}
