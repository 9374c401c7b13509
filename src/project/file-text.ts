import { isUtf8 } from 'node:buffer'
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'

/** What a file of the project holds, or why that can't be told. */
export type FileText =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'absent' }
  | { readonly type: 'unreadable'; readonly reason: string }

/** No lockfile comes near it; it bounds what one file can make us hold in memory. */
const maxBytes = 256 * 1024 * 1024

/**
 * Reads a file as UTF-8. Links are followed; whatever is there but is no such text is `unreadable`:
 * a folder, a device, a link to nothing, bytes that are not UTF-8.
 *
 * Opened and read in place: each step by way of the thread pool takes longer than reading a small
 * file does, and a run over many projects reads a few thousand of them.
 */
export async function readFileText(path: string): Promise<FileText> {
  let file: number | undefined
  try {
    // Without waiting: opening a named pipe would otherwise last until somebody writes to it.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    return readOpened(file)
  } catch (error) {
    return describeFailure(error, path)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function readOpened(file: number): FileText {
  const stats = fstatSync(file)
  if (!stats.isFile()) return { type: 'unreadable', reason: 'it is not a file' }
  if (stats.size > maxBytes) return { type: 'unreadable', reason: 'it is larger than 256 MiB' }
  const bytes = readWhole(file, stats.size)
  if (bytes === undefined) return { type: 'unreadable', reason: 'it changed while it was read' }
  if (!isUtf8(bytes)) return { type: 'unreadable', reason: 'it is not UTF-8' }
  return { type: 'text', text: bytes.toString('utf8') }
}

/** In one piece, where `readFile` would put together many small ones; `undefined` if it grew or shrank. */
function readWhole(file: number, size: number): Buffer | undefined {
  // One byte more than there should be, so that growth is seen.
  const bytes = Buffer.allocUnsafe(size + 1)
  let length = 0
  while (length <= size) {
    const bytesRead = readSync(file, bytes, length, bytes.length - length, null)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return length === size ? bytes.subarray(0, size) : undefined
}

function describeFailure(error: unknown, path: string): FileText {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  if (code === undefined) throw error
  if (code !== 'ENOENT' && code !== 'ENOTDIR') {
    return { type: 'unreadable', reason: `it cannot be read (${code})` }
  }
  return isThere(path)
    ? { type: 'unreadable', reason: 'it is a link to nothing' }
    : { type: 'absent' }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}
