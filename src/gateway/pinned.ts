import { storeFailed, upstreamFailed, type Absence, type GatewayContext } from './context.ts'
import { formatIntegrity } from './digest.ts'
import { openVerified } from './passing.ts'
import type { Pin, Pins, StoredObject } from './pins.ts'
import { concat } from './relay.ts'
import { keepBytes, maxCachedBytes, type Offer, type Shelf, type Tarball } from './shelf.ts'

/** The bytes of a pin: from the store, or from JSR again where the store has lost them. */
export async function servePinned(shelf: Shelf, pin: Pin, pins: Pins): Promise<Tarball | Absence> {
  const { context } = shelf
  const { name, version, integrity } = pin
  try {
    const stored = await readStored(shelf, pin, pins)
    if (stored !== undefined) return stored
    context.log({ level: 'error', event: 'content-lost', name, version, integrity })
    const failure = await takeIn(shelf, pin, pins)
    if (failure !== undefined) return failure
    const again = await readStored(shelf, pin, pins)
    return again ?? storeFailed(context, new Error(`the content of ${integrity} is another one`))
  } catch (error) {
    return storeFailed(context, error)
  }
}

/** `undefined` where the store has not got the content, or has something else in its place. */
async function readStored(shelf: Shelf, pin: Pin, pins: Pins): Promise<Tarball | undefined> {
  const { context, proven } = shelf
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
  return keepBytes(shelf, pin, bytes)
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

/** Pins what the store now has; where another process was first, what that one pinned is served. */
export async function pinAndServe(
  shelf: Shelf,
  offer: Offer,
  pins: Pins,
): Promise<Tarball | Absence> {
  const { context } = shelf
  try {
    const pin = await pins.add(offer)
    if (pin.integrity === offer.integrity) context.metrics.count('pins_total')
    return await servePinned(shelf, pin, pins)
  } catch (error) {
    return storeFailed(context, error)
  }
}

/** Brings the bytes of a version into the store, if they have the hash. */
export async function takeIn(shelf: Shelf, offer: Offer, pins: Pins): Promise<Absence | undefined> {
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
