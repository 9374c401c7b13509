import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GatewayOptions } from '../../src/gateway/handler.ts'
import { parsePackagePattern } from '../../src/specifier/parse-package-pattern.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { transports, type Answer } from './transports.ts'

const name = '@jsr/luca__cases'
const tarball = `/${name}/-/luca__cases-1.0.0.tgz`
const publicUrl = 'https://jsr.corp.example/base/'

let jsr: JsrEndpoint
beforeAll(async () => {
  jsr = await startJsrEndpoint()
  jsr.build({ name, version: '1.0.0', dependencies: { '@jsr/std__path': '^1' } })
  jsr.build({ name, version: '1.1.0', revision: 12, time: '2026-11-01T00:00:00.000Z' })
  jsr.build({ name, version: '2.0.0-beta.1' })
  jsr.build({ name: '@jsr/std__path', version: '1.0.0-rc.1' })
})
beforeEach(() => {
  jsr.forget()
  jsr.intercept(undefined)
})
afterAll(() => jsr.close())

describe.for(Object.entries(transports))('gateway, %s', ([, connect]) => {
  const open = async (options: Partial<GatewayOptions> = {}) =>
    await connect({ publicUrl, upstream: jsr.url, ...options })

  test('a packument names tarballs by the convention of npm, whatever layout JSR has them in', async () => {
    const ask = await open()
    const { status, headers, body } = await ask(`/${name}`)
    expect({ status, type: headers['content-type'] }).toEqual({
      status: 200,
      type: 'application/json',
    })
    const packument = JSON.parse(body.toString())
    const { dist } = packument.versions['1.0.0']
    expect(packument).toMatchObject({
      name,
      description: 'a package',
      'dist-tags': { latest: '1.1.0' },
    })
    expect(Object.keys(packument.versions)).toEqual(['1.0.0', '1.1.0', '2.0.0-beta.1'])
    expect(dist.tarball).toBe(`${publicUrl}${name}/-/luca__cases-1.0.0.tgz`)
    expect(packument.versions['1.1.0'].dist.tarball).toBe(
      `${publicUrl}${name}/-/luca__cases-1.1.0.tgz`,
    )
    expect(dist.shasum).toMatch(/^[0-9a-f]{40}$/)
    expect(packument.versions['1.0.0'].dependencies).toEqual({ '@jsr/std__path': '^1' })
    expect(packument.time['1.1.0']).toBe('2026-11-01T00:00:00.000Z')
    const upstream = JSON.parse(await (await fetch(new URL(name, jsr.url))).text())
    expect(dist.integrity).toBe(upstream.versions['1.0.0'].dist.integrity)
  })

  test('latest is a pre-release only where there is nothing else', async () => {
    const ask = await open()
    const packument = JSON.parse((await ask('/@jsr/std__path')).body.toString())
    expect(packument['dist-tags']).toEqual({ latest: '1.0.0-rc.1' })
  })

  test.for([
    ['application/vnd.npm.install-v1+json', true],
    ['application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*', true],
    ['application/json, application/vnd.npm.install-v1+json;q=0.5', false],
    ['application/vnd.npm.install-v1+json;q=0', false],
    ['*/*', false],
  ] as const)(
    'with Accept %s the packument is abbreviated: %s',
    async ([accept, isAbbreviated]) => {
      const ask = await open()
      const { headers, body } = await ask(`/${name}`, { headers: { accept } })
      const packument = JSON.parse(body.toString())
      expect('time' in packument).toBe(!isAbbreviated)
      expect(headers['vary']).toContain('accept')
      expect(packument.versions['1.0.0'].dist.tarball).toContain('/-/luca__cases-1.0.0.tgz')
    },
  )

  test('every form has an ETag of its own, the same in every process, and answers 304 to it', async () => {
    const [one, other] = [await open(), await open()]
    const forms = [{ accept: '*/*' }, { accept: 'application/vnd.npm.install-v1+json' }]
    const tags = new Set<string | undefined>()
    for (const form of forms) {
      const { etag } = (await one(`/${name}`, { headers: form })).headers
      tags.add(etag)
      const again = await other(`/${name}`, { headers: { ...form, 'if-none-match': String(etag) } })
      expect(again).toMatchObject({ status: 304, headers: { etag }, body: Buffer.alloc(0) })
    }
    const pinned = await one(tarball)
    tags.add(pinned.headers['etag'])
    const etag = String(pinned.headers['etag'])
    expect(await one(tarball, { headers: { 'if-none-match': `"x", W/${etag}` } })).toMatchObject({
      status: 304,
    })
    expect(tags.size).toBe(3)
    expect(etag).toMatch(/^"/)
  })

  test('encodings are by negotiation, and the decoded bytes the same', async () => {
    const ask = await open()
    const plain = (await ask(`/${name}`)).body
    const gzip = await ask(`/${name}`, { headers: { 'accept-encoding': 'gzip, deflate' } })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.body)).toEqual(plain)
    const best = await ask(`/${name}`, { headers: { 'accept-encoding': 'gzip, br' } })
    if (best.headers['content-encoding'] === 'br')
      expect(brotliDecompressSync(best.body)).toEqual(plain)
    else expect(gunzipSync(best.body)).toEqual(plain)
    const none = await ask(`/${name}`, { headers: { 'accept-encoding': 'gzip;q=0, br;q=0' } })
    expect(none.body).toEqual(plain)
    expect(none.headers['content-encoding']).toBeUndefined()
  })

  test.for([`/${name}`, tarball, '/', '/-/ping', '/robots.txt', '/-/health', '/lodash'])(
    'HEAD %s has the status and headers of GET, and no body',
    async (path) => {
      const ask = await open()
      const head = await ask(path, { method: 'HEAD' })
      const get = await ask(path)
      expect(head.body.length).toBe(0)
      expect(head.status).toBe(get.status)
      for (const header of ['content-length', 'etag', 'content-type']) {
        expect(head.headers[header]).toBe(get.headers[header])
      }
    },
  )

  test.for([
    tarball,
    `/${name}/-/1.0.0.tgz`,
    `/${name}/-/@jsr/luca__cases-1.0.0.tgz`,
    '/@jsr%2fluca__cases/-/luca__cases-1.0.0.tgz',
    '/%40jsr%2Fluca__cases/-/%40jsr%2fluca__cases-1.0.0.tgz',
    `/base/${name}/-/luca__cases-1.0.0.tgz`,
    `${tarball}?cache=off`,
  ])('%s is the tarball, byte for byte, and never a redirect', async (path) => {
    const ask = await open()
    const { status, headers, body } = await ask(path)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
      'content-length': String(body.length),
    })
    expect(headers['location']).toBeUndefined()
    expect(body).toEqual(
      Buffer.from(await (await fetch(new URL(`~/11/${name}/1.0.0.tgz`, jsr.url))).arrayBuffer()),
    )
  })

  test('a tarball of revision 12 comes from where JSR has it now', async () => {
    const ask = await open()
    const { body } = await ask(`/${name}/-/luca__cases-1.1.0.tgz`)
    const path = `${name}/-/luca__cases-1.1.0.tgz`
    expect(body).toEqual(Buffer.from(await (await fetch(new URL(path, jsr.url))).arrayBuffer()))
  })

  test.for([
    ['bytes=0-9', 206, [0, 10]],
    ['bytes=10-', 206, [10, undefined]],
    ['bytes=-7', 206, [-7, undefined]],
    ['bytes=0-999999', 206, [0, undefined]],
    ['bytes=999999-', 416, undefined],
    ['bytes=0-1,4-5', 200, [0, undefined]],
    ['bytes=9-1', 200, [0, undefined]],
    ['lines=1-2', 200, [0, undefined]],
  ] as const)('Range %s is answered with %d', async ([range, status, part]) => {
    const ask = await open()
    const whole = (await ask(tarball)).body
    const answer = await ask(tarball, { headers: { range } })
    expect(answer.status).toBe(status)
    if (part !== undefined) expect(answer.body).toEqual(whole.subarray(part[0], part[1]))
  })

  test('a part is sent only of the body that If-Range names', async () => {
    const ask = await open()
    const { headers, body } = await ask(tarball)
    const range = 'bytes=0-9'
    const same = await ask(tarball, { headers: { range, 'if-range': String(headers['etag']) } })
    const other = await ask(tarball, { headers: { range, 'if-range': '"other"' } })
    expect([same.status, other.status]).toEqual([206, 200])
    expect(other.body).toEqual(body)
  })

  test('what a registry asks before it begins is answered', async () => {
    const ask = await open()
    expect(text(await ask('/'))).toEqual([200, '{}'])
    expect(text(await ask('/-/ping'))).toEqual([200, '{}'])
    expect(text(await ask('/robots.txt'))).toEqual([200, 'User-agent: *\nAllow: /\n'])
    expect(text(await ask('/-/v1/search?text=x'))).toEqual([200, '{"objects":[],"total":0}'])
    expect(text(await ask('/-/ready'))).toEqual([200, '{"ready":true,"upstream":"up"}'])
    expect(jsr.requests).toEqual([])
  })

  test.for([
    '/lodash',
    '/@types/node',
    '/@jsr',
    '/@jsr/',
    '/@jsr/luca',
    '/@jsr/luca__',
    '/@jsr/Luca__cases',
    '/@jsr/luca__cases/1.0.0',
    '/@jsr/luca__cases/-/other-1.0.0.tgz',
    '/@jsr/luca__cases/-/luca__cases-1.0.tgz',
    '/@jsr/luca__cases/-/luca__cases-v1.0.0.tgz',
    '/@jsr/luca__cases/-/luca__cases-1.0.0.zip',
    '/~/11/@jsr/luca__cases/1.0.0.tgz',
    '/-/all',
    '/-/package/@jsr%2fluca__cases/dist-tags',
    '/%',
    '/%e0%a4%a',
    '/@jsr/luca__cases%00',
    '/@jsr/luca__cases%2f..%2fstd__path',
    '/@jsr/%2e%2e/@jsr/luca__cases%252f',
    '/@jsr%252fluca__cases',
    '/@jsr%5cluca__cases',
    '/@jsr/luca__cases/-/..%2f..%2f..%2fetc%2fpasswd',
    `/@jsr/${'a'.repeat(300)}__cases`,
    `/@jsr/luca__cases?${'x'.repeat(5000)}`,
  ])('%s is 404 in JSON, and JSR is not asked', async (path) => {
    const ask = await open()
    const { status, headers, body } = await ask(path)
    expect({ status, type: headers['content-type'], body: body.toString() }).toEqual({
      status: 404,
      type: 'application/json',
      body: '{"error":"not found"}',
    })
    expect(jsr.requests).toEqual([])
  })

  test('a package that JSR has not got is 404 in JSON', async () => {
    const ask = await open()
    expect(text(await ask('/@jsr/no__body'))).toEqual([404, '{"error":"not found"}'])
    expect(text(await ask('/@jsr/no__body/-/no__body-1.0.0.tgz'))).toEqual([
      404,
      '{"error":"not found"}',
    ])
    expect(text(await ask(`/${name}/-/luca__cases-9.9.9.tgz`))).toEqual([
      404,
      '{"error":"not found"}',
    ])
    jsr.forget()
    await ask('/@jsr/no__body')
    await ask(`/${name}/-/luca__cases-9.9.9.tgz`)
    expect(jsr.requests).toEqual([])
  })

  test.for(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused', async (method) => {
    const ask = await open()
    const { status, headers } = await ask(`/${name}`, { method })
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD' })
  })

  test('nothing that a client says of hosts gets into an answer', async () => {
    const ask = await open()
    const before = await ask(`/${name}`)
    const poison = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-prefix': '/evil',
      forwarded: 'host=evil.example;proto=http',
      'x-original-url': '/evil',
      'x-rewrite-url': '/evil',
    }
    const poisoned = await ask(`/${name}`, { headers: poison })
    expect(poisoned.body).toEqual(before.body)
    expect(JSON.stringify(poisoned.headers)).not.toContain('evil')
  })

  test('what the policy does not let through is neither listed nor served', async () => {
    const ask = await open({
      now: () => Date.parse('2026-11-02T00:00:00Z'),
      policy: {
        allow: [parsePackagePattern('@luca/*'), parsePackagePattern('@std/path@^2')],
        deny: [parsePackagePattern('@luca/cases@>=2.0.0-0'), parsePackagePattern('@luca/evil')],
        minimumAgeDays: 3,
      },
    })
    const packument = JSON.parse((await ask(`/${name}`)).body.toString())
    expect(Object.keys(packument.versions)).toEqual(['1.0.0'])
    expect(packument['dist-tags']).toEqual({ latest: '1.0.0' })
    expect((await ask(tarball)).status).toBe(200)
    expect(text(await ask(`/${name}/-/luca__cases-1.1.0.tgz`))).toEqual([
      404,
      expect.stringContaining('3 days'),
    ])
    expect(text(await ask(`/${name}/-/luca__cases-2.0.0-beta.1.tgz`))).toEqual([
      404,
      expect.stringContaining('denied'),
    ])
    expect(text(await ask('/@jsr/std__path'))).toEqual([404, expect.stringContaining('policy')])
    jsr.forget()
    expect(text(await ask('/@jsr/luca__evil'))).toEqual([404, expect.stringContaining('denied')])
    expect(text(await ask('/@jsr/luca__evil/-/luca__evil-1.0.0.tgz'))).toEqual([
      404,
      expect.stringContaining('denied'),
    ])
    expect(text(await ask('/@jsr/other__one'))).toEqual([
      404,
      expect.stringContaining('allow list'),
    ])
    expect(jsr.requests).toEqual([])
  })

  test('where credentials are asked for, one of them lets in, and nothing else', async () => {
    const credentials = [
      { type: 'bearer', token: 'tok-en' },
      { type: 'basic', username: 'user', password: 'pass:word' },
    ] as const
    const ask = await open({ credentials })
    const basic = Buffer.from('user:pass:word').toString('base64')
    const tryWith = async (authorization?: string) =>
      (await ask(`/${name}`, { headers: authorization === undefined ? {} : { authorization } }))
        .status
    expect(await tryWith('Bearer tok-en')).toBe(200)
    expect(await tryWith('bearer tok-en')).toBe(200)
    expect(await tryWith(`Basic ${basic}`)).toBe(200)
    for (const wrong of [
      undefined,
      '',
      'Bearer',
      'Bearer tok-e',
      'Bearer tok-enn',
      `Bearer ${basic}`,
      'tok-en',
    ]) {
      expect(await tryWith(wrong)).toBe(401)
    }
    const { headers } = await ask(tarball, { headers: { authorization: 'Bearer tok-en' } })
    expect(headers['cache-control']).toMatch(/^private/)
    expect((await ask('/-/metrics')).status).toBe(401)
    expect((await ask('/lodash')).status).toBe(401)
    expect((await ask('/-/ready')).status).toBe(200)
  })

  test('metrics count what happened, by kind', async () => {
    const ask = await open()
    await ask(`/${name}`)
    await ask(`/${name}`)
    await ask(tarball)
    await ask('/lodash')
    const { body } = await ask('/-/metrics')
    const lines = body.toString().split('\n')
    expect(lines).toContain('jsr_guard_gateway_requests_total{kind="packument",status="200"} 2')
    expect(lines).toContain('jsr_guard_gateway_requests_total{kind="refused",status="404"} 1')
    expect(lines).toContain('jsr_guard_gateway_upstream_requests_total{outcome="found"} 2')
    expect(lines).toContain('jsr_guard_gateway_upstream_down 0')
  })
})

function text({ status, body }: Answer): [number, string] {
  return [status, body.toString()]
}
