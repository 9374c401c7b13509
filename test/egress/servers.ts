import { EventEmitter, once } from 'node:events'
import { createServer as createHttpServer, type ServerResponse } from 'node:http'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { openWayOut, type WayOut, type WayOutOptions } from '../../src/egress/proxy.ts'
import type { Refusal } from '../../src/egress/ledger.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

/** Opens a way out that refuses JSR, closed when the test is over. */
export async function openTestWayOut(
  options: Partial<WayOutOptions> = {},
): Promise<WayOut & { readonly port: number; readonly told: Refusal[] }> {
  const told: Refusal[] = []
  const way = await openWayOut({
    upstream: { http: undefined, https: undefined, noProxy: [] },
    isRefused: isJsrHost,
    onRefusal: (refusal) => told.push(refusal),
    ...options,
  })
  onTestFinished(() => way.close())
  return { ...way, port: Number(new URL(way.url).port), told }
}

/** An upstream that serves both protocols. */
export function through(url: string, noProxy: readonly string[] = []): WayOutOptions['upstream'] {
  return { http: new URL(url), https: new URL(url), noProxy }
}

/** A TCP server on loopback; every socket is destroyed when the test is over. */
export async function startTcp(
  onSocket: (socket: Socket) => void,
  server: Server = createServer({ allowHalfOpen: true }),
): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** A server that never answers, and never ends a connection by itself. */
export async function startStubborn(): Promise<{
  readonly target: number
  /** Something was sent. */
  readonly isAsked: Promise<unknown>
  /** Nobody is left at the other side: half closing it would not do. */
  readonly isGone: Promise<unknown>
}> {
  const events = new EventEmitter()
  const isAsked = once(events, 'asked')
  const isGone = once(events, 'gone')
  const target = await startTcp((socket) => {
    socket.once('data', () => events.emit('asked'))
    // Only a write tells whether the other side reads no more.
    const goOn = () => socket.write('.', (error) => error ?? setImmediate(goOn))
    socket.once('end', goOn)
    socket.once('close', () => events.emit('gone'))
    socket.resume()
  })
  return { target, isAsked, isGone }
}

/** What an http server was asked. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string[] | undefined>>
  readonly body: string
}

/** An http server that keeps what it was asked, and answers 200 with the path. */
export async function startHttp(
  answer = (seen: Seen, response: ServerResponse): void => {
    response.end(`answer to ${seen.url}`)
  },
): Promise<{ readonly port: number; readonly seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createHttpServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const { method = '', url = '', headersDistinct: headers } = request
      const asked = { method, url, headers, body }
      seen.push(asked)
      answer(asked, response)
    })
  })
  return { port: await startTcp(() => undefined, server), seen }
}

/** A proxy that notes the authorities and headers it was asked with, and answers as it is told. */
export async function startConnectProxy(
  answer = 'HTTP/1.1 200 OK\r\n\r\n',
  server: Server = createServer({ allowHalfOpen: true }),
): Promise<{ readonly port: number; readonly heads: string[] }> {
  const heads: string[] = []
  const port = await startTcp((socket) => {
    let text = ''
    socket.on('data', function onData(chunk: Buffer) {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      socket.off('data', onData)
      heads.push(text.slice(0, text.indexOf('\r\n\r\n')))
      socket.write(answer)
      socket.pipe(socket)
    })
  }, server)
  return { port, heads }
}

/** A client that speaks in bytes. */
export interface RawClient {
  readonly socket: Socket
  /** Everything received so far. */
  text(): string
  /** Resolves once what was received contains the text; rejects when the connection ends before. */
  until(text: string): Promise<string>
  /** Resolves with everything once the other side has ended. */
  end(): Promise<string>
}

/** Connects to the way out and sends what is given, byte for byte. */
export function connectRaw(port: number, text = ''): RawClient {
  const socket = connect(port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  let received = ''
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  socket.write(Buffer.from(text, 'latin1'))
  const ended = new Promise<void>((resolve) => {
    socket.once('end', resolve)
    socket.once('close', () => resolve())
  })
  const until = (wanted: string) =>
    new Promise<string>((resolve, reject) => {
      const check = () => received.includes(wanted) && resolve(received)
      socket.on('data', check)
      void ended.then(() => (check() ? undefined : reject(new Error(`only got: ${received}`))))
      check()
    })
  return {
    socket,
    text: () => received,
    until,
    end: async () => {
      await ended
      return received
    },
  }
}

/** Sends CONNECT for an authority. */
export function connectThrough(port: number, authority: string, ...headers: string[]): RawClient {
  const lines = [`CONNECT ${authority} HTTP/1.1`, 'Host: innocent.example', ...headers]
  return connectRaw(port, `${lines.join('\r\n')}\r\n\r\n`)
}

/** Sends a plain http request, and nothing after it. */
export function requestThrough(port: number, line: string, ...headers: string[]): RawClient {
  const lines = [`${line} HTTP/1.1`, 'Host: innocent.example', 'Connection: close', ...headers]
  return connectRaw(port, `${lines.join('\r\n')}\r\n\r\n`)
}

/** The status of an answer. */
export function statusOf(answer: string): number {
  return Number(answer.split(' ', 2)[1])
}
