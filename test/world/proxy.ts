import http from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { portOf } from './network.ts'
import type { Network } from './network.ts'
import type { RequestLog } from './request-log.ts'
import type { WorldRequest } from './world.ts'

/** What a proxy of the world is made with. */
export interface ProxyOptions {
  readonly network: Network
  readonly log: RequestLog
  readonly from: WorldRequest['from']
  /** It answers 407 to whoever doesn't bring these. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined
}

/** A CONNECT and forward proxy that leads into the world, and nowhere else. */
export interface WorldProxy {
  /** With the credentials it wants, if any. */
  readonly url: string
  close(): Promise<void>
}

/** Starts a proxy on loopback. */
export async function startProxy(options: ProxyOptions): Promise<WorldProxy> {
  const server = http.createServer((request, response) => forward(options, request, response))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('connect', (request, socket: Socket, head) =>
    connect(options, { request, socket, head }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: formatUrl(portOf(server), options),
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Connect {
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
}

function connect(options: ProxyOptions, { request, socket, head }: Connect): void {
  const { network, log, from } = options
  const place = { ...parseAuthority(request.url ?? ''), via: 'proxy' as const, from }
  const { headers } = request
  const settle = log.add({ ...place, kind: 'connect', method: 'CONNECT', path: '', headers })
  const status = judge(options, request, place)
  settle(status)
  socket.on('error', () => socket.destroy())
  if (status !== 200) {
    socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\n${challenge}Content-Length: 0\r\n\r\n`)
    return
  }
  socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
  if (head.length > 0) socket.unshift(head)
  network.accept(socket, place)
}

function forward(options: ProxyOptions, request: IncomingMessage, response: ServerResponse): void {
  const { host, port, path } = parseTarget(request.url ?? '')
  const destination = { host, port, via: 'proxy' as const, from: options.from }
  const status = judge(options, request, destination)
  if (status === 200) {
    request.url = path
    options.network.answer(request, response, destination)
    return
  }
  const { method = '', headers } = request
  options.log.add({ ...destination, kind: 'request', method, path, headers })(status)
  response.writeHead(status, { 'proxy-authenticate': 'Basic realm="world"' }).end()
}

/** Only plain http is forwarded; anything else gets port 0, which is refused. */
function parseTarget(target: string): { host: string; port: number; path: string } {
  const url = URL.canParse(target) ? new URL(target) : undefined
  if (url?.protocol !== 'http:') return { host: url?.hostname ?? '', port: 0, path: target }
  return { host: url.hostname, port: Number(url.port || 80), path: `${url.pathname}${url.search}` }
}

const challenge = 'Proxy-Authenticate: Basic realm="world"\r\n'
const reasons = { 200: 'OK', 407: 'Proxy Authentication Required', 502: 'Bad Gateway' } as const

function judge(
  { network, credentials }: ProxyOptions,
  request: IncomingMessage,
  { host, port }: { readonly host: string; readonly port: number },
): keyof typeof reasons {
  if (credentials !== undefined) {
    const { username, password } = credentials
    const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    if (request.headers['proxy-authorization'] !== wanted) return 407
  }
  return port > 0 && network.has(host, port) ? 200 : 502
}

function parseAuthority(authority: string): { host: string; port: number } {
  const colon = authority.lastIndexOf(':')
  return { host: authority.slice(0, colon).toLowerCase(), port: Number(authority.slice(colon + 1)) }
}

function formatUrl(port: number, { credentials }: ProxyOptions): string {
  if (credentials === undefined) return `http://127.0.0.1:${port}`
  const { username, password } = credentials
  return `http://${encodeURIComponent(username)}:${encodeURIComponent(password)}@127.0.0.1:${port}`
}
