import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  connectRaw,
  connectThrough,
  openTestWayOut,
  requestThrough,
  startConnectProxy,
  startHttp,
  startStubborn,
  startTcp,
  statusOf,
  through,
} from './servers.ts'

describe('CONNECT', () => {
  test('a tunnel carries bytes both ways, and counts as one connection', async () => {
    const target = await startTcp((socket) => socket.pipe(socket))
    const way = await openTestWayOut()
    const client = connectThrough(way.port, `127.0.0.1:${target}`)
    await client.until('\r\n\r\n')
    client.socket.write('ping')
    expect(await client.until('ping')).toBe('HTTP/1.1 200 Connection Established\r\n\r\nping')
    expect(way.hosts()).toEqual([{ host: '127.0.0.1', connections: 1, refused: 0 }])
    expect(way.refusals()).toEqual([])
  })

  test('what a client sends without waiting for the answer arrives', async () => {
    const target = await startTcp((socket) => socket.pipe(socket))
    const way = await openTestWayOut()
    const client = connectRaw(
      way.port,
      `CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: a\r\n\r\nearly`,
    )
    await client.until('early')
  })

  test('what a target sends before it ends arrives whole, at a client that reads slowly', async () => {
    const bytes = 8 * 1024 * 1024
    const target = await startTcp((socket) => socket.end(Buffer.alloc(bytes, 'x')))
    const way = await openTestWayOut()
    const socket = connect(way.port, '127.0.0.1')
    socket.write(`CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: a\r\n\r\n`)
    let received = 0
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length
      socket.pause()
      setImmediate(() => socket.resume())
    })
    await once(socket, 'end')
    socket.destroy()
    expect(received).toBe(bytes + 'HTTP/1.1 200 Connection Established\r\n\r\n'.length)
  })

  test.for([
    'npm.jsr.io:443',
    'NPM.JSR.IO:443',
    'npm.jsr.io.:443',
    'jsr.io:443',
    'npm.jsr.io:8443',
    'npm.jsr%E3%80%82io:443',
    'npm%2ejsr%2eio:443',
  ])('%s is refused, written down and told, and nothing goes out', async (authority) => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    const answer = await connectThrough(way.port, authority).end()
    expect(statusOf(answer)).toBe(403)
    const host = authority.startsWith('jsr.io') ? 'jsr.io' : 'npm.jsr.io'
    const port = authority.endsWith('8443') ? 8443 : 443
    expect(way.refusals()).toEqual([{ host, port, url: undefined, reason: 'jsr' }])
    expect(way.told).toEqual(way.refusals())
    expect(way.hosts()).toEqual([{ host, connections: 0, refused: 1 }])
    expect(upstream.heads).toEqual([])
  })

  test.for([
    ['npm.jsr.io.evil.test:443', 'npm.jsr.io.evil.test'],
    ['evil-jsr.io:443', 'evil-jsr.io'],
    ['jsr.io.corp.example:443', 'jsr.io.corp.example'],
    ['jsr.example:443', 'jsr.example'],
    ['NPM.Corp.Example.:443', 'npm.corp.example'],
  ] as const)('%s only looks like JSR, and is let through', async ([authority, host]) => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    await connectThrough(way.port, authority).until('200 Connection Established')
    expect(way.hosts()).toEqual([{ host, connections: 1, refused: 0 }])
    // The name that was judged is the one that goes on, whatever its spelling was.
    expect(upstream.heads[0]).toMatch(`CONNECT ${host}:443 HTTP/1.1\r\n`)
  })

  test.for([
    'npm.jsr.io',
    'user:secret@npm.jsr.io:443',
    'evil.test/@npm.jsr.io:443',
    'npm.jsr.io..:443',
    'npm.jsr\xe3\x80\x82io:443',
    '/npm.jsr.io:443',
    ':443',
  ])('%s can not be read, so it is refused as invalid', async (authority) => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    const status = statusOf(await connectThrough(way.port, authority).end())
    expect([400, 403]).toContain(status)
    // Node's own parser turns some of them away before we see them.
    if (status === 403) expect(way.told).toMatchObject([{ reason: 'invalid', port: 0 }])
    expect(way.told).toEqual(way.refusals())
    expect(JSON.stringify(way.refusals())).not.toContain('secret')
    expect(way.hosts()).toEqual([])
    expect(upstream.heads).toEqual([])
  })

  test('the target decides, not the Host header', async () => {
    const target = await startTcp((socket) => socket.pipe(socket))
    const way = await openTestWayOut()
    const allowed = `CONNECT 127.0.0.1:${target} HTTP/1.1\r\nHost: npm.jsr.io\r\n\r\n`
    expect(statusOf(await connectRaw(way.port, allowed).until('\r\n\r\n'))).toBe(200)
    const refused = `CONNECT npm.jsr.io:443 HTTP/1.1\r\nHost: 127.0.0.1:${target}\r\n\r\n`
    expect(statusOf(await connectRaw(way.port, refused).end())).toBe(403)
  })

  test.for(['2130706433', '0x7f.1', '127.0.0.1.', '[::ffff:127.0.0.1]', '0177.1'])(
    'the address %s is judged and counted in its usual spelling',
    async (host) => {
      const target = await startTcp((socket) => socket.pipe(socket))
      const open = await openTestWayOut()
      await connectThrough(open.port, `${host}:${target}`).until('200 Connection Established')
      expect(open.hosts()).toEqual([{ host: '127.0.0.1', connections: 1, refused: 0 }])
      const closed = await openTestWayOut({ isRefused: (name) => name === '127.0.0.1' })
      expect(statusOf(await connectThrough(closed.port, `${host}:${target}`).end())).toBe(403)
    },
  )

  test('an IPv6 address is judged without brackets', async () => {
    const asked: string[] = []
    const isRefused = (host: string) => asked.push(host) > 0
    const way = await openTestWayOut({ isRefused })
    await connectThrough(way.port, '[2001:DB8:0:0::1]:443').end()
    expect(asked).toEqual(['2001:db8::1'])
  })

  test('a target that refuses the connection is a failure of its own, not a refusal', async () => {
    const way = await openTestWayOut()
    const other = await openTestWayOut()
    await other.close()
    expect(statusOf(await connectThrough(way.port, `127.0.0.1:${other.port}`).end())).toBe(502)
    expect(way.hosts()).toEqual([{ host: '127.0.0.1', connections: 1, refused: 0 }])
    expect(way.told).toEqual([])
  })
})

describe('a refusal', () => {
  test('is written down and answered when the caller is told', async () => {
    const moments: unknown[] = []
    const way = await openTestWayOut({
      onRefusal: () => moments.push([way.refusals().length, way.hosts()]),
    })
    const answer = await connectThrough(way.port, 'npm.jsr.io:443').end()
    expect(moments).toEqual([[1, [{ host: 'npm.jsr.io', connections: 0, refused: 1 }]]])
    expect(answer).toMatch(/jsr-guard allows no connection to npm\.jsr\.io/)
  })

  test('is told each time, and other hosts stay open', async () => {
    const target = await startHttp()
    const way = await openTestWayOut()
    await connectThrough(way.port, 'npm.jsr.io:443').end()
    await connectThrough(way.port, 'jsr.io:443').end()
    await connectThrough(way.port, 'npm.jsr.io:443').end()
    const answer = await requestThrough(way.port, `GET http://127.0.0.1:${target.port}/`).end()
    expect(statusOf(answer)).toBe(200)
    expect(way.told.map(({ host }) => host)).toEqual(['npm.jsr.io', 'jsr.io', 'npm.jsr.io'])
    expect(way.hosts()).toEqual([
      { host: '127.0.0.1', connections: 1, refused: 0 },
      { host: 'jsr.io', connections: 0, refused: 1 },
      { host: 'npm.jsr.io', connections: 0, refused: 2 },
    ])
  })

  test('may close the way out at once', async () => {
    let closed: Promise<void> | undefined
    const way = await openTestWayOut({
      onRefusal: () => {
        closed = way.close()
      },
    })
    await connectThrough(way.port, 'npm.jsr.io:443').end()
    await closed
    expect(way.refusals()).toHaveLength(1)
  })
})

describe('closing', () => {
  test('ends a tunnel that neither side would end', async () => {
    const { target, isGone } = await startStubborn()
    const way = await openTestWayOut()
    const client = connectThrough(way.port, `127.0.0.1:${target}`)
    await client.until('200 Connection Established')
    await way.close()
    await isGone
    await client.end()
  })

  test('gives up a connection that an upstream proxy never answers', async () => {
    const { target: proxy, isAsked, isGone } = await startStubborn()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${proxy}`) })
    connectThrough(way.port, 'registry.example:443')
    await isAsked
    await way.close()
    await isGone
  })

  test('gives up a plain request that is never answered', async () => {
    const { target, isAsked, isGone } = await startStubborn()
    const way = await openTestWayOut()
    requestThrough(way.port, `GET http://127.0.0.1:${target}/`)
    await isAsked
    await way.close()
    await isGone
  })

  test('may be asked for twice, and no one is served after', async () => {
    const way = await openTestWayOut()
    await Promise.all([way.close(), way.close()])
    await way.close()
    const socket = connect(way.port, '127.0.0.1')
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('connections that break', () => {
  test('a client that resets its tunnel ends the target, and nothing else', async () => {
    const { target, isGone } = await startStubborn()
    const way = await openTestWayOut()
    const client = connectThrough(way.port, `127.0.0.1:${target}`)
    await client.until('200 Connection Established')
    client.socket.resetAndDestroy()
    await isGone
    expect(statusOf(await connectThrough(way.port, 'npm.jsr.io:443').end())).toBe(403)
  })

  test('a target that resets its tunnel ends the client', async () => {
    const target = await startTcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const way = await openTestWayOut()
    const client = connectThrough(way.port, `127.0.0.1:${target}`)
    await client.until('200 Connection Established')
    client.socket.write('ping')
    await client.end()
  })

  test('a client that goes while its target is being reached leaves nothing behind', async () => {
    const { target: proxy, isAsked, isGone } = await startStubborn()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${proxy}`) })
    const client = connectThrough(way.port, 'registry.example:443')
    await isAsked
    client.socket.resetAndDestroy()
    await isGone
  })

  test('bytes that are no request are answered with 400', async () => {
    const way = await openTestWayOut()
    expect(statusOf(await connectRaw(way.port, '\x16\x03\x01\x02\r\n\r\n').end())).toBe(400)
    expect(way.hosts()).toEqual([])
  })
})

describe('with a password', () => {
  const credential = `Basic ${Buffer.from('jsr-guard:s%e c:ret').toString('base64')}`

  test('the URL carries it', async () => {
    const way = await openTestWayOut({ password: 's%e c:ret' })
    const { username, password } = new URL(way.url)
    expect([username, decodeURIComponent(password)]).toEqual(['jsr-guard', 's%e c:ret'])
  })

  test.for([
    [],
    [`Proxy-Authorization: ${credential}x`],
    ['Proxy-Authorization: Basic anNyLWd1YXJkOg=='],
    [`Authorization: ${credential}`],
  ])('a program that does not know it gets nowhere: %s', async (headers) => {
    const target = await startHttp()
    const way = await openTestWayOut({ password: 's%e c:ret' })
    const authority = `127.0.0.1:${target.port}`
    expect(statusOf(await connectThrough(way.port, authority, ...headers).end())).toBe(407)
    const line = `GET http://${authority}/`
    expect(statusOf(await requestThrough(way.port, line, ...headers).end())).toBe(407)
    expect(statusOf(await connectThrough(way.port, 'npm.jsr.io:443', ...headers).end())).toBe(407)
    expect([way.hosts(), way.told, target.seen]).toEqual([[], [], []])
  })

  test('a program that knows it is served, and the target never sees it', async () => {
    const target = await startHttp()
    const way = await openTestWayOut({ password: 's%e c:ret' })
    const header = `Proxy-Authorization: ${credential}`
    const authority = `127.0.0.1:${target.port}`
    await connectThrough(way.port, authority, header).until('200 Connection Established')
    await requestThrough(way.port, `GET http://${authority}/`, header).until('answer to /')
    expect(JSON.stringify(target.seen)).not.toContain(credential.slice(6))
  })
})
