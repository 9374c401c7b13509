import { notFound, storeFailed, upstreamFailed, type Absence } from './context.ts'
import { formatIntegrity } from './digest.ts'
import { listUnlistedPaths } from './packument.ts'
import { askForHead } from './passing.ts'
import { pinAndServe } from './pinned.ts'
import { collect } from './relay.ts'
import type { UpstreamAnswer } from './upstream.ts'
import { createBytes, type Shelf, type Tarball, type TarballRequest } from './shelf.ts'

const unpacked = { 'accept-encoding': 'identity' }

/** One that JSR no longer lists is taken in whole, since nothing says what hash it should have. */
const maxBytes = 64 * 1024 * 1024

/**
 * A version that JSR's packument has not got: yanked, or never there. Nothing says what its hash
 * should be, so it is what JSR serves over TLS, and from then on what is pinned.
 */
export async function serveUnlisted(
  shelf: Shelf,
  request: TarballRequest,
): Promise<Tarball | Absence> {
  const { name, version, isHead } = request
  const { context } = shelf
  for (const path of listUnlistedPaths(name, version)) {
    if (isHead && context.pins === undefined) {
      const head = await askForHead(shelf, { path, integrity: undefined })
      if (head !== notFound) return head
      continue
    }
    const answer = await context.upstream.ask({ method: 'GET', path, headers: unpacked })
    if (answer.type === 'failed') return upstreamFailed(answer.reason)
    if (answer.type !== 'found') continue
    return await takeUnlisted(shelf, { ...request, path }, answer)
  }
  return notFound
}

async function takeUnlisted(
  shelf: Shelf,
  { name, version, path }: TarballRequest & { readonly path: string },
  { body, size }: UpstreamAnswer & { readonly type: 'found' },
): Promise<Tarball | Absence> {
  const { createDigest, pins, log } = shelf.context
  let bytes: Uint8Array
  try {
    bytes = await collect(body, maxBytes)
    if (size !== undefined && bytes.length !== size) throw new Error('the body ended early')
  } catch {
    return upstreamFailed('the answer from JSR broke off')
  }
  const digest = createDigest()
  digest.update(bytes)
  const integrity = formatIntegrity(digest.finish())
  log({ level: 'info', event: 'unlisted-version', name, version, integrity })
  if (pins === undefined) return createBytes(integrity, bytes, shelf.context)
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
