import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Why a body is of no use; the message may be printed. */
export class BodyError extends Error {
  override get name(): 'BodyError' {
    return 'BodyError'
  }
}

/** A body as it comes. */
export type Chunks = AsyncIterable<Buffer>

/** What is wanted of an answer, and how its body is read. */
export interface Wanted<Body> {
  readonly method: 'GET' | 'HEAD'
  readonly accept: string
  /** Whether the body of a bad answer is read as well. */
  readonly isReadAlways?: boolean
  /** Whether the answer may come compressed; it is read as if it weren't. */
  readonly isCompressible: boolean
  /**
   * Reads the body of a good answer.
   *
   * @throws BodyError where it is of no use.
   */
  readonly read: (body: Chunks, length: number | undefined) => Promise<Body>
}

/**
 * The largest packuments of the public registry are below this. A packument of JSR's is well below
 * one megabyte.
 */
const maxJsonBytes = 64 * 1024 * 1024

/** A JSON document as text. */
export const wantJson: Wanted<string> = wantText('application/json', maxJsonBytes)

/** A text of at most so many bytes, once it is unpacked. */
export function wantText(accept: string, maxBytes: number): Wanted<string> {
  return {
    method: 'GET',
    accept,
    isCompressible: true,
    read: (body) => readText(body, maxBytes),
  }
}

/** The first bytes of a text, whatever the status. */
export const wantBeginning: Wanted<string> = {
  method: 'GET',
  accept: 'application/json, text/html;q=0.9, */*;q=0.8',
  isCompressible: true,
  isReadAlways: true,
  read: readBeginning,
}

/** Of a tarball no more than that it is there. */
export const wantPresence: Wanted<undefined> = {
  method: 'GET',
  accept: '*/*',
  isCompressible: false,
  read: discardSmall,
}

/** The same, asked for as caches ask. */
export const wantHead: Wanted<undefined> = { ...wantPresence, method: 'HEAD' }

/** A body as it is once it is unpacked. Only as much is unpacked as somebody reads. */
export function unpack(body: Chunks, encoding: string | null): Chunks {
  switch (encoding?.trim().toLowerCase() ?? '') {
    case '':
    case 'identity':
      return body
    case 'gzip':
    case 'x-gzip': {
      const packed = Readable.from(body, { objectMode: false })
      const unpacked = createGunzip()
      packed.on('error', (error) => unpacked.destroy(error))
      unpacked.on('error', () => packed.destroy())
      return packed.pipe(unpacked)
    }
    default:
      throw new BodyError('its answer is packed in a way that nobody asked for')
  }
}

const beginningBytes = 16 * 1024

async function readBeginning(body: Chunks): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= beginningBytes) break
  }
  return Buffer.concat(chunks).subarray(0, beginningBytes).toString('utf8')
}

async function readText(body: Chunks, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new BodyError(`its answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Up to here it is quicker to take the rest than to open another connection. */
const smallBytes = 64 * 1024

/** Takes a small body to its end, so that the connection serves again; a large one is dropped. */
async function discardSmall(body: Chunks, length: number | undefined): Promise<undefined> {
  if (length === undefined || length > smallBytes) return undefined
  for await (const _ of body) {
    // Nobody wants it.
  }
  return undefined
}
