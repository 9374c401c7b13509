import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients } from '../../clients/clients.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockedTiny, lockfileOf } from './poison.ts'
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
  /** The project, with what its manifest says after the colon. */
  readonly trial: (specifier: string) => Trial
  /** All that is said against it. */
  readonly rules: readonly string[]
  /** The npm versions that are tried; default all. */
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
    majors: ['11'],
  },
  {
    title: 'an optional dependency from a leaky registry',
    trial: (specifier) => optionalProject('leaky', specifier),
    rules: ['direct-resolution'],
  },
  {
    title: 'an optional dependency from a registry that redirects',
    trial: (specifier) => optionalProject('redirecting', specifier),
    rules: ['redirects-to-jsr'],
    majors: ['11'],
  },
  {
    title: 'a lockfile that names JSR, with npm ci',
    trial: (specifier) => poisonedProject('ci', specifier),
    rules: ['direct-resolution'],
  },
  {
    title: 'a lockfile that names JSR, with npm install',
    trial: (specifier) => poisonedProject('install', specifier),
    rules: ['direct-resolution'],
    majors: ['11'],
  },
  {
    title: 'a lockfile that names no address, and a leaky registry, with npm ci',
    trial: (specifier) => unresolvedProject('ci', specifier),
    rules: ['leaky-registry'],
  },
  {
    title: 'a lockfile that names no address, and a leaky registry, with npm install',
    trial: (specifier) => unresolvedProject('install', specifier),
    rules: ['leaky-registry'],
    majors: ['11'],
  },
]

const rows = clients.flatMap((client) =>
  cases
    .filter(({ majors }) => majors?.includes(majorOf(client)) ?? true)
    .map((row) => [row.title, client.version, { ...row, client }] as const),
)

describe.for(rows)('%s, with npm %s', patient, ([, , { client, trial, rules }]) => {
  test('brings in what JSR served, by npm alone', async () => {
    const { exitCode, marked } = await runBare(world, client, trial(aliasOfCases))
    expect(exitCode).toBe(0)
    expect(world.askedJsr()).not.toEqual([])
    expect(marked).toContain('node_modules/@luca/cases/mod.js')
  })

  test('is stopped before JSR is asked', async () => {
    const outcome = await runGuarded(world, client, trial('jsr:^1'))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [], rules })
    expect(world.askedJsr()).toEqual([])
  })
})

function freshProject(registry: RegistryName, specifier: string): Trial {
  return {
    files: {
      'package.json': { name: 'p', dependencies: { '@luca/cases': specifier, 'is-tiny': '^1' } },
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

function poisonedProject(command: 'ci' | 'install', specifier: string): Trial {
  const { files } = freshProject('good', specifier)
  const resolved = world.jsrTarballUrl(jsrName, '1.0.0')
  return { files: { ...files, 'package-lock.json': lock('good', { resolved }) }, args: [command] }
}

function unresolvedProject(command: 'ci' | 'install', specifier: string): Trial {
  const { files } = freshProject('leaky', specifier)
  return { files: { ...files, 'package-lock.json': lock('leaky', {}) }, args: [command] }
}

function lock(registry: RegistryName, fields: object): object {
  const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }
  return lockfileOf(
    { dependencies },
    {
      'node_modules/@luca/cases': lockedCases(world, fields),
      'node_modules/is-tiny': lockedTiny(world, registry),
    },
  )
}
