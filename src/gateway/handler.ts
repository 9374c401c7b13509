import { JsrGuardError } from '../errors.ts'
import { jsrNpmHost } from '../url/jsr-host.ts'
import { parseRegistryUrl } from '../url/web-url.ts'
import { createCircuit } from './circuit.ts'
import type { GatewayContext, GatewayEvent } from './context.ts'
import { createCore, type GatewayCore } from './core.ts'
import { createCredentialCheck, type GatewayCredential } from './credentials.ts'
import { createPlainDigest, type CreateDigest } from './digest.ts'
import type { GatewayAnswer, GatewayRequest } from './exchange.ts'
import { createMetrics } from './metrics.ts'
import { createNegotiator } from './negotiate.ts'
import { createPins, type PinStore } from './pins.ts'
import type { GatewayPolicy } from './policy.ts'
import type { Compress, Compressors } from './representation.ts'
import { createUpstream, type GatewayFetch, type Upstream } from './upstream.ts'

/** How a gateway is set up. Only `publicUrl` has no default. */
export interface GatewayOptions {
  /**
   * Where clients find the gateway: what packuments name. Never taken from a request, whose headers
   * anybody can write.
   */
  readonly publicUrl: string | URL
  /** JSR's npm endpoint or a mirror of it; default `https://npm.jsr.io/`. */
  readonly upstream?: string | URL
  /** How the upstream is asked; default the runtime's own `fetch`. */
  readonly fetch?: GatewayFetch
  /** Where pins are kept; default nowhere. */
  readonly store?: PinStore | undefined
  /** What is let through; default everything. */
  readonly policy?: GatewayPolicy
  /** Whether pinned versions that were yanked are listed, as deprecated; default no. */
  readonly canListYanked?: boolean
  /** What clients must show one of; default nothing. */
  readonly credentials?: readonly GatewayCredential[]
  /** How long the upstream may take to begin an answer, and for each piece of it; default 30 s. */
  readonly timeoutMs?: number
  /** The most that packuments, and again tarballs, take in memory; default 32 MiB each. */
  readonly cacheBytes?: number
  /**
   * Whether a request may wait for what another one has begun; default no, since worker runtimes
   * forbid it.
   */
  readonly canShare?: boolean
  /** Default gzip, where the runtime has `CompressionStream`. */
  readonly compressors?: Compressors
  /** A faster SHA-512 than the one in plain JavaScript. */
  readonly createDigest?: CreateDigest
  /** Told of what happens, without secrets; default nobody. */
  readonly log?: (event: GatewayEvent) => void
  /** Epoch milliseconds; default the clock. */
  readonly now?: () => number
  /** Whether the process still takes requests, for `/-/ready`; default yes. */
  readonly isServing?: () => boolean
  /** Measurements of the runtime, for `/-/metrics`. */
  readonly gauges?: () => Readonly<Record<string, number>>
}

export type { CreateDigest, Digest } from './digest.ts'
export type { ByteRange, PinStore, StoredObject } from './pins.ts'
export type { Compress, Compressors, GatewayCredential, GatewayEvent, GatewayFetch, GatewayPolicy }

/**
 * Makes a gateway: it serves JSR's npm endpoint in npm's own layout of tarballs, as an upstream for
 * registries that build tarball paths by convention.
 *
 * The handler takes and gives what the web's `fetch` does, needs nothing of Node, and answers every
 * request; it never rejects and never redirects. It asks nobody but the upstream, and only for names
 * in `@jsr/`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_URL` for a URL that is none of a registry's.
 * @see https://jsr.io/docs/npm-compatibility
 * @example
 * ```ts
 * import { createGateway } from 'jsr-guard/gateway'
 *
 * export default { fetch: createGateway({ publicUrl: 'https://jsr.corp.example/' }) }
 * ```
 */
export function createGateway(options: GatewayOptions): (request: Request) => Promise<Response> {
  const core = createGatewayCore(options)
  return async (request) => {
    const answer = await core.answer(readRequest(request))
    return createResponse(answer, request.method)
  }
}

/** The same gateway, for a runtime that has other requests and answers than the web's. */
export function createGatewayCore(options: GatewayOptions): GatewayCore {
  const { credentials = [], isServing = () => true, gauges = () => ({}) } = options
  const checkCredential = createCredentialCheck(credentials)
  return createCore({ context: createContext(options), checkCredential, isServing, gauges })
}

function createContext(options: GatewayOptions): GatewayContext {
  const { store, policy = {}, canListYanked = false, credentials = [] } = options
  const runtime = readRuntime(options)
  const upstreamUrl = readUrl(options.upstream ?? `https://${jsrNpmHost}/`, 'the upstream')
  return {
    ...runtime,
    publicUrl: readUrl(options.publicUrl, 'the public URL'),
    upstreamUrl,
    upstream: openUpstream(upstreamUrl, options, runtime),
    pins: store === undefined ? undefined : createPins(store),
    policy,
    canListYanked,
    negotiator: createNegotiator(),
    cacheScope: credentials.length > 0 ? 'private' : 'public',
  }
}

type Runtime = Pick<
  GatewayContext,
  'canShare' | 'compressors' | 'createDigest' | 'cacheBytes' | 'metrics' | 'log' | 'now'
>

function readRuntime({
  canShare = false,
  compressors = findCompressors(),
  createDigest = createPlainDigest,
  cacheBytes = 32 * 1024 * 1024,
  log = () => undefined,
  now = Date.now,
}: GatewayOptions): Runtime {
  return { canShare, compressors, createDigest, cacheBytes, metrics: createMetrics(), log, now }
}

function openUpstream(
  url: URL,
  { fetch = fetchByRuntime, timeoutMs = 30_000 }: GatewayOptions,
  { metrics, now }: Runtime,
): Upstream {
  return createUpstream({
    url,
    fetch,
    timeoutMs,
    circuit: createCircuit({ threshold: 5, coolMs: 5000, now }),
    count: (outcome) => metrics.count('upstream_requests_total', `outcome="${outcome}"`),
  })
}

function readUrl(text: string | URL, what: string): URL {
  const url = parseRegistryUrl(String(text))
  if (url !== undefined) return url
  throw new JsrGuardError('ERR_JSR_GUARD_URL', `${what} is no http or https address`)
}

/** Found at each call: worker runtimes bind it to the request that is under way. */
const fetchByRuntime: GatewayFetch = async (url, init) => await fetch(url, init)

function findCompressors(): Compressors {
  return typeof CompressionStream === 'undefined' ? {} : { gzip: compressByRuntime }
}

const compressByRuntime: Compress = async (bytes) => {
  const packed = new Response(bytes).body?.pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(packed).arrayBuffer())
}

/**
 * A runtime has put the URL in order already, which is why the path is taken from it as it is: what
 * was not in order is another path now, and is looked at as such.
 */
function readRequest({ method, url, headers }: Request): GatewayRequest {
  const start = url.indexOf('/', url.indexOf('://') + '://'.length)
  return {
    method,
    target: start === -1 ? '/' : url.slice(start),
    header: (name) => headers.get(name) ?? undefined,
  }
}

function createResponse({ status, headers, body }: GatewayAnswer, method: string): Response {
  const isBare = method === 'HEAD' || body === undefined
  if (isBare && body instanceof ReadableStream) void body.cancel()
  return new Response(isBare ? null : body, { status, headers: { ...headers } })
}
