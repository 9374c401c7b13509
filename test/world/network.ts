import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Authority, Certificate } from './certificates.ts'
import type { Origin, RequestLog } from './request-log.ts'
import type { WorldHandler } from './world.ts'

/** Where a connection wanted to go, and how it came here. */
interface Destination extends Origin {
  readonly host: string
  readonly port: number
}

/** The hosts of the world, and the ways into them. */
export interface Network {
  /** Puts hosts up; each gets a loopback port of its own for connections round the proxy. */
  add(hosts: readonly string[], handler: WorldHandler): Promise<void>
  /** Puts a plain server up at a loopback address; gives its port. */
  addLoopback(handler: WorldHandler): Promise<number>
  has(host: string, port: number): boolean
  /** Treats a socket as a connection to that host, TLS or plain by its first byte. */
  accept(socket: net.Socket, destination: Destination): void
  /** Answers a request whose connection was already read, as a forward proxy's are. */
  answer(request: IncomingMessage, response: ServerResponse, destination: Destination): void
  /** The loopback port of each host; `*` is for every other. */
  readonly directPorts: ReadonlyMap<string, number>
  close(): Promise<void>
}

interface State {
  readonly authority: Authority
  readonly log: RequestLog
  readonly handlers: Map<string, WorldHandler>
  readonly certificates: Map<string, Certificate>
  readonly directPorts: Map<string, number>
  readonly servers: Map<string, http.Server>
  readonly listeners: net.Server[]
  readonly sockets: Set<net.Socket>
}

/** A network without hosts. */
export async function createNetwork(authority: Authority, log: RequestLog): Promise<Network> {
  const state: State = {
    authority,
    log,
    handlers: new Map(),
    certificates: new Map(),
    directPorts: new Map(),
    servers: new Map(),
    listeners: [],
    sockets: new Set(),
  }
  state.directPorts.set('*', await listen(state, (socket) => refuseStranger(state, socket)))
  return {
    add: (hosts, handler) => addHosts(state, hosts, handler),
    addLoopback: (handler) => addLoopback(state, handler),
    has: (host, port) => findHandler(state, host, port) !== undefined,
    accept: (socket, destination) => accept(state, socket, destination),
    answer: (request, response, destination) => answer(state, destination)(request, response),
    directPorts: state.directPorts,
    close: () => close(state),
  }
}

async function addHosts(state: State, hosts: readonly string[], handler: WorldHandler) {
  const certificate = state.authority.issue(hosts)
  const add = async (host: string) => {
    state.handlers.set(host, handler)
    state.certificates.set(host, certificate)
    const port = await listen(state, (socket) => acceptDirect(state, socket, { host, port: 443 }))
    state.directPorts.set(host, port)
  }
  await Promise.all(hosts.map(add))
}

async function addLoopback(state: State, handler: WorldHandler): Promise<number> {
  const host = '127.0.0.1'
  const port: number = await listen(state, (socket) => {
    accept(state, socket, { host, port, via: 'direct', from: 'client' })
  })
  state.handlers.set(`${host}:${port}`, handler)
  state.handlers.set(`localhost:${port}`, handler)
  return port
}

function findHandler(state: State, host: string, port: number): WorldHandler | undefined {
  // A name with a trailing dot leads to the same host.
  const name = host.replace(/\.$/, '')
  return state.handlers.get(`${name}:${port}`) ?? state.handlers.get(name)
}

/** A connection that came round the proxy counts as such even if it never says a word. */
function acceptDirect(state: State, socket: net.Socket, place: { host: string; port: number }) {
  const destination: Destination = { ...place, via: 'direct', from: 'client' }
  state.log.add({ ...destination, kind: 'connect', method: '', path: '', headers: {} })
  accept(state, socket, destination)
}

function accept(state: State, socket: net.Socket, destination: Destination): void {
  track(state, socket)
  socket.once('data', (first: Buffer) => {
    socket.pause()
    socket.unshift(first)
    // A TLS connection begins with a handshake record, type 22; HTTP begins with a method.
    serverFor(state, destination, first[0] === 22 ? 'https' : 'http').emit('connection', socket)
    process.nextTick(() => socket.resume())
  })
}

/** Servers are made per destination, so that each request is known by where it was sent. */
function serverFor(state: State, destination: Destination, scheme: 'http' | 'https'): http.Server {
  const { host, port, via, from } = destination
  const key = [scheme, host, port, via, from].join(' ')
  const known = state.servers.get(key)
  if (known !== undefined) return known
  const handler = answer(state, destination)
  const certificate = state.certificates.get(host) ?? state.authority.issue([host])
  const server =
    scheme === 'https' ? https.createServer(certificate, handler) : http.createServer(handler)
  state.servers.set(key, server)
  return server
}

function answer(state: State, destination: Destination): WorldHandler {
  return (request, response) => {
    const { method = '', url = '', headers } = request
    const asked = { ...destination, kind: 'request' as const, method, path: url, headers }
    const settle = state.log.add(asked)
    response.once('finish', () => settle(response.statusCode))
    findHandler(state, destination.host, destination.port)?.(request, response)
  }
}

/** Connections round the proxy to a host that the world hasn't got: noted by the name they ask for. */
function refuseStranger(state: State, socket: net.Socket): void {
  track(state, socket)
  const refuse = (host: string, port: number) => {
    const place = { host, port, via: 'direct' as const, from: 'client' as const }
    state.log.add({ ...place, kind: 'connect', method: '', path: '', headers: {} })
    socket.destroy()
  }
  const server = https.createServer({ SNICallback: (name) => refuse(name, 443) })
  socket.once('data', (first: Buffer) => {
    if (first[0] !== 22) return refuse(/^host: *([^\s:]+)/im.exec(first.toString())?.[1] ?? '', 80)
    socket.pause()
    socket.unshift(first)
    server.emit('connection', socket)
    process.nextTick(() => socket.resume())
  })
}

function track({ sockets }: State, socket: net.Socket): void {
  sockets.add(socket)
  socket.on('error', () => socket.destroy())
  socket.once('close', () => sockets.delete(socket))
}

function listen({ listeners }: State, onSocket: (socket: net.Socket) => void): Promise<number> {
  const server = net.createServer(onSocket)
  listeners.push(server)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(portOf(server)))
  })
}

/** The port of a server that listens. */
export function portOf(server: net.Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function close({ sockets, servers, listeners }: State): Promise<void> {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.values()) server.close()
  await Promise.all(listeners.map((server) => new Promise((resolve) => server.close(resolve))))
}
