import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
afterAll(() => world.close())

interface Case {
  readonly title: string
  readonly trial: () => Trial
  readonly exitCode: number
  /** All that is said against it. */
  readonly rules: readonly string[]
}

const client = clientOf('11')
const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }

const cases: readonly Case[] = [
  {
    title: 'a lockfile that names JSR, with npm ci',
    trial: () => lockedProject('good', world.jsrTarballUrl(jsrName, '1.0.0'), ['ci']),
    exitCode: 1,
    rules: ['direct-resolution'],
  },
  {
    title: 'a lockfile that names JSR, with npm install',
    trial: () => lockedProject('good', world.jsrTarballUrl(jsrName, '1.0.0'), ['install']),
    exitCode: 1,
    rules: ['direct-resolution'],
  },
  {
    title: 'a leaky registry',
    trial: () => freshProject('leaky', ['install', '--prefer-offline']),
    exitCode: 1,
    rules: ['direct-resolution'],
  },
  {
    title: 'a leaky registry, offline',
    trial: () => freshProject('leaky', ['install', '--offline']),
    exitCode: 1,
    rules: ['direct-resolution'],
  },
  {
    title: 'a registry that redirects tarballs',
    trial: () => freshProject('redirecting', ['install', '--prefer-offline']),
    exitCode: 1,
    rules: ['redirects-to-jsr'],
  },
  {
    title: 'a lockfile that names no address, and a leaky registry',
    trial: () => lockedProject('leaky', undefined, ['ci', '--prefer-offline']),
    exitCode: 1,
    rules: ['leaky-registry'],
  },
  {
    title: 'a lockfile that names no address, and a leaky registry, offline',
    trial: () => lockedProject('leaky', undefined, ['ci', '--offline']),
    exitCode: 4,
    rules: [],
  },
]

describe.for(cases.map((row) => [row.title, row] as const))(
  '%s, with a cache that holds what JSR served',
  patient,
  ([, row]) => {
    test('is installed by npm alone without a word to JSR, and refused by jsr-guard', async () => {
      const trial = { ...row.trial(), env: world.env({}, client) }
      const online = trial.args.filter((argument) => !argument.endsWith('offline'))
      await runBare(world, client, { ...trial, args: online })
      expect(world.askedJsr()).not.toEqual([])

      const bare = await runBare(world, client, trial)
      expect(bare.exitCode).toBe(0)
      expect(world.askedJsr()).toEqual([])
      expect(bare.marked).toContain('node_modules/@luca/cases/mod.js')

      const outcome = await runGuarded(world, client, trial)
      const { exitCode, rules } = row
      expect(outcome).toMatchObject({ exitCode, changed: [], rules })
      expect(outcome.marked.filter((file) => file.startsWith('node_modules'))).toEqual([])
      expect(world.askedJsr()).toEqual([])
    })
  },
)

test(
  'offline, the rules about the registry are not said to have been judged',
  patient,
  async () => {
    const env = world.env({}, client)
    const trial = { ...freshProject('good', ['install']), env }
    const online = await runGuarded(world, client, trial)
    expect(online.exitCode).toBe(0)
    const offline = await runGuarded(world, client, { ...trial, args: ['install', '--offline'] })
    expect(offline.exitCode).toBe(0)
    const asked = ['leaky-registry', 'not-served', 'redirects-to-jsr']
    const [before, after] = [online, offline].map(({ report }) =>
      report.skipped.map(({ rule }) => rule).filter((rule) => asked.includes(rule)),
    )
    expect(before).toEqual([])
    expect(after?.toSorted()).toEqual(asked)
  },
)

function freshProject(registry: RegistryName, args: readonly string[]): Trial {
  const files = { 'package.json': { name: 'p', dependencies }, '.npmrc': world.npmrc(registry) }
  return { files, args }
}

function lockedProject(
  registry: RegistryName,
  resolved: string | undefined,
  args: readonly string[],
): Trial {
  const entries = {
    'node_modules/@luca/cases': lockedCases(world, { resolved }),
    'node_modules/is-tiny': lockedTiny(world, registry),
  }
  const { files } = freshProject(registry, args)
  return { files: { ...files, 'package-lock.json': lockfileOf({ dependencies }, entries) }, args }
}
