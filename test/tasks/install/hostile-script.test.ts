import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients, type Client } from '../../clients/clients.ts'
import { startWorld, type World } from '../../world/world.ts'
import { lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, majorOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
afterAll(() => world.close())

/** Asks JSR through the proxy that the environment names, and ends with 0 whatever comes of it. */
const asking = readFileSync(new URL('../../world/with-script.cjs', import.meta.url), 'utf8')

const refused = { host: 'npm.jsr.io', connections: 0, refused: 1 }

interface Case {
  readonly title: string
  readonly trial: (client: Client) => Trial
  /** Where the script leaves what came of it. */
  readonly trace: string
  readonly majors?: readonly string[]
}

const cases: readonly Case[] = [
  {
    title: 'the install script of a dependency',
    trial: (client) => dependingProject('dependencies', client),
    trace: 'node_modules/with-script/asked.txt',
    majors: clients.map(majorOf),
  },
  {
    title: 'the install script of an optional dependency',
    trial: (client) => dependingProject('optionalDependencies', client),
    trace: 'node_modules/with-script/asked.txt',
  },
  {
    title: "the project's own postinstall script",
    trial: () => scriptedProject('postinstall'),
    trace: 'asked.txt',
  },
  {
    title: 'the postinstall script of a project with a lockfile',
    trial: () => lockedProject(),
    trace: 'asked.txt',
  },
  {
    title: "the project's own preinstall script",
    trial: () => scriptedProject('preinstall'),
    trace: 'asked.txt',
    majors: ['11', '12'],
  },
]

const rows = cases.flatMap((row) =>
  (row.majors ?? ['11']).map((major) => [row.title, major, row] as const),
)

describe.for(rows)('%s asks JSR, with npm %s', patient, ([, major, { trial, trace }]) => {
  const client = clientOf(major)

  test('and is answered, by npm alone', async () => {
    const { cwd, exitCode } = await runBare(world, client, trial(client))
    expect(exitCode).toBe(0)
    expect(await readFile(join(cwd, trace), 'utf8')).toBe('answered 200')
    expect(world.askedJsr()).not.toEqual([])
  })

  test('and is refused, which ends the run and is in the report', async () => {
    const outcome = await runGuarded(world, client, trial(client))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], rules: ['direct-route'] })
    // The script itself may have had the time to write down that it was refused.
    expect(['asked.txt', '']).toContain(outcome.changed.join())
    expect(outcome.report.hosts).toContainEqual(refused)
    expect(world.askedJsr()).toEqual([])
  })
})

test('a script that is not run asks nobody, and nothing is said of it', patient, async () => {
  const client = clientOf('11')
  const { files } = dependingProject('dependencies', client)
  const trial = { files, args: ['install', '--ignore-scripts'] }
  const outcome = await runGuarded(world, client, trial)
  expect(outcome).toMatchObject({ exitCode: 0, rules: [], changed: ['package-lock.json'] })
  expect(outcome.report.hosts).not.toContainEqual(refused)
})

function dependingProject(field: 'dependencies' | 'optionalDependencies', client: Client): Trial {
  return {
    files: {
      'package.json': { name: 'p', [field]: { 'with-script': '1.0.0' } },
      '.npmrc': world.npmrc('good'),
    },
    // npm 12 runs no script of a dependency unless it is told to.
    args: ['install', ...(majorOf(client) === '12' ? ['--dangerously-allow-all-scripts'] : [])],
  }
}

function scriptedProject(event: 'preinstall' | 'postinstall'): Trial {
  const dependencies = { 'is-tiny': '1.0.0' }
  return {
    files: {
      'package.json': { name: 'p', dependencies, scripts: { [event]: 'node ask.cjs' } },
      'ask.cjs': asking,
      '.npmrc': world.npmrc('good'),
    },
    args: ['install'],
  }
}

/** npm would write this lockfile in another way. */
function lockedProject(): Trial {
  const { files, args } = scriptedProject('postinstall')
  const entries = { 'node_modules/is-tiny': lockedTiny(world) }
  const lockfile = lockfileOf({ dependencies: { 'is-tiny': '1.0.0' } }, entries)
  return { files: { ...files, 'package-lock.json': JSON.stringify(lockfile) }, args }
}
