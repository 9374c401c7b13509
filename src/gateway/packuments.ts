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
import { renderListing } from './listing.ts'
import { readPackument, type UpstreamPackument } from './packument.ts'
import type { Pin } from './pins.ts'
import { abbreviatedType } from './negotiate.ts'
import { refusePackage } from './policy.ts'
import { collect } from './relay.ts'
import { createRepresentation, type Representation } from './representation.ts'
import type { UpstreamAnswer } from './upstream.ts'

/** A package that can be served. */
export interface KnownPackage {
  readonly type: 'known'
  /** JSR's own word; `undefined` where it has not been heard, and the pins speak. */
  readonly upstream: UpstreamPackument | undefined
  /** Whether JSR could not be asked again when it should have been. */
  readonly isStale: boolean
  readonly full: Representation
  readonly abbreviated: Representation
}

/** Packages, as the gateway knows them. */
export interface Packuments {
  /** At once where the package is known and fresh. */
  readonly find: (name: string) => KnownPackage | Absence | Promise<KnownPackage | Absence>
  /** Makes the next request ask JSR again. */
  readonly expire: (name: string) => void
  readonly bytes: () => number
}

/** JSR's own limit for its packuments. */
const freshMs = 60_000
/** How long a stale one is served before JSR is tried again. */
const staleMs = 5000
/** How long a request waits for JSR where there is an answer, if a stale one. */
const patienceMs = 2000
/** Far beyond any package of JSR's. */
const maxBytes = 32 * 1024 * 1024

interface Entry {
  readonly found: KnownPackage | Absence
  readonly etag: string | undefined
  freshUntil: number
}

/** Nothing known yet. `onChange` is told of each version whose hash has changed at JSR. */
export function createPackuments(
  context: GatewayContext,
  onChange: (name: string, version: string) => void,
): Packuments {
  const { now, policy, cacheBytes, canShare, metrics } = context
  const entries: ByteCache<Entry> = createByteCache(cacheBytes)
  const share = createSharing<KnownPackage | Absence>(canShare)
  const refresh = async (name: string): Promise<KnownPackage | Absence> => {
    const before = entries.get(name)
    const entry = await load(context, name, before)
    if (before?.found.type === 'known' && entry.found.type === 'known') {
      reportChanges(context, before.found, entry.found).forEach((one) => onChange(name, one))
    }
    if (entry.freshUntil > 0) entries.set(name, entry, weigh(entry))
    return entry.found
  }
  return {
    find(name) {
      const entry = entries.get(name)
      if (entry !== undefined && now() < entry.freshUntil) {
        metrics.count('cache_total', 'kind="packument",from="memory"')
        return entry.found
      }
      const refusal = refusePackage(policy, name)
      if (refusal !== undefined) return refused(refusal)
      const fresh = share(name, async () => await refresh(name))
      return canShare && entry?.found.type === 'known' ? orStale(fresh, entry.found) : fresh
    },
    expire(name) {
      const entry = entries.get(name)
      if (entry !== undefined) entry.freshUntil = 0
    },
    bytes: entries.bytes,
  }
}

/** Nobody waits long for what has most likely not changed; the question to JSR goes on meanwhile. */
async function orStale(
  fresh: Promise<KnownPackage | Absence>,
  known: KnownPackage,
): Promise<KnownPackage | Absence> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stale = new Promise<KnownPackage>((resolve) => {
    timer = setTimeout(() => resolve({ ...known, isStale: true }), patienceMs)
  })
  try {
    return await Promise.race([fresh, stale])
  } finally {
    clearTimeout(timer)
  }
}

function weigh({ found }: Entry): number {
  // Text, bytes, its encodings, and what it was parsed into.
  return found.type === 'known' ? 1024 + found.full.bytes * 5 : 1024
}

async function load(
  context: GatewayContext,
  name: string,
  before: Entry | undefined,
): Promise<Entry> {
  const known = before?.found.type === 'known' ? before.found : undefined
  const answer = await askForPackument(context, name, before)
  const freshUntil = context.now() + (answer.type === 'failed' ? staleMs : freshMs)
  if (answer.type === 'missing') return { found: notFound, etag: undefined, freshUntil }
  const pins = await listPins(context, name)
  if ('type' in pins) return { found: pins, etag: undefined, freshUntil: 0 }
  if (answer.type === 'failed') {
    context.log({ level: 'warn', event: 'upstream-failure', name, reason: answer.reason })
    context.metrics.count('cache_total', 'kind="packument",from="stale"')
    const found =
      known === undefined
        ? renderPinned(context, { name, pins, reason: answer.reason })
        : { ...known, isStale: true }
    return { found, etag: before?.etag, freshUntil }
  }
  context.metrics.count('cache_total', 'kind="packument",from="upstream"')
  const { etag, packument: upstream } = answer
  return { found: render(context, { name, upstream, pins, before: known }), etag, freshUntil }
}

type PackumentAnswer =
  | {
      readonly type: 'found'
      readonly packument: UpstreamPackument
      readonly etag: string | undefined
    }
  | { readonly type: 'missing' }
  | { readonly type: 'failed'; readonly reason: string }

async function askForPackument(
  context: GatewayContext,
  name: string,
  before: Entry | undefined,
): Promise<PackumentAnswer> {
  const { upstream } = context
  const known = before?.found.type === 'known' ? before.found.upstream : undefined
  const etag = known === undefined ? undefined : before?.etag
  // JSR's cache forgets to purge the encoded path, so the plain one is asked for.
  const question = { method: 'GET', path: name, headers: { accept: 'application/json' } } as const
  if (known === undefined || etag === undefined) {
    return await readAnswer(context, name, await upstream.ask(question))
  }
  const headers = { ...question.headers, 'if-none-match': etag }
  const answer = await upstream.ask({ ...question, headers })
  if (answer.type === 'unchanged') return { type: 'found', packument: known, etag }
  // There were times when JSR answered every conditional request with 502.
  const isBroken = answer.type === 'failed'
  return await readAnswer(context, name, isBroken ? await upstream.ask(question) : answer)
}

async function readAnswer(
  { upstreamUrl }: GatewayContext,
  name: string,
  answer: UpstreamAnswer,
): Promise<PackumentAnswer> {
  if (answer.type === 'unchanged') {
    return { type: 'failed', reason: 'JSR says that nothing has changed since nothing was known' }
  }
  if (answer.type !== 'found') return answer
  try {
    const text = new TextDecoder().decode(await collect(answer.body, maxBytes))
    const packument = readPackument(text, name, upstreamUrl)
    if (packument !== undefined) return { type: 'found', packument, etag: answer.etag }
    return { type: 'failed', reason: 'JSR answered with something that is no packument' }
  } catch {
    return { type: 'failed', reason: 'the answer from JSR broke off' }
  }
}

async function listPins(context: GatewayContext, name: string): Promise<readonly Pin[] | Absence> {
  try {
    return (await context.pins?.list(name)) ?? []
  } catch (error) {
    return storeFailed(context, error)
  }
}

/** While JSR is away, what has been pinned of a package is all there is of it. */
function renderPinned(
  context: GatewayContext,
  { name, pins, reason }: { name: string; pins: readonly Pin[]; reason: string },
): KnownPackage | Absence {
  if (pins.length === 0) return upstreamFailed(reason)
  const found = render(context, { name, upstream: undefined, pins, before: undefined })
  return found.type === 'known' ? { ...found, isStale: true } : upstreamFailed(reason)
}

interface RenderSource {
  readonly name: string
  readonly upstream: UpstreamPackument | undefined
  readonly pins: readonly Pin[]
  readonly before: KnownPackage | undefined
}

function render(context: GatewayContext, source: RenderSource): KnownPackage | Absence {
  const { publicUrl, policy, canListYanked, now } = context
  const { upstream, before } = source
  const listing = renderListing(source, { publicUrl, policy, canListYanked, now: now() })
  if (listing.count === 0 && (upstream?.versions.size ?? 0) > 0) {
    return refused("this gateway's policy lets none of its versions through")
  }
  return {
    type: 'known',
    upstream,
    isStale: false,
    full: represent(context, { text: listing.full, type: 'application/json' }, before?.full),
    abbreviated: represent(
      context,
      { text: listing.abbreviated, type: abbreviatedType },
      before?.abbreviated,
    ),
  }
}

/** The same text keeps the encodings that were made of it. */
function represent(
  { compressors, negotiator, cacheScope }: GatewayContext,
  { text, type }: { readonly text: string; readonly type: string },
  before: Representation | undefined,
): Representation {
  if (before?.text === text) return before
  return createRepresentation(text, {
    compressors,
    negotiator,
    contentType: type,
    cacheControl: `${cacheScope}, max-age=${freshMs / 1000}`,
  })
}

/** The versions whose hash is another one than before. */
function reportChanges(
  { metrics, log }: GatewayContext,
  before: KnownPackage,
  after: KnownPackage,
): string[] {
  if (before.upstream === undefined || after.upstream === undefined) return []
  const { name, versions } = after.upstream
  if (versions === before.upstream.versions) return []
  return [...before.upstream.versions.values()]
    .filter(({ version, integrity }) => {
      const now = versions.get(version)
      return now !== undefined && now.integrity !== integrity
    })
    .map(({ version, integrity }) => {
      const current = versions.get(version)?.integrity
      metrics.count('integrity_changes_total')
      log({ level: 'warn', event: 'integrity-changed', name, version, was: integrity, current })
      return version
    })
}
