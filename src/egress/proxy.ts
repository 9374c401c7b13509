import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ChooseCredential } from './forward.ts'
import { createLedger, type HostUse, type Refusal } from './ledger.ts'
import { serveConnect, serveRequest, type Service } from './serve.ts'
import type { Upstream } from './upstream.ts'

/** The only way out of a client while it runs: a proxy on loopback, see {@link openWayOut}. */
export interface WayOut {
  /**
   * `http://127.0.0.1:PORT`, with the password if there is one. What to set for the client says
   * `closeEnvironment`.
   */
  readonly url: string
  /** Every host that was asked for, refused ones too, sorted by name. */
  hosts(): readonly HostUse[]
  /** Every refusal, in order. */
  refusals(): readonly Refusal[]
  /** Ends every connection at once and stops listening. May be called more than once. */
  close(): Promise<void>
}

/** What a way out depends on. */
export interface WayOutOptions {
  /** The proxy that was configured before ours; connections go on through it. */
  readonly upstream: Upstream
  /**
   * Whether a host must not be reached. It is given in one spelling (see `Target`): a lower-case
   * name without trailing dot, or an IP address, IPv6 without brackets.
   */
  readonly isRefused: (hostname: string) => boolean
  /**
   * Called at every refusal, synchronously, once it is written down and answered. Ending the client
   * is the caller's part.
   */
  readonly onRefusal: (refusal: Refusal) => void
  /** Which `Authorization` a plain http request may carry; without it, the one that it carries. */
  readonly chooseCredential?: ChooseCredential
  /**
   * Only programs that know it are served; all others, and other users of this machine, are turned
   * away with 407. Without it everyone on the machine is served, through the upstream proxy too.
   */
  readonly password?: string
}

/**
 * Opens a way out: an http proxy, on a free port of the loopback interface, that tunnels CONNECT
 * and passes on plain http, but for the hosts that are refused. Each is judged by the name it asks
 * for, and connected to exactly that name.
 *
 * What it can't see: paths and headers inside TLS; a name that someone else points at a refused
 * host's address; a program that takes no notice of the environment.
 */
export async function openWayOut(options: WayOutOptions): Promise<WayOut> {
  const service = createService(options)
  // Without limits of ours: how long to wait is the client's to say, and `close` ends everything.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 })
  const sockets = trackSockets(server)
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) =>
    serveConnect(service, { request, client, head }),
  )
  server.on('request', (request, response) => serveRequest(service, request, response))
  const address = await listen(server)
  // From here on an error is one connection that could not be accepted.
  server.on('error', () => undefined)
  return {
    url: formatUrl(address, options.password),
    hosts: () => service.ledger.hosts(),
    refusals: () => service.ledger.refusals(),
    close: async () => {
      service.pool.destroy()
      await close(server, sockets)
    },
  }
}

const user = 'jsr-guard'

function createService(options: WayOutOptions): Service {
  const { password } = options
  return {
    ...options,
    ledger: createLedger(options.isRefused),
    chooseCredential: options.chooseCredential ?? ((_url, authorization) => authorization),
    pool: new Agent({ keepAlive: true }),
    credential:
      password === undefined
        ? undefined
        : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  }
}

function formatUrl(address: string, password: string | undefined): string {
  return password === undefined
    ? `http://${address}`
    : `http://${user}:${encodeURIComponent(password)}@${address}`
}

function trackSockets(server: Server): ReadonlySet<Duplex> {
  const sockets = new Set<Duplex>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A client may go away at any time; without a listener its reset would end our process.
    socket.on('error', () => socket.destroy())
  })
  return sockets
}

/** IPv4 first: clients know it best. Some machines have no IPv4 at all. */
async function listen(server: Server): Promise<string> {
  try {
    return `127.0.0.1:${await listenOn(server, '127.0.0.1')}`
  } catch (error) {
    if (!isMissingAddress(error)) throw error
    return `[::1]:${await listenOn(server, '::1')}`
  }
}

async function listenOn(server: Server, host: string): Promise<number> {
  server.listen({ port: 0, host })
  await once(server, 'listening')
  const address = server.address()
  // Only a server on a socket file, or one that doesn't listen, has no port.
  return typeof address === 'object' && address !== null ? address.port : 0
}

function isMissingAddress(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}

async function close(server: Server, sockets: ReadonlySet<Duplex>): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  for (const socket of sockets) socket.destroy()
  await closed
}
