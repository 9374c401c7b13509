import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { createGunzip, type Gunzip } from 'node:zlib'
import { isRecord, tryParseJson } from '../json/record.ts'
import { BodyError, type Chunks, type Wanted } from './body.ts'

/** What is in a tarball, as far as it is looked at. Nothing of it is written anywhere. */
export interface TarballContent {
  /** Subresource Integrity strings of the bytes, by every algorithm that a lockfile may name. */
  readonly integrity: readonly string[]
  /** Its package.json; `undefined` where none can be read. */
  readonly manifest: Readonly<Record<string, unknown>> | undefined
}

/** How large a tarball may be, as it comes and unpacked. */
const maxBytes = 128 * 1024 * 1024
const maxUnpackedBytes = 256 * 1024 * 1024
const maxManifestBytes = 1024 * 1024

const algorithms = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'] as const

/** Hashes a tarball as it comes, and looks for its package.json. */
export const wantTarball: Wanted<TarballContent> = {
  method: 'GET',
  accept: '*/*',
  isCompressible: false,
  read: readTarball,
}

async function readTarball(body: Chunks): Promise<TarballContent> {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }))
  const search = createManifestSearch()
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new BodyError(`its tarball is larger than ${maxBytes} bytes`)
    for (const { hash } of hashes) hash.update(chunk)
    await search.write(chunk)
  }
  return {
    integrity: hashes.map(({ algorithm, hash }) => `${algorithm}-${hash.digest('base64')}`),
    manifest: await search.end(),
  }
}

/** Looks for the package.json in a tarball that comes piece by piece. */
interface ManifestSearch {
  write(chunk: Buffer): Promise<void>
  end(): Promise<TarballContent['manifest']>
}

function createManifestSearch(): ManifestSearch {
  const gunzip = createGunzip()
  const found = readManifest(gunzip)
  // Seen by whoever waits for the end; a tarball that can't be unpacked still has its hash.
  found.catch(() => undefined)
  const closed = new Promise((resolve) => gunzip.once('close', resolve))
  const isOver = (): boolean => gunzip.destroyed || gunzip.writableEnded
  return {
    async write(chunk) {
      if (isOver() || gunzip.write(chunk)) return
      await Promise.race([new Promise((resolve) => gunzip.once('drain', resolve)), closed])
    },
    async end() {
      if (!isOver()) gunzip.end()
      return await found
    },
  }
}

/**
 * Only as fast as it is read is anything unpacked.
 *
 * @throws BodyError where it unpacks to more than anybody's package does.
 */
async function readManifest(unpacked: Gunzip & Chunks): Promise<TarballContent['manifest']> {
  let text: string | undefined
  const parser = createParser({
    onReadEntry(entry) {
      if (!isManifest(entry)) return entry.resume()
      const chunks: Buffer[] = []
      entry.on('data', (chunk) => chunks.push(chunk))
      // The last one counts: unpacking would write it over the others.
      entry.on('end', () => (text = Buffer.concat(chunks).toString('utf8')))
    },
  })
  let isEnded = false
  parser.on('error', () => unpacked.destroy())
  // What comes after the end is no part of it, and the library takes long over it.
  parser.on('eof', () => (isEnded = true))
  let bytes = 0
  try {
    for await (const chunk of unpacked) {
      bytes += chunk.length
      if (bytes > maxUnpackedBytes) throw tooLarge()
      if (!isEnded) parser.write(chunk)
    }
    parser.end()
  } catch (error) {
    if (error instanceof BodyError) throw error
    return undefined
  }
  const manifest = text === undefined ? undefined : tryParseJson(text)
  return isRecord(manifest) ? manifest : undefined
}

/** An entry of a tarball, as the library gives it. */
interface ReadEntry {
  readonly path: string
  readonly type: string
  readonly size: number
  resume(): void
  on(event: 'data', listener: (chunk: Buffer) => void): void
  on(event: 'end', listener: () => void): void
}

interface Parser {
  on(event: 'error' | 'eof', listener: () => void): void
  write(chunk: Buffer): boolean
  end(): void
}

type ParserOptions = { readonly onReadEntry: (entry: ReadEntry) => void }

/**
 * npm's own reader of tarballs. Loaded where there is one to read; not imported, for its types want
 * those of a newer Node than we support.
 */
function createParser(options: ParserOptions): Parser {
  const require = createRequire(import.meta.url)
  const tar = require('tar') as {
    readonly Parser: new (options: ParserOptions) => Parser
  }
  return new tar.Parser(options)
}

function isManifest({ path, type, size }: ReadEntry): boolean {
  const inner = path.split('/').slice(1).join('/')
  return inner === 'package.json' && type === 'File' && size <= maxManifestBytes
}

function tooLarge(): BodyError {
  return new BodyError(`its tarball unpacks to more than ${maxUnpackedBytes} bytes`)
}
