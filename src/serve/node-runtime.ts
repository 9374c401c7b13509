import { createHash } from 'node:crypto'
import process from 'node:process'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { CreateDigest } from '../gateway/digest.ts'
import type { Compressors } from '../gateway/representation.ts'

const compressGzip = promisify(gzip)
const compressBrotli = promisify(brotliCompress)

/** Node's own, which work beside the thread that answers. */
export const nodeCompressors: Compressors = {
  gzip: async (bytes) => await compressGzip(bytes, { level: 7 }),
  br: async (bytes) =>
    await compressBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
}

/** OpenSSL's. */
export const createNodeDigest: CreateDigest = () => {
  const hash = createHash('sha512')
  return { update: (chunk) => void hash.update(chunk), finish: () => hash.digest() }
}

/** What the process takes of the machine. */
export function measureProcess(): Readonly<Record<string, number>> {
  return {
    resident_memory_bytes: process.memoryUsage.rss(),
    uptime_seconds: Math.round(process.uptime()),
  }
}
