import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients } from '../../clients/clients.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  await world.serve('broken.corp.example', (_, response) => response.writeHead(500).end())
  await world.serve('downgrading.corp.example', ({ url }, response) => {
    response.writeHead(302, { location: `http://npm.corp.example${url}` }).end()
  })
  await world.serve('endless.corp.example', ({ url }, response) => {
    response.writeHead(302, { location: `https://endless.corp.example${url}x` }).end()
  })
}, patient.timeout)
afterAll(() => world.close())

const client = clientOf('11')
const npms = clients.map(({ version }) => version.slice(0, 2))
const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }

describe('a registry that serves', patient, () => {
  test.for(npms)('one that needs a token is used with it, by npm %s', async (major) => {
    const trial = freshProject('token', tokenLine(world.token))
    const outcome = await runGuarded(world, clientOf(major), trial)
    expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
    expect(outcome.report.packages).toMatchObject([{ name: jsrName, verdict: 'private' }])
  })

  test.for(npms)(
    'at a path of its own beside the default one passes, with npm %s',
    async (major) => {
      const mapping = `@jsr:registry=${world.registry('split-jsr')}`
      const outcome = await runGuarded(world, clientOf(major), freshProject('split', mapping))
      expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
      expect(outcome.report.packages).toMatchObject([{ name: jsrName, verdict: 'private' }])
    },
  )

  test('by redirects to a storage host passes', async () => {
    const outcome = await runGuarded(world, client, freshProject('blob-redirecting'))
    expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
    expect(outcome.report.hosts.map(({ host }) => host)).toContain('blobs.corp-storage.example')
  })
})

describe('a registry whose tarballs are on a storage host', patient, () => {
  test.for([
    ['11', 'https://blobs.corp-storage.example/'],
    ['11', 'https://*.corp-storage.example/@jsr/'],
    ['12', 'https://*.corp-storage.example/'],
  ] as const)('passes with npm %s where the policy names %s', async ([major, prefix]) => {
    const outcome = await runGuarded(world, clientOf(major), blobProject([prefix]))
    expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
    expect(outcome.report.packages).toMatchObject([{ name: jsrName, verdict: 'private' }])
  })

  test.for([
    'nothing',
    'http://blobs.corp-storage.example/',
    'https://blobs.corp-storage.example:8443/',
    'https://corp-storage.example/',
    'https://blobs.corp-storage.example.evil.test/',
    'https://blobs.corp-storage.example/@jsr/luca__case',
  ])('is stopped before a tarball is fetched where the policy names %s', async (prefix) => {
    const prefixes = prefix === 'nothing' ? [] : [prefix]
    const outcome = await runGuarded(world, client, blobProject(prefixes))
    expect(outcome).toMatchObject({ exitCode: 1, rules: ['foreign-resolution'], changed: [] })
    expect(world.asked('blobs.corp-storage.example')).toEqual([])
  })
})

describe('a registry that answers nothing of use', patient, () => {
  const quick = { npm_config_fetch_timeout: '400' }

  test.for<readonly [string, RegistryName]>([
    ['wants a token', 'token'],
    ['refuses', 'forbidden'],
    ['never answers', 'hanging'],
  ])('and %s: it could not be told, with a lockfile', async ([, registry]) => {
    const env = world.env(quick, client)
    const outcome = await runGuarded(world, client, { ...lockedProject(registry), env })
    expect(outcome).toMatchObject({ exitCode: 4, changed: [] })
    expect(outcome.stderr).toContain('ERR_JSR_GUARD_REGISTRY')
    expect(fetched()).toEqual([])
  })

  test.for([
    ['is down', 'https://gone.corp.example/npm/'],
    ['breaks', 'https://broken.corp.example/npm/'],
    ['redirects to plain http', 'https://downgrading.corp.example/npm/'],
    ['redirects without end', 'https://endless.corp.example/npm/'],
  ] as const)('and %s: it could not be told, with a lockfile', async ([, url]) => {
    const outcome = await runGuarded(world, client, lockedAt(url))
    expect(outcome).toMatchObject({ exitCode: 4, changed: [] })
    expect(outcome.stderr).toContain('ERR_JSR_GUARD_REGISTRY')
  })

  test.for(['garbage', 'hanging', 'token', 'forbidden'] as const)(
    'and is %s: it could not be told, with a lockfile that names no address',
    async (registry) => {
      const trial = { ...lockedAt(world.registry(registry), {}), env: world.env(quick, client) }
      const outcome = await runGuarded(world, client, trial)
      expect(outcome).toMatchObject({ exitCode: 4, changed: [] })
      expect(outcome.stderr).toContain('ERR_JSR_GUARD_REGISTRY')
    },
  )

  test.for<readonly [string, RegistryName]>([
    ['E401', 'token'],
    ['E403', 'forbidden'],
    ['E404', 'missing'],
    ['network timeout', 'hanging'],
    ['invalid json', 'garbage'],
  ])(
    "makes npm fail with %s where there is no lockfile, and npm's exit code is ours",
    async (row) => {
      const [code, registry] = row
      const trial = { ...freshProject(registry), env: world.env(quick, client) }
      const outcome = await runGuarded(world, client, trial)
      expect(outcome).toMatchObject({ exitCode: 1, rules: [], changed: [] })
      expect(outcome.stderr).toContain(code)
    },
  )
})

describe('a registry that has not got the package', patient, () => {
  test('is said to, before anything is fetched', async () => {
    const outcome = await runGuarded(world, client, lockedProject('missing'))
    expect(outcome).toMatchObject({ exitCode: 1, rules: ['not-served'], changed: [] })
    expect(fetched()).toEqual([])
  })

  test('is said to where the lockfile names a version that it has not got', async () => {
    const trial = lockedAt(world.registry('good'), { version: '1.0.9' })
    const outcome = await runGuarded(world, client, trial)
    expect(outcome).toMatchObject({ exitCode: 1, rules: ['not-served'], changed: [] })
  })
})

test('what is not the locked tarball is not installed', patient, async () => {
  const outcome = await runGuarded(world, client, lockedProject('garbage'))
  expect(outcome).toMatchObject({ exitCode: 1, changed: [] })
  expect(outcome.stderr).toContain('EINTEGRITY')
})

function freshProject(registry: RegistryName, ...lines: readonly string[]): Trial {
  const npmrc = world.npmrc(registry, ...lines)
  return {
    files: { 'package.json': { name: 'p', dependencies }, '.npmrc': npmrc },
    args: ['install'],
  }
}

function blobProject(tarballs: readonly string[]): Trial {
  const { files, args } = freshProject('blob')
  const policy = { registry: world.registry('blob'), tarballs }
  return { files: { ...files, 'jsr-guard.json': policy }, args }
}

function lockedProject(registry: RegistryName): Trial {
  return lockedAt(world.registry(registry))
}

/** A project locked to that registry; `fields` stand for the address. */
function lockedAt(url: string, fields?: { readonly version?: string }): Trial {
  const { integrity } = world.published(jsrName, '1.0.0')
  const resolved = `${url}${jsrName}/-/luca__cases-1.0.0.tgz`
  const entry = { name: jsrName, version: '1.0.0', integrity, ...(fields ?? { resolved }) }
  const lockfile = lockfileOf(
    { dependencies },
    { 'node_modules/@luca/cases': entry, 'node_modules/is-tiny': lockedTiny(world) },
  )
  return {
    files: {
      'package.json': { name: 'p', dependencies },
      'package-lock.json': lockfile,
      '.npmrc': `registry=${world.registry('good')}\n@jsr:registry=${url}\n`,
    },
    args: ['ci'],
  }
}

function tokenLine(token: string): string {
  return `//token.corp.example/npm/:_authToken=${token}`
}

/** The tarballs that were handed out. */
function fetched(): string[] {
  return world.log
    .filter(({ path, status }) => path.endsWith('.tgz') && status === 200)
    .map(({ path }) => path)
}
