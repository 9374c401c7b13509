import {
  STATUS_CODES,
  request as requestHttp,
  type ClientRequest,
  type IncomingMessage,
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
  const { request, url, route } = forwarding
  // SOCKS carries connections; an http proxy is given the request itself, with the whole URL.
  const proxy = route.proxy === undefined || isSocks(route.proxy) ? undefined : route.proxy
  const socket = await (proxy === undefined ? dial(route) : connectToProxy(proxy, route))
  const path = `${url.pathname}${url.search}`
  const outgoing = requestHttp({
    method: request.method,
    path: proxy === undefined ? path : `http://${url.host}${path}`,
    headers: {
      ...copyHeaders(forwarding),
      ...(proxy === undefined ? {} : proxyAuthorization(proxy)),
    },
    createConnection: () => socket,
  })
  if (hasBody(request)) request.pipe(outgoing)
  else outgoing.end()
  return await waitForAnswer(outgoing)
}

async function waitForAnswer(outgoing: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    // Stays for good: after the answer's head an error is seen by whoever reads the answer.
    outgoing.on('error', reject)
    outgoing.once('close', () => reject(new Error('closed without an answer')))
  })
}

function copyHeaders({ request, url, chooseCredential }: Forwarding): Record<string, string[]> {
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
    host: [url.host],
  }
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
