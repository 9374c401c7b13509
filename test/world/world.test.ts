import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  afterAll,
  assert,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest'
import { clients } from '../clients/clients.ts'
import type { Client } from '../clients/clients.ts'
import { findMarker } from './marker.ts'
import { createProject } from './project.ts'
import { isJsrHost } from './request-log.ts'
import { runClient } from './run.ts'
import type { RunOptions, RunResult } from './run.ts'
import { startWorld } from './world.ts'
import type { RegistryName, World, WorldOptions } from './world.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

describe('registries', patient, () => {
  test.for<readonly [RegistryName, readonly string[]]>([
    ['good', ['npm.corp.example']],
    ['lookalike', ['npm.jsr.io.corp.example']],
    ['blob', ['blob.corp.example', 'blobs.corp-storage.example']],
    ['blob-redirecting', ['blob-redirecting.corp.example', 'blobs.corp-storage.example']],
  ])('%s serves @jsr packages without JSR', async ([name, hosts]) => {
    const result = await install(name)
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    expect(new Set(world.log.map(({ host }) => host))).toEqual(new Set(hosts))
  })

  test.for<readonly [RegistryName, string]>([
    ['token', 'E401'],
    ['forbidden', 'E403'],
    ['missing', 'E404'],
    ['garbage', 'invalid json'],
    ['split', 'E404'],
  ])('%s makes npm fail with %s', async ([name, code]) => {
    const result = await install(name)
    expect(result.exitCode).toBe(1)
    expect(result.stderr).toContain(code)
    expect(world.askedJsr()).toEqual([])
  })

  test('one wants its token, and the log shows who brought it', async () => {
    const line = `//token.corp.example/npm/:_authToken=${world.token}`
    const result = await install('token', {}, line)
    expect(result).toMatchObject({ exitCode: 0 })
    const requests = world.asked('token.corp.example').filter(({ kind }) => kind === 'request')
    expect(new Set(requests.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${world.token}`]),
    )
  })

  test('one host serves ordinary packages at one path and @jsr packages at another', async () => {
    const result = await install('split', {}, `@jsr:registry=${world.registry('split-jsr')}`)
    expect(result).toMatchObject({ exitCode: 0 })
    const paths = world.asked('split.corp.example').map(({ path }) => path)
    expect(paths).toContain('/jsr/@jsr/luca__cases/-/luca__cases-1.0.1.tgz')
    expect(paths).toContain('/npm/is-tiny/-/is-tiny-1.0.0.tgz')
  })

  test('the same content is at a loopback address, over plain http', async () => {
    const result = await install('good', {}, `registry=${world.loopback('good')}`, '@jsr:registry=')
    expect(result).toMatchObject({ exitCode: 0 })
    const tarball = { kind: 'request', via: 'proxy', path: expect.stringMatching(/1\.0\.1\.tgz$/) }
    expect(world.asked('127.0.0.1')).toContainEqual(expect.objectContaining(tarball))
    expect(world.log.every(({ host }) => host === '127.0.0.1')).toBe(true)
  })
})

describe('packages', patient, () => {
  test.for<readonly [string, Readonly<Record<string, string>>, number, boolean]>([
    ['an ordinary dependency on @jsr', { 'uses-cases': '1.0.0' }, 0, false],
    ['an optional dependency on @jsr', { 'optional-cases': '1.0.0' }, 0, false],
    ['a jsr: specifier in a dependency', { 'needs-jsr': '1.0.0' }, 1, false],
    ['bundled dependencies', { bundler: '1.0.0' }, 0, false],
    ['@jsr packages that depend on each other', { '@jsr/std__path': '^1' }, 0, false],
    ['a tarball on JSR under another name', { sneaky: '1.0.0' }, 0, true],
    ['a shrinkwrap that names JSR', { shrinkwrapped: '1.0.0' }, 0, true],
  ])('%s', async ([, dependencies, exitCode, isDirect]) => {
    const files = { 'package.json': { dependencies }, '.npmrc': world.npmrc('good') }
    const options = { cwd: await createProject(files), env: world.env() }
    const result = await runClient(npm11(), ['install'], options)
    expect(result).toMatchObject({ exitCode })
    expect(world.askedJsr().length > 0).toBe(isDirect)
  })

  test('a test adds its own', async () => {
    const other = await startOther({})
    const { integrity } = other.publish({ name: '@jsr/own__thing', version: '2.0.0' })
    const { body } = await fetchFrom(other, `${other.registry('good')}@jsr/own__thing`)
    expect(JSON.parse(body)).toMatchObject({
      'dist-tags': { latest: '2.0.0' },
      versions: { '2.0.0': { dist: { integrity } } },
    })
  })
})

describe('JSR', patient, () => {
  test('writes packuments as the real one does', async () => {
    const { body } = await fetchFrom(world, `${world.registry('jsr')}@jsr%2fluca__cases`)
    const { 'dist-tags': tags, versions } = JSON.parse(body)
    expect(tags).toEqual({ latest: '1.0.1' })
    expect(versions['1.0.0'].dist).toEqual({
      tarball: 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.0.tgz',
      shasum: expect.stringMatching(/^[0-9A-F]{40}$/),
      integrity: world.published('@jsr/luca__cases', '1.0.0').jsrIntegrity,
    })
  })

  test.for<readonly [NonNullable<WorldOptions['jsrLayout']>, string]>([
    ['revision', 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'],
    ['npm', 'https://npm.jsr.io/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ])('names tarballs in the %s layout, and serves both', async ([jsrLayout, url]) => {
    const other = await startOther({ jsrLayout })
    expect(other.jsrTarballUrl('@jsr/luca__cases', '1.0.1')).toBe(url)
    const { body } = await fetchFrom(other, `${other.registry('jsr')}@jsr/luca__cases`)
    expect(JSON.parse(body).versions['1.0.1'].dist.tarball).toBe(url)
    for (const path of ['~/11/@jsr/luca__cases/1.0.1', '@jsr/luca__cases/-/luca__cases-1.0.1']) {
      expect(await fetchFrom(other, `https://npm.jsr.io/${path}.tgz`)).toMatchObject({
        status: 200,
      })
    }
  })

  test('says in plain text what it has not got', async () => {
    const answer = await fetchFrom(world, 'https://npm.jsr.io/@jsr/no__such')
    expect(answer).toEqual({ status: 404, type: 'text/plain', body: '404 - Not Found' })
  })

  test.for([
    ['jsr.io', true],
    ['npm.jsr.io', true],
    ['NPM.JSR.IO', true],
    ['npm.jsr.io.', true],
    ['any.thing.jsr.io', true],
    ['notjsr.io', false],
    ['npm.jsr.io.evil.test', false],
    ['npm.jsr.io.corp.example', false],
    ['', false],
  ] as const)('"%s" counts as JSR: %s', ([host, isJsr]) => {
    expect(isJsrHost(host)).toBe(isJsr)
  })
})

describe('ways in', patient, () => {
  test('the proxy refuses hosts that the world has not got, and the log has them', async () => {
    const result = await install('good', {}, '@jsr:registry=https://elsewhere.example/')
    expect(result.exitCode).toBe(1)
    expect(world.asked('elsewhere.example')).toMatchObject([
      { kind: 'connect', via: 'proxy', method: 'CONNECT', status: 502 },
    ])
  })

  test('connections round the proxy to unknown hosts end in the world, and the log has them', async () => {
    await expect(fetchFrom(world, 'https://elsewhere.example/')).rejects.toThrow('fetch failed')
    expect(world.asked('elsewhere.example')).toMatchObject([{ kind: 'connect', via: 'direct' }])
  })

  test('names that a program looks up itself lead into the world too', async () => {
    const { stdout } = await runNode(
      world,
      `const { address } = await (await import('node:dns/promises')).lookup('npm.jsr.io')
       const options = { host: address, servername: 'npm.jsr.io', headers: { host: 'npm.jsr.io' } }
       const { get } = await import('node:https')
       get(options, (response) => console.log(response.resume().statusCode))`,
    )
    expect(stdout.trim()).toBe('200')
    expect(world.askedJsr()).toMatchObject([
      { kind: 'connect', via: 'direct' },
      { kind: 'request', via: 'direct' },
    ])
  })

  test('a trailing dot names the same host', async () => {
    const { status } = await fetchFrom(world, 'https://npm.jsr.io./-/ping')
    expect(status).toBe(200)
    expect(world.askedJsr()).toHaveLength(2)
  })

  test('a test puts up hosts of its own', async () => {
    const other = await startOther({})
    await other.serve('own.example', (_, response) => response.end('hello'))
    expect(await fetchFrom(other, 'https://own.example/')).toMatchObject({ body: 'hello' })
    expect(await fetchFrom(other, 'http://own.example/')).toMatchObject({ body: 'hello' })
  })

  test('a proxy with credentials lets in who brings them, and nobody else', async () => {
    const proxyCredentials = { username: 'ada', password: 'p@ss:word' }
    const other = await startOther({ proxyCredentials })
    expect(await install('good', { world: other })).toMatchObject({ exitCode: 0 })
    const [first] = other.log
    const expected = `Basic ${Buffer.from('ada:p@ss:word').toString('base64')}`
    expect(first).toMatchObject({ kind: 'connect', proxyAuthorization: expected, status: 200 })

    other.forget()
    const { port } = new URL(other.proxyUrl)
    const https_proxy = `http://127.0.0.1:${port}`
    const env = other.env({ https_proxy, HTTPS_PROXY: https_proxy })
    expect(await install('good', { world: other, env })).toMatchObject({ exitCode: 1 })
    expect(new Set(other.log.map(({ status }) => status))).toEqual(new Set([407]))
  })
})

test('nothing but PATH is taken over from the environment of the test', () => {
  const source = world.env()
  const taken = Object.keys(source).filter((name) => source[name] === process.env[name])
  expect(taken).toEqual([])
  expect(source).not.toHaveProperty('CI')
  expect(world.env()['HOME']).not.toBe(source['HOME'])
})

test('the marker is found in plain files and inside gzip, wherever they are', async () => {
  const cwd = await createProject({ 'a/plain.js': `/* ${world.marker} */`, 'b/other.js': '' })
  await writeFile(join(cwd, 'b', 'packed'), gzipSync(`x${world.marker}`))
  await writeFile(join(cwd, 'b', 'clean.gz'), gzipSync('x'))
  const found = await findMarker(cwd, world.marker)
  expect(found.toSorted()).toEqual([join('a', 'plain.js'), join('b', 'packed')])
})

function npm11(): Client {
  const client = clients.find(({ version }) => version.startsWith('11.'))
  assert(client !== undefined)
  return client
}

async function startOther(options: WorldOptions): Promise<World> {
  const other = await startWorld(options)
  onTestFinished(() => other.close())
  return other
}

interface InstallOptions extends Partial<RunOptions> {
  readonly world?: World
}

async function install(
  registry: RegistryName,
  { world: place = world, ...options }: InstallOptions = {},
  ...lines: readonly string[]
): Promise<RunResult> {
  const dependencies = { '@luca/cases': 'npm:@jsr/luca__cases@^1', 'is-tiny': '^1' }
  const cwd = await createProject({
    'package.json': { dependencies },
    '.npmrc': place.npmrc(registry, ...lines),
  })
  return await runClient(npm11(), ['install'], { cwd, env: place.env(), ...options })
}

/** Node's fetch knows no proxy: it comes into the world by the preload. */
async function fetchFrom(
  place: World,
  url: string,
): Promise<{ status: number; type: string; body: string }> {
  const { stdout } = await runNode(
    place,
    `const response = await fetch(${JSON.stringify(url)}, { redirect: 'manual' })
     const type = response.headers.get('content-type')
     const body = await response.text()
     console.log(JSON.stringify({ status: response.status, type, body }))`,
  )
  return JSON.parse(stdout)
}

function runNode(place: World, script: string): Promise<{ stdout: string }> {
  const args = ['--input-type=module', '--eval', script]
  return execute(process.execPath, args, { cwd: place.directory, env: place.env() })
}

const execute = promisify(execFile)
