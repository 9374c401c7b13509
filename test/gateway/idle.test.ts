import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createErrorAnswer } from '../../src/gateway/exchange.ts'
import { startNodeServer, type NodeServer } from '../../src/serve/node-server.ts'

let server: NodeServer

beforeAll(async () => {
  server = await startNodeServer({
    host: '127.0.0.1',
    port: 0,
    idleMs: 300,
    createCore: () => ({ answer: () => createErrorAnswer(404, 'nothing here') }),
  })
})

afterAll(async () => {
  await server.close(0)
})

async function open(): Promise<Socket> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

const request = 'GET /x HTTP/1.1\r\nHost: gateway.example\r\n\r\n'

async function answered(socket: Socket): Promise<string> {
  const [bytes] = await once(socket, 'data')
  return String(bytes)
}

test('a connection that stays idle after an answer is closed', async () => {
  const socket = await open()
  socket.write(request)
  expect(await answered(socket)).toContain('404')
  socket.resume()
  await once(socket, 'close')
  expect(await server.connections()).toBe(0)
})

test('one that says nothing, or breaks off in the middle of a request, is closed', async () => {
  for (const text of ['', request.slice(0, 20)]) {
    const socket = await open()
    if (text !== '') socket.write(text)
    socket.resume()
    await once(socket, 'close')
  }
  expect(await server.connections()).toBe(0)
})

test('one that goes on asking stays open for longer than that', async () => {
  const socket = await open()
  const start = performance.now()
  do {
    socket.write(request)
    expect(await answered(socket)).toContain('keep-alive: timeout=65')
  } while (performance.now() - start < 700)
  socket.destroy()
})
