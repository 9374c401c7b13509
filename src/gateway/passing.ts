import { notFound, upstreamFailed, type Absence } from './context.ts'
import { concat, relayVerified, toStream } from './relay.ts'
import { keepBytes, maxCachedBytes, type Offer, type Shelf, type Tarball } from './shelf.ts'

/** JSR lets in packages of 20 MB, before they are packed. */
const maxBytes = 256 * 1024 * 1024

/** The bytes of a version, on their way. */
export type Source =
  | {
      readonly type: 'open'
      readonly size: number | undefined
      readonly body: AsyncIterable<Uint8Array>
    }
  | Absence

/** Asks JSR for the bytes of a version; what comes ends in an error unless it has the hash. */
export async function openVerified(
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
export async function passOn(shelf: Shelf, offer: Offer): Promise<Tarball | Absence> {
  const { integrity } = offer
  const source = await openVerified(shelf, offer)
  if (source.type !== 'open') return source
  const { size } = source
  const body = toStream(keepSmall(shelf, offer, source.body))
  return { type: 'passing', integrity, size, body }
}

async function* keepSmall(
  shelf: Shelf,
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
  if (kept !== undefined) keepBytes(shelf, offer, concat(kept))
}

/** What JSR says of the size of a version, for an answer to `HEAD`. */
export async function askForHead(
  { context }: Shelf,
  { path, integrity }: Pick<Offer, 'path'> & { readonly integrity: string | undefined },
): Promise<Tarball | Absence> {
  const headers = { 'accept-encoding': 'identity' }
  const answer = await context.upstream.ask({ method: 'HEAD', path, headers })
  if (answer.type === 'failed') return upstreamFailed(answer.reason)
  if (answer.type !== 'found') return notFound
  return { type: 'passing', integrity, size: answer.size, body: undefined }
}
