import { createByteCache, type ByteCache } from './byte-cache.ts'
import {
  createSharing,
  notFound,
  refused,
  storeFailed,
  upstreamFailed,
  type Absence,
  type GatewayContext,
} from './context.ts'
import { formatIntegrity } from './digest.ts'
import { listUnlistedPaths, readTime } from './packument.ts'
import type { Packuments } from './packuments.ts'
import type { Pin, Pins, StoredObject } from './pins.ts'
import { refusePackage, refuseVersion } from './policy.ts'
import { collect, concat, relayVerified, toStream } from './relay.ts'

/** A tarball that can be served. Its bytes have the hash, or the stream ends in an error. */
export type Tarball =
  | { readonly type: 'bytes'; readonly integrity: string; readonly bytes: Uint8Array }
  | { readonly type: 'stored'; readonly integrity: string; readonly object: StoredObject }
  | {
      readonly type: 'passing'
      /** `undefined` for one that JSR lists no longer. */
      readonly integrity: string | undefined
      readonly size: number | undefined
      /** `undefined` where only the headers were asked for. */
      readonly body: ReadableStream<Uint8Array> | undefined
    }

/** What is asked for. */
export interface TarballRequest {
  readonly name: string
  readonly version: string
  /** Whether the answer to `HEAD` is all that is needed. */
  readonly isHead: boolean
}

/** Tarballs, as the gateway has them. */
export interface Tarballs {
  /** At once where it is in memory. */
  readonly find: (request: TarballRequest) => Tarball | Absence | Promise<Tarball | Absence>
  readonly forget: (name: string, version: string) => void
  readonly bytes: () => number
}

/** Larger ones are not kept in memory. */
const maxCachedBytes = 2 * 1024 * 1024
/** JSR lets in packages of 20 MB, before they are packed. */
const maxBytes = 256 * 1024 * 1024
/** One that JSR no longer lists is taken in whole, since nothing says what hash it should have. */
const maxUnlistedBytes = 64 * 1024 * 1024

/** What the parts below share. */
interface Shelf {
  readonly context: GatewayContext
  readonly packuments: () => Packuments
  readonly cache: ByteCache<Tarball & { type: 'bytes' }>
  /** Contents of the store that were found whole by this process. */
  readonly proven: Set<string>
}

/** No tarball known yet. */
export function createTarballs(context: GatewayContext, packuments: () => Packuments): Tarballs {
  const cache = createByteCache<Tarball & { type: 'bytes' }>(context.cacheBytes)
  const shelf: Shelf = { context, packuments, cache, proven: new Set() }
  const share = createSharing<Tarball | Absence>(context.canShare && context.pins !== undefined)
  return {
    find(request) {
      const key = formatKey(request)
      const known = cache.get(key)
      if (known === undefined) return share(key, async () => await load(shelf, request))
      context.metrics.count('cache_total', 'kind="tarball",from="memory"')
      return known
    },
    forget: (name, version) => cache.delete(formatKey({ name, version })),
    bytes: cache.bytes,
  }
}

function formatKey({ name, version }: { name: string; version: string }): string {
  return `${name}@${version}`
}

async function load(shelf: Shelf, request: TarballRequest): Promise<Tarball | Absence> {
  const { context } = shelf
  const { name, version } = request
  const refusal = refusePackage(context.policy, name)
  if (refusal !== undefined) return refused(refusal)
  const pin = await findPin(context, request)
  if (pin !== undefined && 'type' in pin) return pin
  if (pin !== undefined) return judge(context, pin) ?? (await servePinned(shelf, pin))
  const found = await shelf.packuments().find(name)
  if (found.type !== 'known') return found
  if (found.upstream === undefined) return upstreamFailed('JSR did not answer')
  if (found.upstream.unreadable.has(version)) {
    return upstreamFailed('JSR describes this version in a way that proves nothing')
  }
  const listed = found.upstream.versions.get(version)
  if (listed === undefined) {
    const publishedAt = readTime(found.upstream.times[version])
    return judge(context, { ...request, publishedAt }) ?? (await serveUnlisted(shelf, request))
  }
  const offer = { ...listed, name }
  return judge(context, offer) ?? (await serveListed(shelf, offer, request))
}

function judge(
  { policy, now, metrics }: GatewayContext,
  version: Pick<Pin, 'name' | 'version' | 'publishedAt'>,
): Absence | undefined {
  const reason = refuseVersion(policy, version, now())
  if (reason === undefined) return undefined
  metrics.count('refused_total')
  return refused(reason)
}

async function findPin(
  context: GatewayContext,
  { name, version }: TarballRequest,
): Promise<Pin | Absence | undefined> {
  try {
    return await context.pins?.find(name, version)
  } catch (error) {
    return storeFailed(context, error)
  }
}

/** The bytes of a pin: from the store, or from JSR where the store has lost them. */
async function servePinned(shelf: Shelf, pin: Pin): Promise<Tarball | Absence> {
  const { context } = shelf
  const { pins } = context
  if (pins === undefined) throw new Error('a gateway without a store has no pins')
  try {
    const stored = await readStored(shelf, pin, pins)
    if (stored !== undefined) return stored
  } catch (error) {
    return storeFailed(context, error)
  }
  context.log({ level: 'error', event: 'content-lost', name: pin.name, version: pin.version })
  return await passOn(shelf, pin, { isHead: false })
}

/** `undefined` where the store has not got the content, or has something else in its place. */
async function readStored(shelf: Shelf, pin: Pin, pins: Pins): Promise<Tarball | undefined> {
  const { context, cache, proven } = shelf
  const { integrity } = pin
  const object = await pins.readContent(integrity)
  if (object === undefined) return undefined
  const isSmall = object.size <= maxCachedBytes
  if (!isSmall && proven.has(integrity)) return { type: 'stored', integrity, object }
  const bytes = await prove(context, { object, integrity, isKept: isSmall })
  if (bytes === undefined) return undefined
  context.metrics.count('cache_total', 'kind="tarball",from="store"')
  if (!isSmall) {
    proven.add(integrity)
    return { type: 'stored', integrity, object }
  }
  const tarball = { type: 'bytes', integrity, bytes } as const
  cache.set(formatKey(pin), tarball, bytes.length)
  return tarball
}

/** The bytes of an object that has its hash, or none of them where they aren't kept; `undefined` for a false one. */
async function prove(
  { createDigest }: GatewayContext,
  source: { readonly object: StoredObject; readonly integrity: string; readonly isKept: boolean },
): Promise<Uint8Array | undefined> {
  const { object, integrity, isKept } = source
  const digest = createDigest()
  const chunks: Uint8Array[] = []
  for await (const chunk of object.body()) {
    digest.update(chunk)
    if (isKept) chunks.push(chunk)
  }
  return formatIntegrity(digest.finish()) === integrity ? concat(chunks) : undefined
}

/** A version, where its bytes are, and what they must be. */
type Offer = Pin

async function serveListed(
  shelf: Shelf,
  offer: Offer,
  { isHead }: TarballRequest,
): Promise<Tarball | Absence> {
  const { pins } = shelf.context
  if (pins === undefined) return await passOn(shelf, offer, { isHead })
  const failure = await takeIn(shelf, offer, pins)
  return failure ?? (await pinAndServe(shelf, offer, pins))
}

/** Pins what the store now has; where another process was first, what that one pinned is served. */
async function pinAndServe(shelf: Shelf, offer: Offer, pins: Pins): Promise<Tarball | Absence> {
  const { context } = shelf
  try {
    const pin = await pins.add(offer)
    if (pin.integrity === offer.integrity) context.metrics.count('pins_total')
    return await servePinned(shelf, pin)
  } catch (error) {
    return storeFailed(context, error)
  }
}

/** Brings the bytes of a version into the store, if they have the hash. */
async function takeIn(shelf: Shelf, offer: Offer, pins: Pins): Promise<Absence | undefined> {
  const { context } = shelf
  let fault: Absence | undefined
  try {
    if ((await pins.readContent(offer.integrity)) !== undefined) return undefined
    const source = await openVerified(shelf, offer)
    if (source.type !== 'open') return source
    const watched = async function* (): AsyncGenerator<Uint8Array> {
      try {
        yield* source.body
      } catch (error) {
        fault = upstreamFailed('what JSR sent is not what it announced')
        throw error
      }
    }
    await pins.writeContent(offer.integrity, watched())
    return undefined
  } catch (error) {
    return fault ?? storeFailed(context, error)
  }
}

type Source =
  | {
      readonly type: 'open'
      readonly size: number | undefined
      readonly body: AsyncIterable<Uint8Array>
    }
  | Absence

/** Asks JSR for the bytes of a version; what comes ends in an error unless it has the hash. */
async function openVerified(
  { context, packuments }: Shelf,
  { name, version, path, integrity }: Offer,
): Promise<Source> {
  const { upstream, createDigest, metrics, log } = context
  const headers = { accept: '*/*', 'accept-encoding': 'identity' }
  const answer = await upstream.ask({ method: 'GET', path, headers })
  if (answer.type === 'failed') return upstreamFailed(answer.reason)
  if (answer.type !== 'found') return upstreamFailed('JSR lists this version, and has not got it')
  metrics.count('cache_total', 'kind="tarball",from="upstream"')
  const { size, body } = answer
  const onMismatch = (actual: string): void => {
    metrics.count('integrity_mismatches_total')
    log({ level: 'error', event: 'integrity-mismatch', name, version, expected: integrity, actual })
    packuments().expire(name)
  }
  const verified = relayVerified(body, { createDigest, integrity, size, maxBytes, onMismatch })
  return { type: 'open', size, body: verified }
}

/** Hands the bytes on as they come, and keeps small ones in memory once they have proved whole. */
async function passOn(
  shelf: Shelf,
  offer: Offer,
  { isHead }: Pick<TarballRequest, 'isHead'>,
): Promise<Tarball | Absence> {
  const { integrity } = offer
  if (isHead) return await askForHead(shelf, offer)
  const source = await openVerified(shelf, offer)
  if (source.type !== 'open') return source
  const { size } = source
  const body = toStream(keepSmall(shelf, offer, source.body))
  return { type: 'passing', integrity, size, body }
}

async function* keepSmall(
  { cache }: Shelf,
  offer: Offer,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let kept: Uint8Array[] | undefined = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxCachedBytes) kept = undefined
    kept?.push(chunk)
    yield chunk
  }
  if (kept === undefined) return
  const { integrity } = offer
  cache.set(formatKey(offer), { type: 'bytes', integrity, bytes: concat(kept) }, length)
}

async function askForHead(
  { context }: Shelf,
  { path, integrity }: Pick<Offer, 'path'> & { readonly integrity: string | undefined },
): Promise<Tarball | Absence> {
  const headers = { 'accept-encoding': 'identity' }
  const answer = await context.upstream.ask({ method: 'HEAD', path, headers })
  if (answer.type === 'failed') return upstreamFailed(answer.reason)
  if (answer.type !== 'found') return notFound
  return { type: 'passing', integrity, size: answer.size, body: undefined }
}

/**
 * A version that JSR's packument has not got: yanked, or never there. Nothing says what its hash
 * should be, so it is what JSR serves over TLS, and from then on what is pinned.
 */
async function serveUnlisted(shelf: Shelf, request: TarballRequest): Promise<Tarball | Absence> {
  const { name, version, isHead } = request
  const { context } = shelf
  for (const path of listUnlistedPaths(name, version)) {
    if (isHead && context.pins === undefined) {
      const head = await askForHead(shelf, { path, integrity: undefined })
      if (head !== notFound) return head
      continue
    }
    const answer = await context.upstream.ask({ method: 'GET', path })
    if (answer.type === 'failed') return upstreamFailed(answer.reason)
    if (answer.type !== 'found') continue
    return await serveUnlistedBody(shelf, { ...request, path }, answer.body)
  }
  return notFound
}

async function serveUnlistedBody(
  shelf: Shelf,
  { name, version, path }: TarballRequest & { readonly path: string },
  body: AsyncIterable<Uint8Array>,
): Promise<Tarball | Absence> {
  const { createDigest, pins, log } = shelf.context
  let bytes: Uint8Array
  try {
    bytes = await collect(body, maxUnlistedBytes)
  } catch {
    return upstreamFailed('the answer from JSR broke off')
  }
  const digest = createDigest()
  digest.update(bytes)
  const integrity = formatIntegrity(digest.finish())
  log({ level: 'info', event: 'unlisted-version', name, version, integrity })
  if (pins === undefined) return { type: 'bytes', integrity, bytes }
  try {
    await pins.writeContent(integrity, once(bytes))
  } catch (error) {
    return storeFailed(shelf.context, error)
  }
  const pin = { name, version, integrity, path, publishedAt: undefined, dist: {}, manifest: {} }
  return await pinAndServe(shelf, pin, pins)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
