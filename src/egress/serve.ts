import { timingSafeEqual } from 'node:crypto'
import type { Agent, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Route } from './dial.ts'
import { answerWith, forward, type ChooseCredential } from './forward.ts'
import type { Asked, Ledger, Refusal } from './ledger.ts'
import { parseAuthority, parseTarget, rewriteHost, type Target } from './target.ts'
import { refuse, tunnel, type Answer } from './tunnel.ts'
import { findProxy, type Upstream } from './upstream.ts'

/** What deciding about a client's requests depends on. */
export interface Service {
  readonly ledger: Ledger
  readonly upstream: Upstream
  readonly isRefused: (hostname: string) => boolean
  readonly onRefusal: (refusal: Refusal) => void
  readonly chooseCredential: ChooseCredential
  /** The `Proxy-Authorization` that a client has to send; `undefined`: everyone is served. */
  readonly credential: string | undefined
  readonly pool: Agent
}

/** A CONNECT request, as Node's server hands it over. */
export interface ConnectRequest {
  readonly request: IncomingMessage
  readonly client: Duplex
  /** What the client sent after its request, without waiting for the answer. */
  readonly head: Buffer
}

/** Serves CONNECT. The target decides; the Host header and all others are passed over. */
export function serveConnect(service: Service, { request, client, head }: ConnectRequest): void {
  if (!isKnown(service, request)) return refuse(client, unknownClient)
  const text = request.url ?? ''
  const decision = service.ledger.record({ target: parseAuthority(text), text, url: undefined })
  if (decision.type === 'refused') {
    refuse(client, explainRefusal(decision.refusal))
    service.onRefusal(decision.refusal)
    return
  }
  const route = findRoute(service, decision.target, 'https')
  void tunnel(client, head, { ...route, signal: signalClose(client) })
}

/** Serves plain http: whole `http:` URLs only, as a proxy is asked. */
export function serveRequest(
  service: Service,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!isKnown(service, request)) return answerWith(response, unknownClient)
  const asked = readUrl(request.url ?? '')
  if (asked === undefined || !isServable(service, asked, request)) {
    return answerWith(response, badRequest)
  }
  const decision = service.ledger.record(asked)
  if (decision.type === 'refused') {
    answerWith(response, explainRefusal(decision.refusal))
    service.onRefusal(decision.refusal)
    return
  }
  const { target } = decision
  const route = { ...findRoute(service, target, 'http'), signal: signalClose(response) }
  const url = rewriteHost(new URL(asked.text), target)
  const { chooseCredential, pool } = service
  void forward({ request, response, url, route, chooseCredential, pool })
}

function isKnown({ credential }: Service, { headers }: IncomingMessage): boolean {
  if (credential === undefined) return true
  const given = Buffer.from(headers['proxy-authorization'] ?? '')
  const expected = Buffer.from(credential)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const unknownClient: Answer = {
  status: 407,
  text: 'this proxy serves one client only',
  headers: { 'proxy-authenticate': 'Basic realm="jsr-guard"' },
}

const badRequest: Answer = { status: 400, text: 'this is a proxy for CONNECT and http: URLs' }

/** Reads a whole URL; a bare path means that somebody takes us for a web server. */
function readUrl(text: string): Asked | undefined {
  if (!/^(?:https?|wss?|ftp):/i.test(text)) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  return { text, url, target: url && parseTarget(url) }
}

/** Other schemes and protocols aren't passed on; asking JSR in them is a refusal all the same. */
function isServable(service: Service, { target, url }: Asked, request: IncomingMessage): boolean {
  if (target === undefined || service.isRefused(target.host)) return true
  return url?.protocol === 'http:' && request.headers.upgrade === undefined
}

function explainRefusal({ host, reason }: Refusal): Answer {
  const text =
    reason === 'jsr'
      ? `jsr-guard allows no connection to ${host}`
      : 'jsr-guard could not read the host'
  return { status: 403, text }
}

function findRoute(
  { upstream }: Service,
  target: Target,
  protocol: 'http' | 'https',
): Omit<Route, 'signal'> {
  return { target, proxy: findProxy(upstream, target, protocol), ca: upstream.ca }
}

/** Aborted once the client is gone, so that nothing is left of what was begun for it. */
function signalClose(client: Duplex | ServerResponse): AbortSignal {
  const closed = new AbortController()
  client.once('close', () => closed.abort())
  return closed.signal
}
