import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { GatewayEvent, GatewayOptions, PinStore } from '../../src/gateway/handler.ts'
import { openDiskStore } from '../../src/serve/disk-store.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { transports, type Ask } from './transports.ts'

const publicUrl = 'https://jsr.corp.example/'
/** Larger than what is kept in memory, and than what one read of a socket gives. */
const large = { 'data.bin': randomText(3_300_000) }

let jsr: JsrEndpoint
beforeAll(async () => {
  jsr = await startJsrEndpoint()
})
beforeEach(() => {
  jsr.forget()
  jsr.intercept(undefined)
})
afterAll(() => jsr.close())

describe.for(Object.entries(transports))('pins, %s', ([transport, connect]) => {
  /** Packages of its own for each test: the endpoint is one for all. */
  let serial = 0
  const freshName = () => `@jsr/${transport.replace(' ', '-')}__package-${(serial += 1)}`
  const events: GatewayEvent[] = []
  const open = async (options: Partial<GatewayOptions> = {}): Promise<Ask> => {
    events.length = 0
    return await connect({
      publicUrl,
      upstream: jsr.url,
      log: (event) => events.push(event),
      ...options,
    })
  }

  test.for([
    ['in place', 12, 12],
    ['in the new layout', 11, 12],
    ['under a new revision', 11, 13],
  ] as const)(
    'after JSR rebuilt %s, what was delivered first is listed and served',
    async ([, before, after]) => {
      const name = freshName()
      const folder = await createFolder()
      const first = jsr.build({ name, version: '1.0.0', revision: before })
      const ask = await open({ store: await openDiskStore(folder) })
      expect((await ask(tarballOf(name))).body).toEqual(first.tarball)
      const second = jsr.build({ name, version: '1.0.0', revision: after })
      expect(second.integrity).not.toBe(first.integrity)
      for (const one of [ask, await open({ store: await openDiskStore(folder) })]) {
        const { body } = await one(`/${name}`)
        const { dist } = JSON.parse(body.toString()).versions['1.0.0']
        expect(dist).toMatchObject({ integrity: first.integrity, shasum: first.shasum })
        expect((await one(tarballOf(name))).body).toEqual(first.tarball)
      }
    },
  )

  test('a version that nobody had yet follows JSR', async () => {
    const name = freshName()
    const store = await openDiskStore(await createFolder())
    jsr.build({ name, version: '1.0.0' })
    await (
      await open({ store })
    )(`/${name}`)
    const second = jsr.build({ name, version: '1.0.0', revision: 12 })
    const ask = await open({ store })
    expect(
      JSON.parse((await ask(`/${name}`)).body.toString()).versions['1.0.0'].dist.integrity,
    ).toBe(second.integrity)
    expect((await ask(tarballOf(name))).body).toEqual(second.tarball)
  })

  test('without a store, a rebuild in place is reported, and nothing wrong is delivered', async () => {
    const name = freshName()
    jsr.build({ name, version: '1.0.0', revision: 12, files: large })
    const ask = await open()
    await ask(`/${name}`)
    const { integrity, tarball } = jsr.build({ name, version: '1.0.0', revision: 12, files: large })
    await expect(ask(tarballOf(name))).rejects.toThrow()
    expect(events).toContainEqual(
      expect.objectContaining({
        level: 'error',
        event: 'integrity-mismatch',
        name,
        actual: integrity,
      }),
    )
    // From then on JSR's word and JSR's bytes are of one build again.
    expect((await ask(tarballOf(name))).body.equals(tarball)).toBe(true)
    expect(events).toContainEqual(expect.objectContaining({ event: 'integrity-changed', name }))
  })

  test.for<readonly [string, { isShort: boolean; hasLength: boolean }]>([
    ['the bytes are others', { isShort: false, hasLength: true }],
    ['the bytes are others, and no length was announced', { isShort: false, hasLength: false }],
    ['the body is cut off', { isShort: true, hasLength: true }],
    ['the body is cut off, and no length was announced', { isShort: true, hasLength: false }],
  ])(
    'where %s, nothing is delivered as whole, stored or pinned',
    async ([, { isShort, hasLength }]) => {
      const name = freshName()
      const folder = await createFolder()
      const { tarball } = jsr.build({ name, version: '1.0.0', files: large })
      jsr.intercept(({ url }, response) => {
        if (url?.endsWith('.tgz') !== true) return false
        response.writeHead(200, hasLength ? { 'content-length': tarball.length } : {})
        if (isShort) response.write(tarball.subarray(0, -1000), () => response.destroy())
        else response.end(Buffer.concat([tarball.subarray(0, -1), Buffer.from([7])]))
        return true
      })
      const store = await openDiskStore(folder)
      expect((await (await open({ store }))(tarballOf(name))).status).toBe(502)
      expect(await listFiles(folder)).toEqual([])
      await expect((await open())(tarballOf(name))).rejects.toThrow()
      jsr.intercept(undefined)
      const { body } = await (await open({ store }))(tarballOf(name))
      expect(body.equals(tarball)).toBe(true)
      expect((await listFiles(folder)).length).toBe(2)
    },
  )

  test('what is stored and is no longer what it was is not delivered', async () => {
    const name = freshName()
    const folder = await createFolder()
    const { tarball } = jsr.build({ name, version: '1.0.0' })
    await (
      await open({ store: await openDiskStore(folder) })
    )(tarballOf(name))
    const [content] = (await listFiles(folder)).filter((file) => file.endsWith('.tgz'))
    await writeFile(join(folder, String(content)), 'something else')
    const ask = await open({ store: await openDiskStore(folder) })
    expect((await ask(tarballOf(name))).status).toBe(503)
    // Lost altogether, it is fetched again: the pin says what it must be.
    await rm(join(folder, String(content)))
    expect(
      (await (await open({ store: await openDiskStore(folder) }))(tarballOf(name))).body,
    ).toEqual(tarball)
    const [pin] = (await listFiles(folder)).filter((file) => file.endsWith('.json'))
    await writeFile(join(folder, String(pin)), '{"schemaVersion":1')
    const torn = await open({ store: await openDiskStore(folder) })
    expect((await torn(tarballOf(name))).status).toBe(503)
    expect((await torn(`/${name}`)).status).toBe(503)
  })

  test('while the store fails, nothing that is not pinned is delivered; what is pinned is', async () => {
    const name = freshName()
    const disk = await openDiskStore(await createFolder())
    const state = { isFull: false }
    const store: PinStore = {
      ...disk,
      async create(key, body) {
        for await (const _ of state.isFull ? body : []) throw new Error('ENOSPC')
        return await disk.create(key, body)
      },
    }
    const first = jsr.build({ name, version: '1.0.0' })
    const second = jsr.build({ name, version: '2.0.0' })
    const ask = await open({ store })
    await ask(tarballOf(name))
    state.isFull = true
    expect((await ask(tarballOf(name, '2.0.0'))).status).toBe(503)
    expect((await ask(tarballOf(name))).body).toEqual(first.tarball)
    expect(events).toContainEqual(expect.objectContaining({ event: 'store-failure' }))
    state.isFull = false
    expect((await ask(tarballOf(name, '2.0.0'))).body).toEqual(second.tarball)
  })

  test('two gateways on one store that see different builds first deliver one of them', async () => {
    const name = freshName()
    const folder = await createFolder()
    const versions = Array.from({ length: 8 }, (_, index) => `1.0.${index}`)
    for (const version of versions) jsr.build({ name, version, revision: 11 })
    const one = await open({ store: await openDiskStore(folder) })
    await one(`/${name}`)
    for (const version of versions) jsr.build({ name, version, revision: 12 })
    const other = await open({ store: await openDiskStore(folder) })
    await other(`/${name}`)
    const pairs = await Promise.all(
      versions.map(async (version) => {
        return await Promise.all(
          [one, other].map(async (ask) => await ask(tarballOf(name, version))),
        )
      }),
    )
    for (const [index, [left, right]] of pairs.entries()) {
      expect([left?.status, right?.status]).toEqual([200, 200])
      expect(left?.body).toEqual(right?.body)
      const pin = await readFile(join(folder, 'pins', name, `${versions[index]}.json`), 'utf8')
      expect(JSON.parse(pin).integrity).toBe(integrityOf(left?.body))
    }
  })

  test('a large tarball comes from the store in parts, whole, and by range', async () => {
    const name = freshName()
    const folder = await createFolder()
    const { tarball } = jsr.build({ name, version: '1.0.0', files: large })
    const ask = await open({ store: await openDiskStore(folder) })
    expect((await ask(tarballOf(name))).body.equals(tarball)).toBe(true)
    expect((await ask(tarballOf(name))).body.equals(tarball)).toBe(true)
    const part = await ask(tarballOf(name), { headers: { range: 'bytes=2000000-2000999' } })
    expect(part.body.equals(tarball.subarray(2_000_000, 2_001_000))).toBe(true)
    expect((await ask(tarballOf(name), { method: 'HEAD' })).headers['content-length']).toBe(
      String(tarball.length),
    )
    expect(jsr.requests.filter((asked) => asked.endsWith('.tgz'))).toHaveLength(1)
  })

  test('while JSR is down, what was known is served as stale, and what is pinned after a restart too', async () => {
    const name = freshName()
    const store = await openDiskStore(await createFolder())
    const { tarball, integrity } = jsr.build({ name, version: '1.0.0' })
    jsr.build({ name, version: '1.1.0' })
    let now = Date.now()
    const clock = () => now
    const ask = await open({ store, now: clock })
    await ask(`/${name}`)
    await ask(tarballOf(name))
    jsr.intercept((_, response) => {
      response.writeHead(500).end()
      return true
    })
    now += 61_000
    const stale = await ask(`/${name}`)
    expect(stale).toMatchObject({ status: 200, headers: { warning: '110 - "Response is Stale"' } })
    expect(Object.keys(JSON.parse(stale.body.toString()).versions)).toEqual(['1.0.0', '1.1.0'])
    const restarted = await open({ store })
    const { versions } = JSON.parse((await restarted(`/${name}`)).body.toString())
    expect(Object.keys(versions)).toEqual(['1.0.0'])
    expect(versions['1.0.0'].dist.integrity).toBe(integrity)
    expect((await restarted(tarballOf(name))).body).toEqual(tarball)
    expect((await restarted(tarballOf(name, '1.1.0'))).status).toBe(502)
    expect((await (await open())(`/${name}`)).status).toBe(502)
  })

  test('an upstream that hangs is waited for no longer than it may take', async () => {
    const name = freshName()
    const { tarball } = jsr.build({ name, version: '1.0.0' })
    const ask = await open({ timeoutMs: 300 })
    await ask(`/${name}`)
    jsr.intercept(({ url }, response) => {
      if (url?.endsWith('.tgz') !== true) return true
      response.writeHead(200, { 'content-length': tarball.length }).write(tarball.subarray(0, 9))
      return true
    })
    expect((await ask(`/${freshName()}`)).status).toBe(502)
    await expect(ask(tarballOf(name))).rejects.toThrow()
    const store = await openDiskStore(await createFolder())
    const stored = await open({ timeoutMs: 300, store })
    expect((await stored(tarballOf(name))).status).toBe(502)
  })

  test('while JSR hangs, what was known is served as stale before the time is up', async () => {
    const name = freshName()
    jsr.build({ name, version: '1.0.0' })
    let now = Date.now()
    const ask = await open({ canShare: true, now: () => now })
    await ask(`/${name}`)
    jsr.intercept(() => true)
    now += 61_000
    const [one, other] = await Promise.all([ask(`/${name}`), ask(`/${name}`)])
    for (const stale of [one, other]) {
      expect(stale).toMatchObject({
        status: 200,
        headers: { warning: '110 - "Response is Stale"' },
      })
    }
    expect(jsr.requests).toHaveLength(2)
  })

  test('what many ask for at once is fetched once, where requests may share', async () => {
    const name = freshName()
    const { tarball } = jsr.build({ name, version: '1.0.0' })
    const ask = await open({ canShare: true, store: await openDiskStore(await createFolder()) })
    const answers = await Promise.all(
      Array.from({ length: 40 }, async () => await ask(tarballOf(name))),
    )
    for (const { body } of answers) expect(body.equals(tarball)).toBe(true)
    expect(jsr.requests).toEqual([`GET /${name}`, `GET /~/11/${name}/1.0.0.tgz`])
  })

  test('after some failures JSR is left alone, and asked again later', async () => {
    const names = Array.from({ length: 8 }, freshName)
    for (const name of names) jsr.build({ name, version: '1.0.0' })
    let now = Date.now()
    const ask = await open({ now: () => now })
    jsr.intercept((_, response) => {
      response.writeHead(503).end()
      return true
    })
    for (const name of names) expect((await ask(`/${name}`)).status).toBe(502)
    const isRetried = transport === 'over http'
    // Another test's gateway may still be asking again for what it was not given.
    const asked = jsr.requests.filter((request) => names.some((name) => request.endsWith(name)))
    expect(new Set(asked).size).toBe(5)
    expect(asked.length).toBe(isRetried ? 10 : 5)
    expect((await ask('/-/ready')).body.toString()).toContain('"upstream":"down"')
    jsr.intercept(undefined)
    now += 10_000
    expect((await ask(`/${names[7]}`)).status).toBe(200)
    expect((await ask('/-/ready')).body.toString()).toContain('"upstream":"up"')
  })

  test.for([
    ['a redirect', 302, { location: 'https://evil.example/' }, ''],
    ['a page', 200, { 'content-type': 'text/html' }, '<html>sign in</html>'],
    ['another package', 200, {}, '{"name":"@jsr/other__one","versions":{}}'],
  ] as const)(
    '%s instead of a packument is 502, and not followed',
    async ([, status, headers, body]) => {
      const name = freshName()
      jsr.intercept((_, response) => {
        response.writeHead(status, headers).end(body)
        return true
      })
      const ask = await open()
      expect((await ask(`/${name}`)).status).toBe(502)
      expect((await ask(tarballOf(name))).status).toBe(502)
    },
  )

  test('a version whose tarball is elsewhere, or that has no hash, is neither listed nor served', async () => {
    const name = freshName()
    const { integrity } = jsr.build({ name, version: '1.0.0' })
    const versions = Object.fromEntries(
      [
        ['1.0.0', `${jsr.url}~/11/${name}/1.0.0.tgz`, integrity],
        ['2.0.0', `https://evil.example/~/11/${name}/2.0.0.tgz`, integrity],
        ['3.0.0', `${jsr.url}~/11/${name}/1.0.0.tgz`, integrity],
        ['4.0.0', `${jsr.url}~/11/${name}/4.0.0.tgz`, undefined],
        ['5.0.0', `${jsr.url}~/11/${name}/5.0.0.tgz`, 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk='],
        // A mirror passes JSR's own addresses on: they are asked for from the mirror.
        ['1.5.0', `https://npm.jsr.io/~/11/${name}/1.5.0.tgz`, integrity],
        ['6.0.0', `${jsr.url}~/11/x/..%2f../${name}/6.0.0.tgz`, integrity],
      ].map(([version, tarball, hash]) => [
        version,
        { name, version, dist: { tarball, integrity: hash } },
      ]),
    )
    jsr.intercept(({ url }, response) => {
      if (url !== `/${name}`) return false
      response
        .writeHead(200)
        .end(JSON.stringify({ name, 'dist-tags': { latest: '2.0.0' }, versions }))
      return true
    })
    const ask = await open()
    const packument = JSON.parse((await ask(`/${name}`)).body.toString())
    expect(Object.keys(packument.versions)).toEqual(['1.0.0', '1.5.0'])
    expect(packument['dist-tags']).toEqual({ latest: '1.5.0' })
    for (const version of ['2.0.0', '3.0.0', '4.0.0', '5.0.0', '6.0.0']) {
      expect((await ask(tarballOf(name, version))).status).toBe(502)
    }
  })

  test('yanked versions stay there for lockfiles, and are listed only where that is asked for', async () => {
    const name = freshName()
    const store = await openDiskStore(await createFolder())
    const old = jsr.build({ name, version: '1.0.0' })
    const pinned = jsr.build({ name, version: '1.1.0' })
    jsr.build({ name, version: '1.2.0' })
    await (
      await open({ store })
    )(tarballOf(name, '1.1.0'))
    jsr.yank(name, '1.0.0')
    jsr.yank(name, '1.1.0')
    for (const options of [{}, { store }]) {
      const ask = await open(options)
      expect((await ask(tarballOf(name))).body).toEqual(old.tarball)
      expect((await ask(tarballOf(name, '1.1.0'))).body).toEqual(pinned.tarball)
      const packument = JSON.parse((await ask(`/${name}`)).body.toString())
      expect(Object.keys(packument.versions)).toEqual(['1.2.0'])
    }
    const ask = await open({ store, canListYanked: true })
    const packument = JSON.parse((await ask(`/${name}`)).body.toString())
    expect(Object.keys(packument.versions)).toEqual(['1.1.0', '1.2.0'])
    expect(packument.versions['1.1.0']).toMatchObject({
      deprecated: 'yanked on JSR',
      dist: { integrity: pinned.integrity },
    })
    expect(packument['dist-tags']).toEqual({ latest: '1.2.0' })
  })
})

function tarballOf(name: string, version = '1.0.0'): string {
  return `/${name}/-/${name.slice('@jsr/'.length)}-${version}.tgz`
}

function integrityOf(bytes: Buffer | undefined): string {
  return `sha512-${createHash('sha512')
    .update(bytes ?? '')
    .digest('base64')}`
}

/** Text that does not pack. */
function randomText(length: number): string {
  const parts = Array.from({ length: length / 88 }, (_, index) =>
    createHash('sha512').update(String(index)).digest('base64'),
  )
  return parts.join('')
}

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jsr-guard-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return files
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted()
}
