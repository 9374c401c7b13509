import type { ByteCache } from './byte-cache.ts'
import type { GatewayContext } from './context.ts'
import { commonHeaders, type GatewayAnswer } from './exchange.ts'
import type { Packuments } from './packuments.ts'
import { formatKey } from './path.ts'
import type { Pin, StoredObject } from './pins.ts'

/** A tarball that can be served. Its bytes have the hash, or the stream ends in an error. */
export type Tarball =
  | {
      readonly type: 'bytes'
      readonly integrity: string
      readonly bytes: Uint8Array
      /** The answer with all of it: asked for most, and made once. */
      readonly whole: GatewayAnswer
    }
  | { readonly type: 'stored'; readonly integrity: string; readonly object: StoredObject }
  | {
      readonly type: 'passing'
      /** `undefined` for one that JSR lists no longer. */
      readonly integrity: string | undefined
      readonly size: number | undefined
      /** `undefined` where only the headers were asked for. */
      readonly body: ReadableStream<Uint8Array> | undefined
    }

/** A tarball in memory. */
export function createBytes(
  integrity: string,
  bytes: Uint8Array,
  { cacheScope }: Pick<GatewayContext, 'cacheScope'>,
): Tarball & { readonly type: 'bytes' } {
  const headers = {
    ...formatTarballHeaders(integrity, cacheScope),
    'accept-ranges': 'bytes',
    'content-length': String(bytes.length),
  }
  const whole = { status: 200, headers, body: bytes, isLasting: true }
  return { type: 'bytes', integrity, bytes, whole }
}

/** Its headers and the like: without them, many small ones would take far more than they count for. */
const overheadBytes = 2048

/** Keeps a tarball in memory. */
export function keepBytes(
  { cache, context }: Pick<Shelf, 'cache' | 'context'>,
  pin: Pick<Pin, 'name' | 'version' | 'integrity'>,
  bytes: Uint8Array,
): Tarball {
  const tarball = createBytes(pin.integrity, bytes, context)
  cache.set(formatKey(pin), tarball, bytes.length + overheadBytes)
  return tarball
}

/** The same for every tarball that has this hash. */
export function formatTarballHeaders(
  integrity: string | undefined,
  cacheScope: 'public' | 'private',
): Record<string, string> {
  return {
    ...commonHeaders,
    'content-type': 'application/octet-stream',
    'cache-control': `${cacheScope}, max-age=31536000, immutable`,
    ...(integrity !== undefined && { etag: formatTarballTag(integrity) }),
  }
}

/** A strong ETag: the same hash is the same bytes. */
export function formatTarballTag(integrity: string): string {
  return `"${integrity}"`
}

/** What is asked for. */
export interface TarballRequest {
  readonly name: string
  readonly version: string
  /** What it is kept under in memory. */
  readonly key: string
  /** Whether the answer to `HEAD` is all that is needed. */
  readonly isHead: boolean
}

/** Larger tarballs are not kept in memory. */
export const maxCachedBytes: number = 2 * 1024 * 1024
/** A version, where its bytes are, and what they must be: what a pin of it will say. */
export type Offer = Pin

/** What the ways to a tarball share. */
export interface Shelf {
  readonly context: GatewayContext
  readonly packuments: () => Packuments
  readonly cache: ByteCache<Tarball & { type: 'bytes' }>
  /** Contents of the store that were found whole by this process. */
  readonly proven: Set<string>
}
