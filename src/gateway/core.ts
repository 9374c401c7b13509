import type { Absence, GatewayContext } from './context.ts'
import type { CheckCredential } from './credentials.ts'
import {
  createErrorAnswer,
  createJsonAnswer,
  createTextAnswer,
  type GatewayAnswer,
  type GatewayRequest,
  type RequestKind,
} from './exchange.ts'
import type { Negotiator } from './negotiate.ts'
import { createPackuments, type KnownPackage, type Packuments } from './packuments.ts'
import { parseGatewayPath, type GatewayPath, type Service } from './path.ts'
import { answerTarball } from './tarball-answer.ts'
import type { Tarball } from './shelf.ts'
import { createTarballs, type Tarballs } from './tarballs.ts'

/** A gateway without a runtime around it. */
export interface GatewayCore {
  /** Answers at once where all that is needed is in memory. Never rejects. */
  readonly answer: (request: GatewayRequest) => GatewayAnswer | Promise<GatewayAnswer>
  /** What it gives is shown under `/-/ready`, and among the metrics. */
  readonly isReady: () => boolean
}

/** What a core needs beside the context. */
export interface CoreOptions {
  readonly context: GatewayContext
  readonly checkCredential: CheckCredential
  /** Whether the process around it still takes requests. */
  readonly isServing: () => boolean
  /** Measurements of the runtime, for the metrics. */
  readonly gauges: () => Readonly<Record<string, number>>
}

/** What the parts of a core share. */
interface Parts extends CoreOptions {
  readonly packuments: Packuments
  readonly tarballs: Tarballs
  readonly parsePath: (target: string) => GatewayPath
}

/** Puts a core together. */
export function createCore(options: CoreOptions): GatewayCore {
  const { context } = options
  const packuments: Packuments = createPackuments(context, (name, version) => {
    // With a store, what was pinned stays; without one, JSR's word is the only one there is.
    if (context.pins === undefined) tarballs.forget(name, version)
  })
  const tarballs: Tarballs = createTarballs(context, () => packuments)
  const parts = { ...options, packuments, tarballs, parsePath: createPathParser(context) }
  return {
    isReady: options.isServing,
    answer(request) {
      const startedAt = performance.now()
      const { kind, answer } = route(parts, request)
      if (!(answer instanceof Promise)) return measure(context, { kind, startedAt }, answer)
      return answer
        .catch((error: unknown) => explainBug(context, error))
        .then((late) => measure(context, { kind, startedAt }, late))
    },
  }
}

function measure(
  { metrics }: GatewayContext,
  { kind, startedAt }: { readonly kind: RequestKind; readonly startedAt: number },
  answer: GatewayAnswer,
): GatewayAnswer {
  metrics.countRequest(kind, answer.status)
  metrics.observe((performance.now() - startedAt) / 1000)
  return answer
}

/** The same paths are asked for again and again. */
function createPathParser({ publicUrl }: GatewayContext): (target: string) => GatewayPath {
  const known = new Map<string, GatewayPath>()
  const prefix = decodeURIComponent(publicUrl.pathname)
  return (target) => {
    const found = known.get(target)
    if (found !== undefined) return found
    const path = parseGatewayPath(target, prefix)
    if (path.type === 'unknown') return path
    if (known.size >= 10_000) known.clear()
    known.set(target, path)
    return path
  }
}

interface Routed {
  readonly kind: RequestKind
  readonly answer: GatewayAnswer | Promise<GatewayAnswer>
}

function route(parts: Parts, request: GatewayRequest): Routed {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD') {
    // Bodies are not forwarded, nor is anything else: the gateway answers reads only.
    const headers = { allow: 'GET, HEAD' }
    return {
      kind: 'refused',
      answer: createErrorAnswer(405, 'this is a gateway to read from', headers),
    }
  }
  const path = parts.parsePath(request.target)
  const isOpen = path.type === 'service' && openServices.has(path.service)
  if (!isOpen && !parts.checkCredential(request.header('authorization'))) {
    return { kind: 'refused', answer: createErrorAnswer(401, 'credentials are needed', challenge) }
  }
  if (path.type === 'unknown')
    return { kind: 'refused', answer: createErrorAnswer(404, 'not found') }
  if (path.type === 'service') {
    return { kind: 'service', answer: answerService(parts, path.service) }
  }
  return path.type === 'packument'
    ? { kind: 'packument', answer: answerPackument(parts, path.name, request) }
    : { kind: 'tarball', answer: answerTarballPath(parts, path, request) }
}

/** What a load balancer asks, and a registry that only looks whether somebody is there. */
const openServices: ReadonlySet<Service> = new Set(['root', 'robots', 'health', 'ready'])

const challenge = { 'www-authenticate': 'Basic realm="jsr-guard", Bearer realm="jsr-guard"' }

function answerService(parts: Parts, service: Service): GatewayAnswer {
  switch (service) {
    case 'root':
    case 'health':
      return createJsonAnswer(200, {})
    case 'robots':
      // Google Artifact Registry fetches nothing where this file is missing or forbids it.
      return createTextAnswer(200, 'User-agent: *\nAllow: /\n', { 'content-type': 'text/plain' })
    case 'search':
      return createJsonAnswer(200, { objects: [], total: 0 })
    case 'ready':
      return createJsonAnswer(parts.isServing() ? 200 : 503, {
        ready: parts.isServing(),
        upstream: parts.context.upstream.isOpen() ? 'down' : 'up',
      })
    case 'metrics':
      return answerMetrics(parts)
  }
}

function answerMetrics({ context, packuments, tarballs, gauges }: Parts): GatewayAnswer {
  const text = context.metrics.render({
    ...gauges(),
    cache_bytes: packuments.bytes() + tarballs.bytes(),
    upstream_down: context.upstream.isOpen() ? 1 : 0,
  })
  return createTextAnswer(200, text, { 'content-type': 'text/plain; version=0.0.4' })
}

function answerPackument(
  { packuments, context }: Parts,
  name: string,
  request: GatewayRequest,
): GatewayAnswer | Promise<GatewayAnswer> {
  const found = packuments.find(name)
  const { negotiator } = context
  return found instanceof Promise
    ? found.then(async (late) => await represent(late, request, negotiator))
    : represent(found, request, negotiator)
}

function represent(
  found: KnownPackage | Absence,
  request: GatewayRequest,
  negotiator: Negotiator,
): GatewayAnswer | Promise<GatewayAnswer> {
  if (found.type !== 'known') return answerAbsence(found)
  const form = negotiator.prefersAbbreviated(request.header('accept'))
    ? found.abbreviated
    : found.full
  const answer = form.answer(request)
  return found.isStale ? markStale(answer) : answer
}

async function markStale(answer: GatewayAnswer | Promise<GatewayAnswer>): Promise<GatewayAnswer> {
  const fresh = await answer
  const headers = { ...fresh.headers, warning: '110 - "Response is Stale"' }
  return { ...fresh, headers, isLasting: false }
}

function answerTarballPath(
  { tarballs, context }: Parts,
  { name, version, key }: GatewayPath & { readonly type: 'tarball' },
  request: GatewayRequest,
): GatewayAnswer | Promise<GatewayAnswer> {
  const found = tarballs.find({ name, version, key, isHead: request.method === 'HEAD' })
  const { cacheScope } = context
  return found instanceof Promise
    ? found.then((late) => answerFound(late, request, cacheScope))
    : answerFound(found, request, cacheScope)
}

function answerFound(
  found: Tarball | Absence,
  request: GatewayRequest,
  cacheScope: GatewayContext['cacheScope'],
): GatewayAnswer {
  return found.type === 'missing' || found.type === 'unavailable'
    ? answerAbsence(found)
    : answerTarball(found, request, cacheScope)
}

function answerAbsence(absence: Absence): GatewayAnswer {
  if (absence.type === 'missing') return createErrorAnswer(404, absence.reason)
  return createErrorAnswer(absence.status, absence.reason, { 'retry-after': '5' })
}

function explainBug({ log }: GatewayContext, error: unknown): GatewayAnswer {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  log({ level: 'error', event: 'bug', message })
  return createErrorAnswer(500, 'a bug of the gateway; it is in its log')
}
