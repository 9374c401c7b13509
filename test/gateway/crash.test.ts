import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createProject } from '../world/project.ts'
import { emptyEnv } from '../cli/guard.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { serveGuard, type ServedGateway } from './served.ts'
import { askOver } from './transports.ts'

const patient = { timeout: 120_000 }
const name = '@jsr/luca__cases'

let jsr: JsrEndpoint
beforeAll(async () => {
  jsr = await startJsrEndpoint()
})
afterAll(() => jsr.close())

test(
  'kill -9 under load leaves no torn pin, and loses none of what was delivered',
  patient,
  async () => {
    const cwd = await createProject({})
    const env = await emptyEnv()
    const store = join(cwd, 'store')
    const versions = Array.from({ length: 120 }, (_, index) => `1.0.${index}`)
    for (const version of versions) jsr.build({ name, version, revision: 12 })
    const delivered = new Map<string, Buffer>()
    for (let round = 0; round < 4; round += 1) {
      const gateway = await serveGuard(['--upstream', jsr.url, '--store', store], { cwd, env })
      const wanted = versions.slice(round * 30, round * 30 + 30)
      const killAfter = 3 + round * 7
      let count = 0
      const load = wanted.map(async (version) => {
        const answer = await ask(gateway, version)
        if (answer === undefined) return
        delivered.set(version, answer)
        count += 1
        if (count === killAfter) gateway.process.kill('SIGKILL')
      })
      await Promise.all(load)
      gateway.process.kill('SIGKILL')
      await gateway.result
      expect(count).toBeGreaterThanOrEqual(killAfter)
    }
    await expectWholeStore(store)
    // JSR has rebuilt them all in place: only a pin can give the bytes back.
    for (const version of versions) jsr.build({ name, version, revision: 12 })
    const gateway = await serveGuard(['--upstream', jsr.url, '--store', store], { cwd, env })
    for (const [version, bytes] of delivered) expect(await ask(gateway, version)).toEqual(bytes)
    expect(await gateway.stop()).toMatchObject({ exitCode: 0 })
  },
)

test(
  'two processes that race for a first sight agree, and both deliver what is pinned',
  patient,
  async () => {
    const cwd = await createProject({})
    const env = await emptyEnv()
    const store = join(cwd, 'store')
    const versions = Array.from({ length: 40 }, (_, index) => `2.0.${index}`)
    for (const version of versions) jsr.build({ name, version, revision: 11 })
    const start = async () =>
      await serveGuard(['--upstream', jsr.url, '--store', store], { cwd, env })
    const one = await start()
    await askOver(one.url, `/${name}`)
    for (const version of versions) jsr.build({ name, version, revision: 12 })
    const other = await start()
    await askOver(other.url, `/${name}`)
    const pairs = await Promise.all(
      versions.map(async (version) => await Promise.all([ask(one, version), ask(other, version)])),
    )
    for (const [index, [left, right]] of pairs.entries()) {
      expect(left).toEqual(right)
      const pin = await readFile(join(store, 'pins', name, `${versions[index]}.json`), 'utf8')
      expect(JSON.parse(pin).integrity).toBe(integrityOf(left ?? Buffer.alloc(0)))
    }
    await Promise.all([one.stop(), other.stop()])
    await expectWholeStore(store)
  },
)

test('a full disk stops first sights with 503, and nothing else', patient, async () => {
  const cwd = await createProject({})
  const flag = join(cwd, 'full')
  const preload = fileURLToPath(new URL('disk-full.cjs', import.meta.url))
  const env = {
    ...(await emptyEnv()),
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
    JSR_GUARD_TEST_DISK_FULL: flag,
  }
  const store = join(cwd, 'store')
  const first = jsr.build({ name, version: '3.0.0' })
  const second = jsr.build({ name, version: '3.1.0' })
  const gateway = await serveGuard(['--upstream', jsr.url, '--store', store], { cwd, env })
  expect(await ask(gateway, '3.0.0')).toEqual(first.tarball)
  await writeFile(flag, '')
  const refused = await askOver(gateway.url, pathOf('3.1.0'))
  expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
  expect(refused.body.toString()).toBe('{"error":"the gateway\'s store failed"}')
  expect(await ask(gateway, '3.0.0')).toEqual(first.tarball)
  await expectWholeStore(store)
  await rm(flag)
  expect(await ask(gateway, '3.1.0')).toEqual(second.tarball)
  const { stderr } = await gateway.stop()
  expect(stderr).toContain('"event":"store-failure","code":"ENOSPC"')
})

/** The body, if it came whole. */
async function ask({ url }: ServedGateway, version: string): Promise<Buffer | undefined> {
  try {
    const { status, body } = await askOver(url, pathOf(version))
    return status === 200 ? body : undefined
  } catch {
    return undefined
  }
}

function pathOf(version: string): string {
  return `/${name}/-/luca__cases-${version}.tgz`
}

/** Every pin reads, and every content is what its name says. */
async function expectWholeStore(store: string): Promise<void> {
  for (const version of await readdir(join(store, 'pins', name))) {
    const pin = JSON.parse(await readFile(join(store, 'pins', name, version), 'utf8'))
    expect(`${pin.version}.json`).toBe(version)
    const hex = Buffer.from(pin.integrity.slice('sha512-'.length), 'base64').toString('hex')
    expect(existsSync(join(store, 'content', hex.slice(0, 2), `${hex}.tgz`))).toBe(true)
  }
  const contents = await readdir(join(store, 'content'), { recursive: true, withFileTypes: true })
  for (const file of contents.filter((entry) => entry.isFile())) {
    const bytes = await readFile(join(file.parentPath, file.name))
    expect(`${createHash('sha512').update(bytes).digest('hex')}.tgz`).toBe(file.name)
  }
}

function integrityOf(bytes: Buffer): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}
