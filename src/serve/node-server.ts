import { Buffer } from 'node:buffer'
import http, {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { JsrGuardError } from '../errors.ts'
import type { GatewayCore } from '../gateway/core.ts'
import { createErrorAnswer, type GatewayAnswer } from '../gateway/exchange.ts'

/** Where and how a gateway is served. */
export interface NodeServerOptions {
  /** Makes the gateway, once it is known where it listens. */
  readonly createCore: (url: string) => Pick<GatewayCore, 'answer'>
  readonly host: string
  /** 0 for any. */
  readonly port: number
  /** After how many milliseconds without a byte a connection is closed; two minutes by default. */
  readonly idleMs?: number | undefined
  /** Told of each request that was answered. */
  readonly onAnswer?: ((request: AnsweredRequest) => void) | undefined
}

/** One request, for a log. */
export interface AnsweredRequest {
  readonly method: string
  /** As sent, without what stands after a `?`. */
  readonly path: string
  readonly status: number
  readonly durationMs: number
}

/** A server that takes requests. */
export interface NodeServer {
  /** With the host as it was given, and a trailing slash. */
  readonly url: string
  readonly connections: () => Promise<number>
  /** Takes nothing new, finishes what is under way for as long as `graceMs`, and ends. */
  readonly close: (graceMs: number) => Promise<void>
}

/** What keeps clients that mean harm, or have gone wrong, from taking the server's memory and time. */
const limits = {
  /** Beyond it, new connections are closed at once. */
  maxConnections: 10_000,
  /** For the request line and all headers. */
  maxHeaderSize: 8 * 1024,
  /** From the opening of a connection, or the last answer's first byte after it. */
  headersTimeout: 10_000,
  requestTimeout: 10_000,
  /**
   * For a connection on which nothing moves, between requests as in the middle of an answer. Node's
   * own timeout between requests makes a timer for each of them, which took a tenth of the time of
   * an answer from memory; this one is made once for a connection.
   */
  idleTimeout: 120_000,
} as const

/**
 * How many seconds clients are told that they may leave a connection idle. More than the minute after
 * which load balancers drop it on their side, and so much less than `idleTimeout` that nobody sends
 * into a connection that is being closed.
 */
const announcedSeconds = 65

/**
 * Serves a gateway over HTTP/1.1.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LISTEN` where the address can't be taken.
 */
export async function startNodeServer(options: NodeServerOptions): Promise<NodeServer> {
  let isClosing = false
  const prepare = createPreparation()
  let core: Pick<GatewayCore, 'answer'> = { answer: () => createErrorAnswer(503, 'not yet') }
  const server = http.createServer(
    {
      maxHeaderSize: limits.maxHeaderSize,
      headersTimeout: limits.headersTimeout,
      requestTimeout: limits.requestTimeout,
      keepAliveTimeout: 0,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      const exchange = { request, response, isClosing, prepare }
      if (options.onAnswer !== undefined) reportEnd(exchange, options.onAnswer)
      answer(core, exchange)
    },
  )
  server.maxConnections = limits.maxConnections
  server.timeout = options.idleMs ?? limits.idleTimeout
  await listen(server, options)
  const url = formatUrl(options.host, server.address() as AddressInfo)
  core = options.createCore(url)
  return {
    url,
    connections: async () => await countConnections(server),
    async close(graceMs) {
      isClosing = true
      await closeServer(server, graceMs)
    },
  }
}

async function listen(server: http.Server, { host, port }: NodeServerOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'it is in use' : (cause.code ?? 'it failed')
      const message = `can't listen on ${host}:${port}: ${reason}`
      const hint = 'name another address with --listen HOST:PORT; port 0 is any'
      reject(new JsrGuardError('ERR_JSR_GUARD_LISTEN', message, { hint, cause }))
    })
    server.listen({ host, port, backlog: 4096 }, resolve)
  })
  server.removeAllListeners('error')
}

function formatUrl(host: string, { port }: AddressInfo): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`
}

async function countConnections(server: http.Server): Promise<number> {
  return await new Promise((resolve) => {
    server.getConnections((error, count) => resolve(error === null ? count : 0))
  })
}

async function closeServer(server: http.Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The client is told to come back over another connection. */
  readonly isClosing: boolean
  readonly prepare: (answer: GatewayAnswer) => Prepared
}

/** An answer as Node sends it with the least work. */
interface Prepared {
  /** As they go out on a connection that is kept. */
  readonly headers: OutgoingHttpHeaders
  /** `undefined` for a stream too. */
  readonly body: Uint8Array | undefined
}

/** Remembers the form of each answer for as long as the gateway keeps the answer itself. */
function createPreparation(): Exchange['prepare'] {
  const known = new WeakMap<GatewayAnswer, Prepared>()
  return (given) => {
    const found = known.get(given)
    if (found !== undefined) return found
    const { headers, body } = given
    const prepared = {
      headers: { ...headers, 'keep-alive': `timeout=${announcedSeconds}` },
      // Node would make a new one for every write of bytes that are none of its own buffers.
      body:
        body instanceof Uint8Array
          ? Buffer.from(body.buffer, body.byteOffset, body.length)
          : undefined,
    }
    if (given.isLasting === true) known.set(given, prepared)
    return prepared
  }
}

function answer(core: Pick<GatewayCore, 'answer'>, exchange: Exchange): void {
  const { request, response } = exchange
  const { method = 'GET', url: target = '/', headers } = request
  if (hasBody(headers)) {
    response.writeHead(400, { connection: 'close', 'content-length': '0' }).end()
    return
  }
  const header = (name: string): string | undefined => {
    const value = headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }
  const given = core.answer({ method, target, header })
  if (given instanceof Promise) void given.then((late) => send(exchange, late))
  else send(exchange, given)
}

/** What comes after the headers would be read as the next request by whoever counts otherwise. */
function hasBody(headers: IncomingMessage['headers']): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  return encoding !== undefined || length !== '0'
}

function send(exchange: Exchange, given: GatewayAnswer): void {
  const { request, response, isClosing } = exchange
  const { status, headers, body } = given
  const prepared = exchange.prepare(given)
  if (isClosing) response.writeHead(status, { ...headers, connection: 'close' })
  else response.writeHead(status, response.shouldKeepAlive ? prepared.headers : headers)
  if (!(body instanceof ReadableStream)) {
    response.end(request.method === 'HEAD' ? undefined : prepared.body)
    return
  }
  if (request.method === 'HEAD') {
    void body.cancel()
    response.end()
    return
  }
  // A body that ends in an error takes the connection with it: the client sees that it is cut off.
  pipeline(Readable.fromWeb(body), response).catch(() => response.destroy())
}

function reportEnd(
  { request, response }: Exchange,
  onAnswer: NonNullable<NodeServerOptions['onAnswer']>,
): void {
  const startedAt = performance.now()
  response.once('close', () => {
    const { method = '', url = '' } = request
    const durationMs = Math.round(performance.now() - startedAt)
    // A token may stand in a query; nothing else of a request is written down.
    onAnswer({ method, path: url.split('?', 1)[0] ?? '', status: response.statusCode, durationMs })
  })
}
