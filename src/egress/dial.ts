import { once } from 'node:events'
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { addAbortSignal, type Duplex } from 'node:stream'
import { formatAuthority, type Target } from './target.ts'

/** How to get to a target. */
export interface Route {
  readonly target: Target
  /** `undefined`: directly. */
  readonly proxy: URL | undefined
  /** See `Upstream`. */
  readonly ca: readonly string[] | undefined
  /** Aborting it ends the attempt. */
  readonly signal: AbortSignal
}

/**
 * Opens a connection on which the target itself can be spoken to, through the proxy if there is
 * one. The target is named to the proxy exactly as it was judged.
 *
 * @throws ProxyAnswer where the proxy said no; else what Node throws for a failed connection.
 */
export async function dial(route: Route): Promise<Duplex> {
  const { target, proxy, signal } = route
  if (proxy === undefined) return await connectTcp(target, signal)
  const socket = await connectToProxy(proxy, route)
  try {
    return isSocks(proxy)
      ? await askSocksProxy(proxy, target, socket)
      : await askHttpProxy(proxy, target, socket)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Opens a connection to the proxy itself: TLS to an `https:` one, checked against its own name. */
export async function connectToProxy(
  proxy: URL,
  { signal, ca }: Pick<Route, 'signal' | 'ca'>,
): Promise<Duplex> {
  const host = proxy.hostname.replace(/^\[|\]$/g, '')
  const port = proxy.port === '' ? defaultPort(proxy) : Number(proxy.port)
  const socket = await connectTcp({ host, port }, signal)
  if (proxy.protocol !== 'https:') return socket
  const tls = await import('node:tls')
  const secure = tls.connect({
    socket,
    host,
    // May not be an address; the certificate is then compared with `host`.
    servername: isIP(host) === 0 ? host : '',
    ...(ca === undefined ? {} : { ca: [...ca] }),
  })
  secure.on('error', ignore)
  await once(secure, 'secureConnect', { signal })
  return secure
}

/** Whether a proxy speaks SOCKS rather than HTTP. */
export function isSocks({ protocol }: URL): boolean {
  return protocol.startsWith('socks')
}

/** The header with which an http proxy is told who we are; empty where its URL has no credentials. */
export function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const credentials = Buffer.from(`${decode(username)}:${decode(password)}`)
  return { 'proxy-authorization': `Basic ${credentials.toString('base64')}` }
}

/** A proxy that answered, but not with a connection. */
export interface ProxyAnswer {
  readonly proxyStatus: number
}

/** Whether a failure to connect is the answer of the proxy that was configured before. */
export function isProxyAnswer(error: unknown): error is ProxyAnswer {
  return typeof error === 'object' && error !== null && 'proxyStatus' in error
}

async function connectTcp({ host, port }: Target, signal: AbortSignal): Promise<Socket> {
  const socket = addAbortSignal(signal, connect({ host, port }))
  // Errors after the connection stands are seen as its end; without a listener they'd be thrown.
  socket.on('error', ignore)
  await once(socket, 'connect')
  socket.setNoDelay(true)
  return socket
}

async function askHttpProxy(proxy: URL, target: Target, socket: Duplex): Promise<Duplex> {
  const authority = formatAuthority(target)
  // Nothing of the client's own request goes to the proxy: its headers may hold credentials.
  const request = requestHttp({
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...proxyAuthorization(proxy) },
    createConnection: () => socket,
  })
  const { response, head } = await waitForTunnel(request)
  const status = response.statusCode ?? 0
  if (status < 200 || status > 299) throw createProxyAnswer(status)
  if (head.length > 0) socket.unshift(head)
  return socket
}

async function waitForTunnel(
  request: ClientRequest,
): Promise<{ response: IncomingMessage; head: Buffer }> {
  return await new Promise((resolve, reject) => {
    request.once('connect', (response, _socket, head: Buffer) => resolve({ response, head }))
    request.on('error', reject)
    request.end()
  })
}

function createProxyAnswer(proxyStatus: number): Error & ProxyAnswer {
  return Object.assign(new Error(`the configured proxy answered ${proxyStatus}`), { proxyStatus })
}

async function askSocksProxy(proxy: URL, target: Target, socket: Duplex): Promise<Duplex> {
  // Loaded only where it is needed: it costs every other run about 40 ms.
  const { SocksClient } = await import('socks')
  await SocksClient.createConnection({
    command: 'connect',
    destination: { ...target },
    existing_socket: socket,
    proxy: {
      host: proxy.hostname,
      port: Number(proxy.port) || 1080,
      type: proxy.protocol.startsWith('socks4') ? 4 : 5,
      ...(proxy.username === '' ? {} : { userId: decode(proxy.username) }),
      ...(proxy.password === '' ? {} : { password: decode(proxy.password) }),
    },
  })
  return socket
}

function defaultPort(proxy: URL): number {
  if (isSocks(proxy)) return 1080
  return proxy.protocol === 'https:' ? 443 : 80
}

/** A stray `%` in a password is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function ignore(): void {
  // The socket closes by itself after an error; whoever waits for it sees that.
}
