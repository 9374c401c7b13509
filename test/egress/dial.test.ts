import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createAuthority } from '../world/certificates.ts'
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

describe('through an http proxy', () => {
  test('a tunnel is asked for by the judged name, with nothing of the client', async () => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    const headers = [
      'Authorization: Bearer secret',
      'Cookie: secret',
      'Proxy-Authorization: secret',
    ]
    const client = connectThrough(way.port, 'Registry.Example.:443', ...headers)
    await client.until('200 Connection Established')
    client.socket.write('ping')
    await client.until('ping')
    expect(upstream.heads).toEqual([
      'CONNECT registry.example:443 HTTP/1.1\r\nhost: registry.example:443\r\nConnection: close',
    ])
  })

  test('an IPv6 address is asked for in brackets', async () => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    await connectThrough(way.port, '[2001:db8::1]:443').until('200 Connection Established')
    expect(upstream.heads[0]).toMatch(
      'CONNECT [2001:db8::1]:443 HTTP/1.1\r\nhost: [2001:db8::1]:443',
    )
  })

  test.for([
    ['user:pass', 'user:pass'],
    ['us%40er:p%3Ass%2Fw%25rd%C3%A9', 'us@er:p:ss/w%rdé'],
    ['user', 'user:'],
    ['user:50%', 'user:50%'],
  ] as const)('the credentials %s are sent to it, and nowhere else', async ([userinfo, plain]) => {
    const upstream = await startConnectProxy()
    const http = await startHttp()
    const way = await openTestWayOut({
      upstream: {
        https: new URL(`http://${userinfo}@127.0.0.1:${upstream.port}`),
        http: new URL(`http://${userinfo}@127.0.0.1:${http.port}`),
        noProxy: ['127.0.0.1'],
      },
    })
    const credentials = Buffer.from(plain).toString('base64')
    await connectThrough(way.port, 'registry.example:443').until('200 Connection Established')
    expect(upstream.heads[0]).toContain(`\r\nproxy-authorization: Basic ${credentials}`)
    await requestThrough(way.port, 'GET http://registry.example/a').until('answer to')
    expect(http.seen[0]).toMatchObject({
      url: 'http://registry.example/a',
      headers: { 'proxy-authorization': [`Basic ${credentials}`], host: ['registry.example'] },
    })
    // Listed in NO_PROXY: the target is asked directly, and is sent no credentials.
    await requestThrough(way.port, `GET http://127.0.0.1:${http.port}/b`).until('answer to')
    expect(http.seen[1]?.url).toBe('/b')
    expect(http.seen[1]?.headers).not.toHaveProperty('proxy-authorization')
    expect(JSON.stringify([way.url, way.hosts(), way.refusals()])).not.toContain('user')
  })

  test.for([407, 403, 500, 502, 503])(
    'its refusal %i reaches the client and is not ours',
    async (status) => {
      const upstream = await startConnectProxy(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
      const proxy = `http://user:secret@127.0.0.1:${upstream.port}`
      const way = await openTestWayOut({ upstream: through(proxy) })
      const tunnelled = await connectThrough(way.port, 'registry.example:443').end()
      const plain = await requestThrough(way.port, 'GET http://registry.example/').end()
      expect([statusOf(tunnelled), statusOf(plain)]).toEqual([status, status])
      expect(tunnelled + plain).not.toMatch(/secret|proxy-auth/i)
      expect([way.told, way.refusals()]).toEqual([[], []])
      expect(way.hosts()).toEqual([{ host: 'registry.example', connections: 2, refused: 0 }])
    },
  )

  test.for([
    ['HTTP/1.1 302 Found\r\nLocation: http://npm.jsr.io/\r\n\r\n', 502],
    ['HTTP/1.1 101 Switching Protocols\r\n\r\n', 502],
    ['not http\r\n\r\n', 502],
  ] as const)('its odd answer %j is a failure', async ([answer, status]) => {
    const upstream = await startConnectProxy(answer)
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    expect(statusOf(await connectThrough(way.port, 'registry.example:443').end())).toBe(status)
  })

  test('what it sends together with its answer reaches the client', async () => {
    const upstream = await startConnectProxy('HTTP/1.1 200 OK\r\n\r\nhello')
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    await connectThrough(way.port, 'registry.example:443').until('hello')
  })

  test('JSR is refused before it is asked', async () => {
    const upstream = await startConnectProxy()
    const way = await openTestWayOut({ upstream: through(`http://127.0.0.1:${upstream.port}`) })
    await connectThrough(way.port, 'npm.jsr.io:443').end()
    await requestThrough(way.port, 'GET http://npm.jsr.io/').end()
    expect(upstream.heads).toEqual([])
    expect(way.told).toHaveLength(2)
  })

  test('that is not there is a failure that does not name its password', async () => {
    const gone = await openTestWayOut()
    await gone.close()
    const upstream = through(`http://user:secret@127.0.0.1:${gone.port}`)
    const way = await openTestWayOut({ upstream })
    const tunnelled = await connectThrough(way.port, 'registry.example:443').end()
    const plain = await requestThrough(way.port, 'GET http://registry.example/').end()
    expect([statusOf(tunnelled), statusOf(plain)]).toEqual([502, 502])
    expect(tunnelled + plain).not.toContain('secret')
  })
})

describe('through an https proxy', () => {
  const authority = createAuthority()

  async function startTlsProxy(names: readonly string[]) {
    const servernames: unknown[] = []
    const server = createTlsServer(authority.issue(names))
    const { port, heads } = await startConnectProxy(undefined, server)
    server.on('secureConnection', (socket: TLSSocket) => {
      servernames.push(socket.servername)
      let text = ''
      socket.on('error', () => undefined)
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString()
        if (!text.includes('\r\n\r\n')) return
        heads.push(text)
        text = ''
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        if (heads.at(-1)?.startsWith('GET')) socket.end('plain')
      })
    })
    return { port, heads, servernames }
  }

  test('its certificate is checked against its own name, not the target', async () => {
    const proxy = await startTlsProxy(['localhost'])
    const upstream = { ...through(`https://localhost:${proxy.port}`), ca: [authority.cert] }
    const way = await openTestWayOut({ upstream })
    await connectThrough(way.port, 'registry.example:443').until('200 Connection Established')
    await requestThrough(way.port, 'GET http://registry.example/a').until('plain')
    expect(proxy.servernames).toEqual(['localhost', 'localhost'])
    expect(proxy.heads[0]).toMatch('CONNECT registry.example:443 HTTP/1.1\r\n')
    expect(proxy.heads[1]).toMatch('GET http://registry.example/a HTTP/1.1\r\n')
  })

  test.for([
    ['a certificate for the target', ['registry.example'], [authority.cert]],
    ['a certificate of nobody we trust', ['localhost'], undefined],
  ] as const)('%s is no proof of the proxy', async ([, names, ca]) => {
    const proxy = await startTlsProxy(names)
    const way = await openTestWayOut({
      upstream: { ...through(`https://user:secret@localhost:${proxy.port}`), ca },
    })
    const answer = await connectThrough(way.port, 'registry.example:443').end()
    expect(statusOf(answer)).toBe(502)
    expect(proxy.heads).toEqual([])
  })
})

describe('through a SOCKS proxy', () => {
  test.for(['socks', 'socks5', 'socks5h'])('%s is given the judged name', async (scheme) => {
    const socks = await startSocks()
    const upstream = through(`${scheme}://us%40er:p%25ss@127.0.0.1:${socks.port}`)
    const way = await openTestWayOut({ upstream })
    const client = connectThrough(way.port, 'Registry.Example.:443')
    await client.until('200 Connection Established')
    client.socket.write('ping')
    await client.until('ping')
    expect(socks.asked).toEqual(['us@er:p%ss', '3 registry.example:443'])
  })

  test('socks4 is given the judged name', async () => {
    const socks = await startSocks()
    const way = await openTestWayOut({ upstream: through(`socks4://me@127.0.0.1:${socks.port}`) })
    await connectThrough(way.port, 'registry.example:443').until('200 Connection Established')
    expect(socks.asked).toEqual(['4 me|registry.example|443'])
  })

  test('plain http goes through it as a connection', async () => {
    const socks = await startSocks()
    const upstream = through(`socks5://user:pass@127.0.0.1:${socks.port}`)
    const way = await openTestWayOut({ upstream })
    const client = requestThrough(way.port, 'GET http://registry.example/a')
    // It echoes the request, which is no http answer.
    expect(statusOf(await client.end())).toBe(502)
    expect(socks.asked[1]).toBe('3 registry.example:80')
  })

  test('its refusal reaches the client without the password', async () => {
    const socks = await startSocks(2)
    const upstream = through(`socks5://user:secret@127.0.0.1:${socks.port}`)
    const way = await openTestWayOut({ upstream })
    const answer = await connectThrough(way.port, 'registry.example:443').end()
    expect(statusOf(answer)).toBe(502)
    expect(answer).not.toContain('secret')
    expect(way.told).toEqual([])
  })

  test('one that never answers is given up when the client goes', async () => {
    const { target: port, isAsked, isGone } = await startStubborn()
    const way = await openTestWayOut({ upstream: through(`socks5://127.0.0.1:${port}`) })
    const client = connectThrough(way.port, 'registry.example:443')
    await isAsked
    client.socket.destroy()
    await isGone
  })
})

test('the exceptions of the user are reached directly', async () => {
  const target = await startTcp((socket) => socket.pipe(socket))
  const upstream = await startConnectProxy()
  const way = await openTestWayOut({
    upstream: through(`http://127.0.0.1:${upstream.port}`, ['127.0.0.1']),
  })
  await connectThrough(way.port, `127.0.0.1:${target}`).until('200 Connection Established')
  await connectThrough(way.port, 'registry.example:443').until('200 Connection Established')
  expect(upstream.heads).toHaveLength(1)
})

test('a JSR host on the list of exceptions is refused all the same', async () => {
  const upstream = await startConnectProxy()
  const noProxy = ['npm.jsr.io', '*']
  const way = await openTestWayOut({
    upstream: through(`http://127.0.0.1:${upstream.port}`, noProxy),
  })
  expect(statusOf(await connectThrough(way.port, 'npm.jsr.io:443').end())).toBe(403)
})

test('a way out behind another one is refused there, and says so', async () => {
  const outer = await openTestWayOut()
  const inner = await openTestWayOut({ upstream: through(outer.url), isRefused: () => false })
  const answer = await connectRaw(
    inner.port,
    'CONNECT npm.jsr.io:443 HTTP/1.1\r\nHost: a\r\n\r\n',
  ).end()
  expect(statusOf(answer)).toBe(403)
  expect(outer.told).toHaveLength(1)
  expect(inner.told).toEqual([])
})

/** As much of SOCKS 5 (RFC 1928, 1929) and 4a as a test needs. It sends back what it is sent. */
async function startSocks(reply = 0): Promise<{ readonly port: number; readonly asked: string[] }> {
  const asked: string[] = []
  const authenticate = (socket: Socket, chunk: Buffer) => {
    const end = 2 + (chunk[1] ?? 0)
    asked.push(`${chunk.subarray(2, end).toString()}:${chunk.subarray(end + 1).toString()}`)
    socket.write(Buffer.from([1, 0]))
  }
  const connect5 = (socket: Socket, chunk: Buffer) => {
    const name = chunk.subarray(5, 5 + (chunk[4] ?? 0)).toString()
    asked.push(`${chunk[3]} ${name}:${chunk.readUInt16BE(chunk.length - 2)}`)
    socket.write(Buffer.from([5, reply, 0, 1, 127, 0, 0, 1, 0, 0]))
    socket.pipe(socket)
  }
  const connect4 = (socket: Socket, chunk: Buffer) => {
    asked.push(`4 ${chunk.subarray(8).toString().replaceAll('\0', '|')}${chunk.readUInt16BE(2)}`)
    socket.write(Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]))
    socket.pipe(socket)
  }
  const port = await startTcp((socket) => {
    const steps = [() => socket.write(Buffer.from([5, 2])), authenticate, connect5]
    socket.on('data', (chunk: Buffer) => {
      if (chunk[0] === 4 && steps.length === 3) connect4(socket, chunk)
      else steps.shift()?.(socket, chunk)
    })
  })
  return { port, asked }
}
