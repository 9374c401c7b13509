import { EventEmitter, once } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  connectRaw,
  openTestWayOut,
  requestThrough,
  startHttp,
  startTcp,
  statusOf,
  through,
} from './servers.ts'

describe('a plain http request', () => {
  test('goes to the host of its URL, and its answer comes back', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const answer = await requestThrough(way.port, `GET http://127.0.0.1:${port}/@jsr%2fa?b=c`).end()
    expect(statusOf(answer)).toBe(200)
    expect(answer).toContain('answer to /@jsr%2fa?b=c')
    expect(seen).toMatchObject([{ method: 'GET', url: '/@jsr%2fa?b=c' }])
    // The client said innocent.example.
    expect(seen[0]?.headers['host']).toEqual([`127.0.0.1:${port}`])
    expect(way.hosts()).toEqual([{ host: '127.0.0.1', connections: 1, refused: 0 }])
  })

  test('takes its body along', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const line = `POST http://127.0.0.1:${port}/a HTTP/1.1\r\nHost: a\r\n`
    await connectRaw(way.port, `${line}Content-Length: 4\r\n\r\nbody`).until('answer to')
    const chunked = `${line}Transfer-Encoding: chunked\r\n\r\n4\r\nmore\r\n0\r\n\r\n`
    await connectRaw(way.port, chunked).until('answer to')
    expect(seen.map(({ body }) => body)).toEqual(['body', 'more'])
  })

  test('is judged anew on a connection that is already open', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const allowed = `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: a\r\n\r\n`
    const client = connectRaw(way.port, allowed)
    await client.until('answer to /')
    client.socket.write('GET http://npm.jsr.io/ HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await client.end()).toContain('HTTP/1.1 403 Forbidden')
    expect(seen).toHaveLength(1)
    expect(way.told).toHaveLength(1)
  })

  test.for([
    ['http://npm.jsr.io/@jsr/a', 'http://npm.jsr.io/@jsr/a'],
    ['http://NPM.JSR.IO:80/', 'http://npm.jsr.io/'],
    ['http://npm.jsr.io.:8080/', 'http://npm.jsr.io.:8080/'],
    ['http://user:secret@npm.jsr.io/a?token=secret#secret', 'http://npm.jsr.io/a'],
    ['http://127.0.0.1:4000@npm.jsr.io/', 'http://npm.jsr.io/'],
    ['http://npm.jsr%E3%80%82io/', 'http://npm.jsr.io/'],
    ['https://npm.jsr.io/', 'https://npm.jsr.io/'],
    ['HTTP://npm.jsr.io', 'http://npm.jsr.io/'],
    ['ws://npm.jsr.io/', 'ws://npm.jsr.io/'],
  ] as const)('to %s is refused', async ([url, reported]) => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${port}`) })
    const answer = await requestThrough(way.port, `GET ${url}`).end()
    expect(statusOf(answer)).toBe(403)
    expect(way.told).toMatchObject([{ host: 'npm.jsr.io', url: reported, reason: 'jsr' }])
    expect(way.hosts()).toEqual([{ host: 'npm.jsr.io', connections: 0, refused: 1 }])
    expect(JSON.stringify([way.refusals(), answer])).not.toContain('secret')
    expect(seen).toEqual([])
  })

  test('to JSR is refused when it asks for an upgrade, too', async () => {
    const way = await openTestWayOut()
    const headers = ['Upgrade: websocket', 'Connection: Upgrade']
    expect(statusOf(await requestThrough(way.port, 'GET http://jsr.io/', ...headers).end())).toBe(
      403,
    )
    expect(way.told).toHaveLength(1)
  })

  test.for(['http://npm.jsr.io../', 'http://a b/', 'http://npm.jsr.io:99999/', 'http://%/'])(
    'whose host can not be read is refused as invalid: %s',
    async (url) => {
      const way = await openTestWayOut()
      const status = statusOf(await requestThrough(way.port, `GET ${url}`).end())
      expect([400, 403]).toContain(status)
      if (status === 403) expect(way.told).toMatchObject([{ reason: 'invalid' }])
      expect(way.hosts()).toEqual([])
    },
  )

  test.for([
    ['GET /', []],
    ['GET /http://127.0.0.1/', []],
    ['OPTIONS *', []],
    ['GET npm.jsr.io', []],
    ['GET http:\\\\npm.jsr.io\\', []],
    ['GET https://registry.example/', []],
    ['GET ftp://registry.example/', []],
    ['GET file:///etc/passwd', []],
    ['GET http://registry.example/', ['Upgrade: h2c', 'Connection: Upgrade']],
  ] as const)('%s is no request for a proxy: 400', async ([line, headers]) => {
    const way = await openTestWayOut()
    expect(statusOf(await requestThrough(way.port, line, ...headers).end())).toBe(400)
    expect([way.hosts(), way.told]).toEqual([[], []])
  })

  test('without an answer ends in 502', async () => {
    const target = await startTcp((socket) => socket.destroy())
    const way = await openTestWayOut()
    const answer = await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
    expect(statusOf(answer)).toBe(502)
  })

  test.for([
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: a\r\n\r\n',
    'HTTP/1.1 9999 Odd\r\n\r\n',
    'not http\r\n\r\n',
  ])('with the answer %j ends in 502', async (answer) => {
    const target = await startTcp((socket) => socket.end(answer))
    const way = await openTestWayOut()
    const line = `GET http://127.0.0.1:${target}/`
    expect(statusOf(await requestThrough(way.port, line).end())).toBe(502)
  })

  test.for([1, 2, 3])(
    'is sent again when a kept connection turns out to be closed: %i before it',
    async (answered) => {
      let connections = 0
      // Each connection answers some requests, and drops dead at the next one.
      const target = await startTcp((socket) => {
        connections += 1
        let left = answered
        socket.on('data', () => {
          left -= 1
          if (left < 0) socket.resetAndDestroy()
          else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        })
      })
      const way = await openTestWayOut()
      for (let count = 0; count <= answered; count += 1) {
        const answer = await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
        expect(statusOf(answer)).toBe(200)
      }
      expect(connections).toBe(2)
    },
  )

  test('that changes something is sent once only', async () => {
    let requests = 0
    const target = await startTcp((socket) => {
      socket.on('data', () => {
        requests += 1
        if (requests > 1) socket.resetAndDestroy()
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      })
    })
    const way = await openTestWayOut()
    await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
    const answer = await requestThrough(way.port, `DELETE http://127.0.0.1:${target}/`).end()
    expect(statusOf(answer)).toBe(502)
    expect(requests).toBe(2)
  })

  test('leaves no connection behind when the way out is closed', async () => {
    const closed = new EventEmitter()
    const isClosed = once(closed, 'closed')
    const target = await startTcp((socket) => {
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'))
      socket.on('end', () => closed.emit('closed'))
    })
    const way = await openTestWayOut()
    await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
    await way.close()
    await isClosed
  })

  test('whose answer breaks off breaks off at the client', async () => {
    const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'
    const target = await startTcp((socket) => socket.end(answer))
    const way = await openTestWayOut()
    const received = await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
    expect(received).toContain('ontent-')
    expect(received).not.toContain('502')
  })
})

describe('headers', () => {
  test('that are about the connection to us stay here', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const headers = [
      'Proxy-Authorization: Basic c2VjcmV0',
      'Proxy-Connection: keep-alive',
      'Connection: X-Private',
      'X-Private: secret',
      'Keep-Alive: 5',
      'TE: trailers',
      'X-Twice: 1',
      'X-Twice: 2',
      'User-Agent: npm/10',
    ]
    await requestThrough(way.port, `GET http://127.0.0.1:${port}/`, ...headers).end()
    expect(Object.keys(seen[0]?.headers ?? {}).toSorted()).toEqual([
      'connection',
      'host',
      'user-agent',
      'x-twice',
    ])
    expect(seen[0]?.headers).toMatchObject({ 'x-twice': ['1', '2'], connection: ['keep-alive'] })
  })

  test('of an answer that are about the connection stay here', async () => {
    const lines = ['Proxy-Authenticate: Basic', 'X-Kept: a', 'Set-Cookie: a=1', 'Set-Cookie: b=2']
    const answer = `HTTP/1.1 200 Fine\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`
    const target = await startTcp((socket) => socket.once('data', () => socket.end(answer)))
    const way = await openTestWayOut()
    const received = await requestThrough(way.port, `GET http://127.0.0.1:${target}/`).end()
    expect(received).toMatch(/^HTTP\/1\.1 200 Fine\r\n/)
    expect(received).toMatch(/x-kept: a\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n/)
    expect(received).not.toMatch(/proxy-authenticate/i)
  })

  test.for([
    'GET http://registry.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n',
    'GET http://registry.example/ HTTP/1.1\r\nHost: a\r\nConnection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n',
    'DELETE http://registry.example/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: content-length\r\n',
  ])('cannot smuggle a second request to an upstream proxy: %j', async (head) => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${port}`) })
    const smuggled = 'GET http://npm.jsr.io/ HTTP/1.1\r\nHost: npm.jsr.io\r\n\r\n'
    const body = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`
    await connectRaw(way.port, `${head}\r\n${body}`).until('answer to')
    expect(seen).toMatchObject([{ url: 'http://registry.example/', body: smuggled }])
  })

  test('that give a body two lengths are turned away', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const lengths = 'Content-Length: 4\r\nTransfer-Encoding: chunked\r\n'
    const head = `POST http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: a\r\n${lengths}\r\n`
    expect(statusOf(await connectRaw(way.port, `${head}0\r\n\r\n`).end())).toBe(400)
    expect(seen).toEqual([])
  })
})

describe('the Authorization of a plain http request', () => {
  test('goes on as it is by default', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const line = `GET http://127.0.0.1:${port}/`
    await requestThrough(way.port, line, 'Authorization: Bearer a').end()
    expect(seen[0]?.headers['authorization']).toEqual(['Bearer a'])
  })

  test.for([
    ['Bearer a', ['Bearer a']],
    ['Bearer b', ['Bearer instead']],
    ['Bearer c', undefined],
  ] as const)('is chosen by the caller: %s', async ([sent, expected]) => {
    const { port, seen } = await startHttp()
    const urls: string[] = []
    const way = await openTestWayOut({
      chooseCredential: (url, authorization) => {
        urls.push(url.href)
        if (authorization === 'Bearer a') return authorization
        return authorization === 'Bearer b' ? 'Bearer instead' : undefined
      },
    })
    const line = `GET http://user:pass@127.0.0.1:${port}/a?b`
    await requestThrough(way.port, line, `Authorization: ${sent}`).end()
    expect(seen[0]?.headers['authorization']).toEqual(expected)
    expect(urls).toEqual([`http://127.0.0.1:${port}/a?b`])
  })

  test('that comes twice goes nowhere', async () => {
    const { port, seen } = await startHttp()
    const way = await openTestWayOut()
    const twice = ['Authorization: Bearer a', 'Authorization: Bearer b']
    await requestThrough(way.port, `GET http://127.0.0.1:${port}/`, ...twice).end()
    expect(seen[0]?.headers).not.toHaveProperty('authorization')
  })
})
