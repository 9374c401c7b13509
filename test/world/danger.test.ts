import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, assert, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients } from '../clients/clients.ts'
import type { Client } from '../clients/clients.ts'
import { findMarker } from './marker.ts'
import { createProject } from './project.ts'
import { runClient } from './run.ts'
import type { RunResult } from './run.ts'
import { startWorld } from './world.ts'
import type { RegistryName, World } from './world.ts'

const jsrName = '@jsr/luca__cases'
const aliased = { dependencies: { '@luca/cases': `npm:${jsrName}@^1`, 'is-tiny': '^1' } }

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked', verdaccio: true })
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close())

const rows = clients.map((client) => [`${client.name} ${client.version}`, client] as const)

describe.for(rows)('bare %s', patient, ([, client]) => {
  test('installs from a good registry without a word to JSR', async () => {
    const { cwd, result, marked } = await install(client, 'good')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    expect(marked).toEqual([])
    const url = pathToFileURL(join(cwd, 'node_modules/@luca/cases/mod.js')).href
    const cases = await import(url)
    expect(cases.pascalCase('closed-world')).toBe('ClosedWorld')
  })

  test.for([
    ['leaky', 'npm.jsr.io'],
    ['packument-redirecting', 'npm.jsr.io'],
    ['redirecting', 'redirecting.corp.example'],
  ] as const)('downloads from JSR behind the back of a %s registry, and locks %s', async (row) => {
    const [registry, lockedHost] = row
    const { result, marked, resolvedHost } = await install(client, registry, toleration(client))
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toContainEqual(jsrTarball('proxy'))
    expect(marked).toContain('node_modules/@luca/cases/mod.js')
    // A redirect leaves no trace: the lockfile names the private registry and nothing else.
    expect(resolvedHost).toBe(lockedHost)
  })

  test('obeys a lockfile that names JSR, whatever registry is configured', async () => {
    const cwd = await createProject({
      'package.json': aliased,
      'package-lock.json': lockfileOnJsr(),
      '.npmrc': world.npmrc('good'),
    })
    const result = await runClient(client, ['ci', ...toleration(client)], { cwd, env: world.env() })
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toContainEqual(jsrTarball('proxy'))
  })

  test('goes round the proxy to where noproxy says, and is seen there', async () => {
    const env = world.env({ npm_config_noproxy: 'npm.jsr.io' })
    const { result, marked } = await install(client, 'redirecting', [], env)
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toContainEqual(jsrTarball('direct'))
    expect(world.askedJsr().filter(({ via }) => via === 'proxy')).toEqual([])
    expect(marked).toContain('node_modules/@luca/cases/mod.js')
  })

  test('gets from a Verdaccio what only the Verdaccio asked JSR for', async () => {
    const { result, resolvedHost } = await install(client, 'verdaccio')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    expect(resolvedHost).toBe('verdaccio.corp.example')
  })

  test('runs an install script that asks JSR and says nothing of it', async () => {
    const cwd = await createProject({
      'package.json': { dependencies: { 'with-script': '1.0.0' } },
      '.npmrc': world.npmrc('good'),
    })
    const scripts = client.version.startsWith('12.') ? ['--dangerously-allow-all-scripts'] : []
    const result = await runClient(client, ['install', ...scripts], { cwd, env: world.env() })
    expect(result).toMatchObject({ exitCode: 0 })
    const outcome = await readFile(join(cwd, 'node_modules/with-script/asked.txt'), 'utf8')
    expect(outcome).toBe('answered 200')
    expect(world.askedJsr()).toMatchObject([
      { kind: 'connect', via: 'proxy', method: 'CONNECT', status: 200 },
      { kind: 'request', via: 'proxy', method: 'GET', status: 200 },
    ])
  })
})

test('npm 12 refuses a leaking registry by itself, before it asks JSR', patient, async () => {
  const { result } = await install(clientOf('12'), 'leaky')
  expect(result.stderr).toContain('EALLOWREMOTE')
  expect(world.askedJsr()).toEqual([])
})

test(
  'a Verdaccio fills its store from JSR, and its requests are told from its clients’',
  patient,
  async () => {
    const registry = world.loopback('verdaccio')
    const cwd = await createProject({
      'package.json': { dependencies: { '@std/path': 'npm:@jsr/std__path@1.1.0' } },
      '.npmrc': `registry=${registry}\n`,
    })
    const result = await runClient(clientOf('11'), ['install'], { cwd, env: world.env() })
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    expect(world.askedJsr('uplink').map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/@jsr%2Fstd__path', '/~/11/@jsr/std__internal/1.0.6.tgz']),
    )
  },
)

interface Installed {
  readonly cwd: string
  readonly result: RunResult
  /** The files of the project that hold bytes from JSR. */
  readonly marked: readonly string[]
  /** The host that the lockfile names for the @jsr package. */
  readonly resolvedHost: string | undefined
}

async function install(
  client: Client,
  registry: RegistryName,
  ...[args = [], env = world.env()]: [args?: readonly string[], env?: Record<string, string>]
): Promise<Installed> {
  const files = { 'package.json': aliased, '.npmrc': world.npmrc(registry) }
  const cwd = await createProject(files)
  const result = await runClient(client, ['install', ...args], { cwd, env })
  const marked = await findMarker(cwd, world.marker)
  return { cwd, result, marked, resolvedHost: await readResolvedHost(cwd) }
}

async function readResolvedHost(cwd: string): Promise<string | undefined> {
  const file = join(cwd, 'package-lock.json')
  if (!existsSync(file)) return undefined
  const { packages } = JSON.parse(await readFile(file, 'utf8'))
  return new URL(packages['node_modules/@luca/cases'].resolved).host
}

function clientOf(major: string): Client {
  const client = clients.find(({ version }) => version.startsWith(`${major}.`))
  assert(client !== undefined)
  return client
}

/** npm 12 wants to be told that it may fetch from elsewhere than the registry. */
function toleration({ version }: Client): string[] {
  return version.startsWith('12.') ? ['--allow-remote=all'] : []
}

function jsrTarball(via: 'proxy' | 'direct'): unknown {
  const path = expect.stringMatching(/^\/~\/11\/@jsr\/luca__cases\/1\.0\.\d\.tgz$/)
  return expect.objectContaining({ kind: 'request', host: 'npm.jsr.io', path, via, status: 200 })
}

function lockfileOnJsr(): object {
  const tiny = `${world.registry('good')}is-tiny/-/is-tiny-1.0.0.tgz`
  return {
    lockfileVersion: 3,
    packages: {
      '': aliased,
      'node_modules/@luca/cases': {
        name: jsrName,
        version: '1.0.0',
        resolved: world.jsrTarballUrl(jsrName, '1.0.0'),
        integrity: world.published(jsrName, '1.0.0').jsrIntegrity,
      },
      'node_modules/is-tiny': {
        version: '1.0.0',
        resolved: tiny,
        integrity: world.published('is-tiny', '1.0.0').integrity,
      },
    },
  }
}
