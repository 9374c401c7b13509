import {
  STATUS_CODES,
  request as requestHttp,
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
} from 'node:http'
import { pipeline } from 'node:stream/promises'
import { connectToProxy, dial, isSocks, proxyAuthorization, type Route } from './dial.ts'
import { explainFailure, type Answer } from './tunnel.ts'

/**
 * Chooses the `Authorization` that a plain http request to a URL carries, given the one that the
 * client sent: the same, another, or `undefined` for none.
 *
 * Behind a proxy npm 10 sends the header of its first request with every other one, to any host
 * (`@npmcli/agent` 3.0.0), so a registry's credentials have to be kept from the others here.
 */
export type ChooseCredential = (url: URL, authorization: string) => string | undefined

/** A plain http request, judged, and where it goes. */
export interface Forwarding {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** What the client asked for, as it was judged. */
  readonly url: URL
  readonly route: Route
  readonly chooseCredential: ChooseCredential
  /** Connections that are kept for further requests: making one for each takes twice the time. */
  readonly pool: Agent
}

/**
 * Sends a plain http request on and its answer back.
 *
 * The request is made anew from the parsed URL: the client's own request line and Host header are
 * not repeated, so that nobody further on can understand another host than the one that was judged.
 */
export async function forward(forwarding: Forwarding): Promise<void> {
  const { response } = forwarding
  try {
    const answer = await send(forwarding)
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, keepEndToEnd(answer))
    await pipeline(answer, response)
  } catch (error) {
    if (response.headersSent) response.destroy()
    else answerWith(response, explainFailure(error))
  }
}

/** Answers a plain http request ourselves, and ends the connection. */
export function answerWith(
  response: ServerResponse,
  { status, reason, text, headers }: Answer,
): void {
  response.writeHead(status, reason ?? STATUS_CODES[status], {
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
  })
  response.end(`${text}\n`)
}

async function send(forwarding: Forwarding): Promise<IncomingMessage> {
  const { request, route } = forwarding
  if (route.proxy !== undefined || hasBody(request) || !isSafe(request)) {
    return await sendOnNewConnection(forwarding)
  }
  const { host, port } = route.target
  const outgoing = requestHttp({ ...describe(forwarding), host, port, agent: forwarding.pool })
  outgoing.end()
  try {
    return await waitForAnswer(outgoing, route)
  } catch (error) {
    // The server had closed the kept connection already; nothing is known of the request there.
    if (!outgoing.reusedSocket || route.signal.aborted) throw error
    return await sendOnNewConnection(forwarding)
  }
}

async function sendOnNewConnection(forwarding: Forwarding): Promise<IncomingMessage> {
  const { request, route } = forwarding
  const proxy = findHttpProxy(route)
  const socket = await (proxy === undefined ? dial(route) : connectToProxy(proxy, route))
  const outgoing = requestHttp({ ...describe(forwarding), createConnection: () => socket })
  if (hasBody(request)) request.pipe(outgoing)
  else outgoing.end()
  return await waitForAnswer(outgoing, route)
}

/** SOCKS carries connections; an http proxy is given the request itself, with the whole URL. */
function findHttpProxy({ proxy }: Route): URL | undefined {
  return proxy === undefined || isSocks(proxy) ? undefined : proxy
}

function describe(forwarding: Forwarding): RequestOptions {
  const { request, url, route } = forwarding
  const proxy = findHttpProxy(route)
  const path = `${url.pathname}${url.search}`
  return {
    ...(request.method === undefined ? {} : { method: request.method }),
    path: proxy === undefined ? path : `http://${url.host}${path}`,
    headers: {
      ...copyHeaders(forwarding),
      ...(proxy === undefined ? {} : proxyAuthorization(proxy)),
    },
  }
}

async function waitForAnswer(
  outgoing: ClientRequest,
  { signal }: Pick<Route, 'signal'>,
): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    // Stays for good: after the answer's head an error is seen by whoever reads the answer.
    outgoing.on('error', reject)
    outgoing.once('close', () => reject(new Error('closed without an answer')))
    signal.addEventListener('abort', () => outgoing.destroy(), { once: true })
    if (signal.aborted) outgoing.destroy()
  })
}

function copyHeaders({
  request,
  url,
  chooseCredential,
}: Forwarding): Record<string, string | string[]> {
  const { authorization, expect: _, ...headers } = keepEndToEnd(request)
  const [sent, ...others] = authorization ?? []
  // More than one is no request that any client of ours makes.
  const credential =
    sent === undefined || others.length > 0 ? undefined : chooseCredential(url, sent)
  return {
    ...headers,
    ...(credential === undefined ? {} : { authorization: [credential] }),
    // Without a length or this header Node would send a body unframed, and the next server would
    // take it for further requests: a proxy upstream for requests to any host.
    ...(isChunked(request) ? { 'transfer-encoding': ['chunked'] } : {}),
    host: url.host,
  }
}

/** Asking twice does no harm. */
function isSafe({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD'
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined
}

function hasBody(request: IncomingMessage): boolean {
  return isChunked(request) || request.headers['content-length'] !== undefined
}

/** Headers that are about one connection and are not passed on. */
const hopByHop: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
function keepEndToEnd({ headersDistinct }: IncomingMessage): Record<string, string[]> {
  const named = (headersDistinct['connection'] ?? [])
    .join(',')
    .toLowerCase()
    .split(/[\s,]+/)
  const kept = Object.entries(headersDistinct).filter(
    ([name]) => !hopByHop.includes(name) && (name === 'content-length' || !named.includes(name)),
  )
  return Object.fromEntries(kept.map(([name, values]) => [name, values ?? []]))
}
