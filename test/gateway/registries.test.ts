import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients, type Client } from '../clients/clients.ts'
import { yarnBerry, yarnClassic } from '../clients/others.ts'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { runClient, type RunResult } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'
import { startJsrEndpoint, type JsrEndpoint } from './jsr-endpoint.ts'
import { startPnpr, startVerdaccio, type RealRegistry } from './registries.ts'
import { serveGuard, type ServedGateway } from './served.ts'
import { startStrictRegistry, type StrictRegistry } from './strict-registry.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 120_000 }
const noProxies = {
  HTTPS_PROXY: undefined,
  HTTP_PROXY: undefined,
  https_proxy: undefined,
  http_proxy: undefined,
}

let world: World
let jsr: JsrEndpoint
let gateway: ServedGateway
const registries: Record<string, StrictRegistry | RealRegistry> = {}

beforeAll(async () => {
  world = await startWorld()
  jsr = await startJsrEndpoint()
  const dependencies = { '@jsr/std__internal': '^1.0.5' }
  jsr.build({ name: '@jsr/std__internal', version: '1.0.6', revision: 12 })
  jsr.build({ name: '@jsr/std__path', version: '1.0.8', dependencies })
  jsr.build({ name: '@jsr/std__path', version: '1.1.0', dependencies })
  const cwd = world.directory
  gateway = await serveGuard(['--upstream', jsr.url, '--store', join(cwd, 'pins')], {
    cwd,
    env: world.env(noProxies),
  })
  registries['strict directly'] = await startStrictRegistry(jsr.url)
  registries['strict'] = await startStrictRegistry(gateway.url)
  registries['pnpr directly'] = await startPnpr(jsr.url)
  registries['pnpr'] = await startPnpr(gateway.url)
  registries['verdaccio directly'] = await startVerdaccio(jsr.url)
  registries['verdaccio'] = await startVerdaccio(gateway.url)
}, patient.timeout)
afterAll(async () => {
  await Promise.all(Object.values(registries).map((registry) => registry.close()))
  await gateway.stop()
  await jsr.close()
  await world.close()
})

const [npm] = clients.filter(({ version }) => version.startsWith('11.'))
const [pnpm] = pnpmClients.filter(({ version }) => version.startsWith('10.'))
const some: Record<string, Client | undefined> = {
  npm,
  pnpm,
  'Yarn 1': yarnClassic,
  'Yarn 4': yarnBerry,
}

describe('a registry that builds tarball paths by convention', patient, () => {
  test.for(['npm', 'pnpm', 'Yarn 4'])(
    'installs nothing from JSR directly, with %s',
    async (client) => {
      const { result, installed } = await install(client, 'strict directly')
      expect(result.exitCode).not.toBe(0)
      expect(installed).toBeUndefined()
      const { asked } = registries['strict directly'] as StrictRegistry
      expect(asked).toContain('HEAD /@jsr/std__path/-/std__path-1.1.0.tgz 404')
    },
  )

  test.for(Object.keys(some))('installs from JSR through the gateway, with %s', async (client) => {
    const { result, installed } = await install(client, 'strict')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(installed).toContain('1.1.0')
    expect(world.askedJsr()).toEqual([])
  })
})

describe('the real pnpr', patient, () => {
  test('installs nothing from JSR directly', async () => {
    const { result, installed } = await install('pnpm', 'pnpr directly')
    expect(result.exitCode).not.toBe(0)
    expect(installed).toBeUndefined()
    expect(jsr.requests).toContain('GET /@jsr/std__path/-/1.1.0.tgz')
  })

  test.for(['npm', 'pnpm', 'Yarn 4'])('installs through the gateway, with %s', async (client) => {
    const { result, installed } = await install(client, 'pnpr')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(installed).toContain('1.1.0')
    expect(world.askedJsr()).toEqual([])
  })
})

describe('the real Verdaccio', patient, () => {
  test.for(['pnpm', 'Yarn 4'])(
    'writes its own host into lockfiles of %s directly',
    async (client) => {
      const { result, lockfile } = await install(client, 'verdaccio directly')
      expect(result).toMatchObject({ exitCode: 0 })
      expect(decodeURIComponent(lockfile)).toContain('127.0.0.1')
    },
  )

  test.for(['pnpm', 'Yarn 4'])(
    'leaves lockfiles of %s host-neutral through the gateway',
    async (client) => {
      const { result, installed, lockfile } = await install(client, 'verdaccio')
      expect(result).toMatchObject({ exitCode: 0 })
      expect(installed).toContain('1.1.0')
      expect(lockfile).toContain('std__internal')
      expect(decodeURIComponent(lockfile)).not.toContain('127.0.0.1')
      expect(world.askedJsr()).toEqual([])
    },
  )
})

interface Installed {
  readonly result: RunResult
  /** The code of the package, where it is installed. */
  readonly installed: string | undefined
  readonly lockfile: string
}

async function install(name: string, registry: string): Promise<Installed> {
  const client = some[name]
  const url = registries[registry]?.url
  if (client === undefined || url === undefined)
    throw new Error(`there is no ${name} or ${registry}`)
  const cwd = await createProject({
    'package.json': { name: 'p', dependencies: { '@std/path': 'npm:@jsr/std__path@^1' } },
    '.npmrc': `registry=${url}\n@jsr:registry=${url}\n`,
    ...(client === yarnBerry && { '.yarnrc.yml': formatYarnrc(url), 'yarn.lock': '' }),
  })
  const result = await runClient(client, ['install'], {
    cwd,
    env: world.env(
      { ...noProxies, YARN_ENABLE_IMMUTABLE_INSTALLS: client === yarnBerry ? 'false' : undefined },
      client,
    ),
    timeoutMs: 100_000,
  })
  return {
    result,
    installed: await read(join(cwd, 'node_modules/@std/path/mod.js')),
    lockfile:
      (await read(join(cwd, client.name === 'pnpm' ? 'pnpm-lock.yaml' : 'yarn.lock'))) ?? '',
  }
}

function formatYarnrc(url: string): string {
  return [
    `npmRegistryServer: "${url}"`,
    `npmScopes: { jsr: { npmRegistryServer: "${url}" } }`,
    'unsafeHttpWhitelist: ["127.0.0.1"]',
    'nodeLinker: node-modules',
    'enableTelemetry: false',
    'enableGlobalCache: false',
    '',
  ].join('\n')
}

async function read(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    return undefined
  }
}
