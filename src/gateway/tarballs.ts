import { createByteCache } from './byte-cache.ts'
import {
  createSharing,
  refused,
  storeFailed,
  upstreamFailed,
  type Absence,
  type GatewayContext,
} from './context.ts'
import { readTime } from './packument.ts'
import type { Packuments } from './packuments.ts'
import { askForHead, passOn } from './passing.ts'
import { formatKey } from './path.ts'
import { pinAndServe, servePinned, takeIn } from './pinned.ts'
import type { Pin } from './pins.ts'
import { refusePackage, refuseVersion } from './policy.ts'
import type { Offer, Shelf, Tarball, TarballRequest } from './shelf.ts'
import { serveUnlisted } from './unlisted.ts'

/** Tarballs, as the gateway has them. */
export interface Tarballs {
  /** At once where it is in memory. */
  readonly find: (request: TarballRequest) => Tarball | Absence | Promise<Tarball | Absence>
  readonly forget: (name: string, version: string) => void
  readonly bytes: () => number
}

/** As long as a packument is fresh: whoever asks for what isn't there makes JSR no work meanwhile. */
const absentMs = 60_000
const maxAbsenceBytes = 1024 * 1024

/** No tarball known yet. */
export function createTarballs(context: GatewayContext, packuments: () => Packuments): Tarballs {
  const cache: Shelf['cache'] = createByteCache(context.cacheBytes)
  const shelf: Shelf = { context, packuments, cache, proven: new Set() }
  // Without a store, what comes from JSR passes to the one client that asked for it.
  const share = createSharing<Tarball | Absence>(context.canShare && context.pins !== undefined)
  const absences = createByteCache<{ readonly absence: Absence; readonly until: number }>(
    maxAbsenceBytes,
  )
  const search = async (request: TarballRequest): Promise<Tarball | Absence> => {
    const { key } = request
    const found = await load(shelf, request)
    if (found.type === 'missing') {
      absences.set(key, { absence: found, until: context.now() + absentMs }, 2 * key.length + 64)
    }
    return found
  }
  return {
    find(request) {
      const { key } = request
      const known = cache.get(key)
      if (known !== undefined) {
        context.metrics.count('cache_total', 'kind="tarball",from="memory"')
        return known
      }
      const absent = absences.get(key)
      if (absent !== undefined && context.now() < absent.until) return absent.absence
      return share(key, async () => await search(request))
    },
    forget: (name, version) => cache.delete(formatKey({ name, version })),
    bytes: cache.bytes,
  }
}

async function load(shelf: Shelf, request: TarballRequest): Promise<Tarball | Absence> {
  const { context } = shelf
  const refusal = refusePackage(context.policy, request.name)
  if (refusal !== undefined) return refused(refusal)
  return (await servePin(shelf, request)) ?? (await serveUnpinned(shelf, request))
}

/** `undefined` where there is no pin. */
async function servePin(
  shelf: Shelf,
  { name, version }: TarballRequest,
): Promise<Tarball | Absence | undefined> {
  const { context } = shelf
  const { pins } = context
  if (pins === undefined) return undefined
  let pin: Pin | undefined
  try {
    pin = await pins.find(name, version)
  } catch (error) {
    return storeFailed(context, error)
  }
  if (pin === undefined) return undefined
  return judge(context, pin) ?? (await servePinned(shelf, pin, pins))
}

async function serveUnpinned(shelf: Shelf, request: TarballRequest): Promise<Tarball | Absence> {
  const { context } = shelf
  const { name, version } = request
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

async function serveListed(
  shelf: Shelf,
  offer: Offer,
  { isHead }: TarballRequest,
): Promise<Tarball | Absence> {
  const { pins } = shelf.context
  if (pins === undefined) return await (isHead ? askForHead : passOn)(shelf, offer)
  const failure = await takeIn(shelf, offer, pins)
  return failure ?? (await pinAndServe(shelf, offer, pins))
}
