import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { emptyEnv } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { serveGuard, type ServedGateway } from './served.ts'
import { askOver, type Answer } from './transports.ts'

const patient = { timeout: 120_000 }
const name = '@jsr/luca__cases'
const tarball = `/${name}/-/luca__cases-1.0.0.tgz`

let jsr: JsrEndpoint
let gateway: ServedGateway
let home: string
beforeAll(async () => {
  jsr = await startJsrEndpoint()
  jsr.build({ name, version: '1.0.0' })
})
afterAll(() => jsr.close())

describe('a gateway that is asked by somebody who means harm', patient, () => {
  beforeAll(async () => {
    const cwd = (home = await mkdtemp(join(tmpdir(), 'jsr-guard-hostile-')))
    gateway = await serveGuard(['--upstream', jsr.url, '--store', join(cwd, 'store')], {
      cwd,
      env: { PATH: cwd, HOME: cwd },
    })
    await askOver(gateway.url, `/${name}`)
    await askOver(gateway.url, tarball)
  })
  beforeEach(() => jsr.forget())
  afterAll(async () => {
    // Whatever was done to it, it still ends as it should.
    expect(await gateway.stop()).toMatchObject({ exitCode: 0 })
    await rm(home, { recursive: true, force: true })
  })

  const dots = [
    '../',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '..%5c',
    '..\\',
    '%252e%252e%252f',
    '%c0%ae%c0%ae/',
    '....//',
    '%2e%2e%00/',
    '..;/',
    '．．/',
  ]
  test.for(dots)('a path that climbs by %j is 4xx, and JSR is not asked', async (up) => {
    for (const path of [
      `/${up.repeat(6)}etc/passwd`,
      `/@jsr/${up.repeat(6)}etc/passwd`,
      `/${name}/-/${up.repeat(6)}etc/passwd`,
      `/${name}/${up}std__path`,
      `/@jsr/luca__cases/-/${up}luca__cases-1.0.0.tgz`,
    ]) {
      const status = await statusOf(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      expect(status, path).toMatch(/^4\d\d$/)
    }
    expect(jsr.requests).toEqual([])
  })

  test.for<readonly [string, string]>([
    [
      'both lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /',
    ],
    [
      'two lengths',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
    ],
    ['a list of lengths', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\nhello'],
    ['a signed length', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello'],
    ['a body', 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'],
    [
      'a chunked body',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    ],
    [
      'an unknown transfer encoding',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'two transfer encodings',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
    ],
    [
      'a blank before the colon',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'a folded header',
      'GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n',
    ],
    ['lines that end in LF', 'GET / HTTP/1.1\nHost: x\nContent-Length: 5\n\nhello'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    [
      'an absolute target',
      `GET http://evil.example/${name} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    ],
    ['CONNECT', 'CONNECT npm.jsr.io:443 HTTP/1.1\r\nHost: npm.jsr.io\r\n\r\n'],
    ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a header of 20 kB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['a path of 20 kB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['5,000 headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(5000)}\r\n`],
  ])('a request with %s is 4xx or a closed connection', async ([, request]) => {
    expect(await statusOf(request)).toMatch(/^4\d\d$|^closed$/)
    expect(jsr.requests).toEqual([])
  })

  test('what follows a smuggled body is not answered as a request', async () => {
    const smuggled = `GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nGET /-/metrics HTTP/1.1\r\nHost: x\r\n\r\n`
    const text = await exchange(smuggled)
    expect(text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
    expect(text).toMatch(/^HTTP\/1\.1 400/)
  })

  test('a client that sends its headers drop by drop is cut off', async () => {
    const socket = connect()
    socket.write('GET / HTTP/1.1\r\n')
    const timer = setInterval(() => socket.write('X-Drop: 1\r\n'), 500)
    socket.resume()
    const startedAt = Date.now()
    await once(socket, 'close')
    clearInterval(timer)
    expect(Date.now() - startedAt).toBeLessThan(20_000)
  })

  test('10,000 idle connections are let go, memory stays bounded, and others are answered meanwhile', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 10 }, async () => await openIdle(1000)),
    ).then((all) => all.flat())
    expect(sockets.length).toBe(10_000)
    const closed = sockets.map(
      async (socket) =>
        await new Promise<void>((resolve) => {
          if (socket.destroyed) return resolve()
          socket.once('close', () => resolve())
        }),
    )
    sockets.splice(0, 50).forEach((socket) => socket.destroy())
    expect((await untilAnswered(tarball)).status).toBe(200)
    expect(sockets.some(({ destroyed }) => !destroyed)).toBe(true)
    expect(await residentMegabytes(gateway.process.pid ?? 0)).toBeLessThan(400)
    await Promise.all(closed)
    expect((await askOver(gateway.url, tarball)).status).toBe(200)
  })
})

test(
  'SIGTERM finishes what is under way, takes nothing new, and ends with 0',
  patient,
  async () => {
    const cwd = await createProject({})
    const stopping = await serveGuard(['--upstream', jsr.url, '--no-store'], {
      cwd,
      env: await emptyEnv(),
    })
    const { tarball: bytes } = jsr.build({ name, version: '2.0.0' })
    let finish = (): void => undefined
    const asked = new Promise<void>((resolve) => {
      jsr.intercept(({ url }, response) => {
        if (url?.endsWith('2.0.0.tgz') !== true) return false
        finish = () => void response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
        resolve()
        return true
      })
    })
    const answer = askOver(stopping.url, `/${name}/-/luca__cases-2.0.0.tgz`)
    await asked
    const ended = stopping.stop()
    await untilRefused(stopping.url)
    finish()
    expect((await answer).body.equals(bytes)).toBe(true)
    expect(await ended).toMatchObject({ exitCode: 0, signal: undefined })
  },
)

function connect(): net.Socket {
  const { hostname, port } = new URL(gateway.url)
  return net.connect(Number(port), hostname).on('error', () => undefined)
}

async function openIdle(count: number): Promise<net.Socket[]> {
  const sockets: net.Socket[] = []
  for (let index = 0; index < count; index += 1) {
    const socket = connect()
    await Promise.race([once(socket, 'connect'), once(socket, 'close')])
    socket.resume()
    sockets.push(socket)
  }
  return sockets
}

/** All that comes back before the connection is closed, or has been answered. */
async function exchange(request: string): Promise<string> {
  const socket = connect()
  let text = ''
  socket.on('data', (data: Buffer) => (text += data.toString('latin1')))
  socket.write(Buffer.from(request, 'latin1'))
  const answered = new Promise<void>((resolve) => {
    socket.on('data', () => {
      if (text.includes('\r\n\r\n')) setTimeout(resolve, 50)
    })
  })
  await Promise.race([once(socket, 'close'), answered])
  socket.destroy()
  return text
}

async function statusOf(request: string): Promise<string> {
  return /^HTTP\/1\.1 (\d+)/.exec(await exchange(request))?.[1] ?? 'closed'
}

async function residentMegabytes(pid: number): Promise<number> {
  if (process.platform !== 'linux') return 0
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

/** The gateway may not have seen yet that there is room again: then it closes what is new. */
async function untilAnswered(path: string): Promise<Answer> {
  for (;;) {
    try {
      return await askOver(gateway.url, path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error
    }
  }
}

async function untilRefused(url: string): Promise<void> {
  for (;;) {
    try {
      await askOver(url, '/-/ping')
    } catch {
      return
    }
  }
}
