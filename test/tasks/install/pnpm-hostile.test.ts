import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../clients/clients.ts'
import { pnpmClients } from '../../clients/pnpm.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName } from './poison.ts'
import { majorOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
afterAll(() => world.close())

interface Case {
  readonly title: string
  /** The project, with what its manifest and its lockfile say after the colon. */
  readonly trial: (specifier: string, locked: string) => Trial
  /** All that is said against it. */
  readonly rules: readonly string[]
  /** Whether pnpm 11 and 12 see that metadata and lockfile differ, and fail while they download. */
  readonly isNoticed?: boolean
  /** The versions that are tried; default all. */
  readonly majors?: readonly string[]
}

const cases: readonly Case[] = [
  {
    title: 'a leaky registry',
    trial: (specifier) => freshProject('leaky', specifier),
    rules: ['direct-resolution'],
  },
  {
    title: 'a registry that redirects tarballs',
    trial: (specifier) => freshProject('redirecting', specifier),
    rules: ['redirects-to-jsr'],
  },
  {
    title: 'a registry that redirects metadata',
    trial: (specifier) => freshProject('packument-redirecting', specifier),
    rules: ['direct-route'],
    majors: ['9', '12'],
  },
  {
    title: 'a leaky registry and the lockfile that comes of it',
    trial: (specifier, locked) => lockedProject('leaky', { specifier, locked, tarball: jsrUrl() }),
    rules: ['direct-resolution'],
  },
  {
    title: 'a registry that redirects tarballs, and a lockfile that names none',
    trial: (specifier, locked) => lockedProject('redirecting', { specifier, locked }),
    rules: ['redirects-to-jsr'],
  },
  {
    title: 'a good registry and a lockfile that names JSR',
    trial: (specifier, locked) => lockedProject('good', { specifier, locked, tarball: jsrUrl() }),
    rules: ['direct-resolution'],
    isNoticed: true,
  },
  {
    title: 'an optional dependency from a registry that redirects',
    trial: (specifier) => optionalProject('redirecting', specifier),
    rules: ['redirects-to-jsr'],
    majors: ['10'],
  },
]

const rows = pnpmClients.flatMap((client) =>
  cases
    .filter(({ majors }) => majors?.includes(majorOf(client)) ?? true)
    .map((row) => [row.title, client.version, { ...row, client }] as const),
)

describe.for(rows)('%s, with pnpm %s', patient, ([, , { client, trial, rules, isNoticed }]) => {
  const isOld = majorOf(client) === '9'

  test('has JSR asked, by pnpm alone', async () => {
    const specifier = isOld ? aliasOfCases : 'jsr:^1'
    const { marked } = await runBare(world, client, trial(specifier, specifier))
    expect(world.askedJsr()).not.toEqual([])
    if (isNoticed !== true) expect(marked).not.toEqual([])
  })

  test('is stopped before JSR is asked', async () => {
    const outcome = await runGuarded(
      world,
      client,
      trial('jsr:^1', isOld ? aliasOfCases : 'jsr:^1'),
    )
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [], rules })
    expect(world.askedJsr()).toEqual([])
  })
})

test.for(pnpmClients)(
  'a lockfile that names no tarball, and a leaky registry: pnpm $version does not run',
  patient,
  async (client) => {
    const locked = majorOf(client) === '9' ? aliasOfCases : 'jsr:^1'
    const trial = lockedProject('leaky', { specifier: 'jsr:^1', locked })
    const outcome = await runGuarded(world, client, trial)
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    expect(outcome.rules).toEqual(['leaky-registry'])
    expect(world.askedJsr()).toEqual([])
  },
)

test.for(pnpmClients)(
  'a registry that redirects an ordinary package: pnpm $version is ended at the first refusal',
  patient,
  async (client) => {
    const host = await serveTurning(client)
    const files = {
      'package.json': { name: 'p', dependencies: { 'is-tiny': '^1' } },
      'pnpm-workspace.yaml': "packages: ['.']\n",
      '.npmrc': `registry=https://${host}/\n@jsr:registry=https://${host}/\n`,
    }
    // Where no time is set for retries, pnpm 12 tries again for more than a minute.
    const { npm_config_fetch_retries: _, ...env } = world.env({}, client)
    const start = performance.now()
    const outcome = await runGuarded(world, client, { files, env, args: ['install'] })
    expect(outcome).toMatchObject({ exitCode: 1, changed: [], rules: ['direct-route'] })
    expect(outcome.report.hosts).toContainEqual({ host: 'npm.jsr.io', connections: 0, refused: 1 })
    expect(world.askedJsr()).toEqual([])
    expect(performance.now() - start).toBeLessThan(30_000)
  },
)

test.for(pnpmClients.filter((client) => majorOf(client) !== '9'))(
  'without a mapping of the scope, pnpm $version would ask JSR, and is not started',
  patient,
  async (client) => {
    const { files, args } = freshProject('good', 'jsr:^1')
    const registry = `registry=${world.registry('good')}\n`
    const trial = { args, files: { ...files, '.npmrc': registry } }
    await runBare(world, client, trial)
    expect(world.askedJsr()).not.toEqual([])
    const outcome = await runGuarded(world, client, trial)
    expect(outcome).toMatchObject({ exitCode: 1, changed: [], rules: ['direct-route'] })
    expect(world.log).toEqual([])
  },
)

/** A registry of one package, whose tarball is with JSR if one follows where it leads. */
async function serveTurning({ version }: Client): Promise<string> {
  const host = `turning-${majorOf({ version })}.corp.example`
  const { integrity } = world.published('is-tiny', '1.0.0')
  const dist = { integrity, tarball: `https://${host}/is-tiny/-/is-tiny-1.0.0.tgz` }
  const entry = { name: 'is-tiny', version: '1.0.0', dist }
  const packument = {
    name: 'is-tiny',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': entry },
  }
  await world.serve(host, (request, response) => {
    if (request.url === '/is-tiny') return response.end(JSON.stringify(packument))
    const headers = { location: jsrUrl() }
    return response.writeHead(request.url?.endsWith('.tgz') === true ? 302 : 404, headers).end()
  })
  return host
}

function jsrUrl(): string {
  return world.jsrTarballUrl(jsrName, '1.0.0')
}

function freshProject(registry: RegistryName, specifier: string): Trial {
  return {
    files: {
      'package.json': { name: 'p', dependencies: { '@luca/cases': specifier, 'is-tiny': '^1' } },
      'pnpm-workspace.yaml': "packages: ['.']\n",
      '.npmrc': world.npmrc(registry),
    },
    args: ['install'],
  }
}

function optionalProject(registry: RegistryName, specifier: string): Trial {
  const { files, args } = freshProject(registry, specifier)
  const manifest = { name: 'p', optionalDependencies: { '@luca/cases': specifier } }
  return { files: { ...files, 'package.json': manifest }, args }
}

interface Locked {
  readonly specifier: string
  readonly locked: string
  readonly tarball?: string
}

/** What pnpm locks, with an entry in which JSR's own tarball would pass every check. */
function lockedProject(registry: RegistryName, { specifier, locked, tarball }: Locked): Trial {
  const { files } = freshProject(registry, specifier)
  const { jsrIntegrity } = world.published(jsrName, '1.0.0')
  const address = tarball === undefined ? '' : `, tarball: ${tarball}`
  const lockfile = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    dependencies:
      '@luca/cases':
        specifier: ${locked}
        version: '${jsrName}@1.0.0'
      is-tiny:
        specifier: ^1
        version: 1.0.0

packages:

  '${jsrName}@1.0.0':
    resolution: {integrity: ${jsrIntegrity}${address}}

  is-tiny@1.0.0:
    resolution: {integrity: ${world.published('is-tiny', '1.0.0').integrity}}

snapshots:

  '${jsrName}@1.0.0': {}

  is-tiny@1.0.0: {}
`
  return {
    files: { ...files, 'pnpm-lock.yaml': lockfile },
    args: ['install', '--frozen-lockfile'],
  }
}
