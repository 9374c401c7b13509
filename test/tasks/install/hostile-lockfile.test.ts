import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findMarker } from '../../world/marker.ts'
import { runClient } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
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
  /** All that is said against it. */
  readonly rules: readonly string[]
  /** The npm versions that are tried; default 11. */
  readonly majors?: readonly string[]
}

const dependencies = { '@luca/cases': aliasOfCases, 'is-tiny': '^1' }
const casesKey = 'node_modules/@luca/cases'
const tinyKey = 'node_modules/is-tiny'

const cases: readonly Case[] = [
  {
    title: 'JSR under the name of an ordinary package',
    trial: () => ci({ [casesKey]: privateCases(), [tinyKey]: onJsr({ name: undefined }) }),
    rules: ['direct-resolution', 'name-mismatch'],
    majors: ['10', '11', '12'],
  },
  ...['inBundle', 'optional', 'extraneous'].map((flag) => ({
    title: `JSR in an entry that is flagged ${flag}`,
    trial: () => ci({ [casesKey]: onJsr({ [flag]: true }), [tinyKey]: lockedTiny(world) }),
    rules: ['direct-resolution'],
  })),
  {
    title: 'JSR in npm-shrinkwrap.json, beside a package-lock.json that is in order',
    trial: () => {
      const { files, args } = ci(privateEntries())
      return { files: { ...files, 'npm-shrinkwrap.json': poisoned() }, args }
    },
    rules: ['direct-resolution'],
    majors: ['10', '11'],
  },
  {
    title: 'JSR in a lockfile of version 1',
    trial: () => projectWith({ 'package-lock.json': oldLockfile() }, ['ci']),
    rules: ['unknown-source'],
  },
  {
    title: 'JSR in a yarn.lock, which npm reads where it has no lockfile',
    trial: () => {
      // Without it the project is Yarn's.
      const manifest = { name: 'p', packageManager: 'npm@11.21.2', dependencies }
      return projectWith({ 'package.json': manifest, 'yarn.lock': yarnLockfile() }, ['install'])
    },
    rules: ['unknown-source'],
  },
  {
    title: 'JSR in the second of two entries of the same key',
    trial: () => projectWith({ 'package-lock.json': ambiguousLockfile() }, ['ci']),
    rules: ['unknown-source'],
  },
  {
    title: 'JSR in a lockfile with a byte order mark',
    trial: () =>
      projectWith({ 'package-lock.json': `\ufeff${JSON.stringify(poisoned())}` }, ['ci']),
    rules: ['direct-resolution'],
  },
  {
    title: 'JSR in what npm obeys and never writes',
    trial: () => {
      const inside = lockedCases(world, { _resolved: world.jsrTarballUrl(jsrName, '1.0.0') })
      return ci({ [casesKey]: inside, [tinyKey]: lockedTiny(world) })
    },
    rules: ['unknown-source'],
  },
  {
    title: 'JSR for what another package brings in',
    trial: () => transitive(),
    rules: ['direct-resolution'],
  },
]

const rows = cases.flatMap((row) =>
  (row.majors ?? ['11']).map((major) => [row.title, major, row] as const),
)

describe.for(rows)('%s, with npm %s', patient, ([, major, { trial, rules }]) => {
  const client = clientOf(major)

  test('is fetched by npm alone', async () => {
    const outcome = await runBare(world, client, trial())
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(outcome.marked.join('\n')).toContain('node_modules/')
    expect(world.askedJsr()).not.toEqual([])
  })

  test('is refused before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, trial())
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [], rules })
    expect(world.log).toEqual([])
  })
})

describe('JSR in the record that npm keeps in node_modules, and no lockfile', patient, () => {
  const client = clientOf('11')

  test('gets into the lockfile by npm install alone, and is fetched by the next npm ci', async () => {
    const { cwd, exitCode } = await runBare(world, client, hiddenLockfile())
    expect(exitCode).toBe(0)
    expect(world.askedJsr()).toEqual([])
    expect(await runClient(client, ['ci'], { cwd, env: world.env() })).toMatchObject({
      exitCode: 0,
    })
    expect(world.askedJsr()).not.toEqual([])
    expect(await findMarker(cwd, world.marker)).toContain('node_modules/@luca/cases/mod.js')
  })

  test('is refused before anybody is asked', async () => {
    const outcome = await runGuarded(world, client, hiddenLockfile())
    const expected = { exitCode: 1, marked: [], changed: [], rules: ['direct-resolution'] }
    expect(outcome).toMatchObject(expected)
    expect(world.log).toEqual([])
  })
})

function projectWith(lockfiles: Trial['files'], args: readonly string[]): Trial {
  const files = { 'package.json': { name: 'p', dependencies }, '.npmrc': world.npmrc('good') }
  return { files: { ...files, ...lockfiles }, args }
}

function ci(entries: object): Trial {
  return projectWith({ 'package-lock.json': lockfileOf({ dependencies }, entries) }, ['ci'])
}

function onJsr(fields: object): object {
  return lockedCases(world, { resolved: world.jsrTarballUrl(jsrName, '1.0.0'), ...fields })
}

function privateCases(): object {
  const resolved = `${world.registry('good')}${jsrName}/-/luca__cases-1.0.0.tgz`
  return lockedCases(world, { resolved, integrity: world.published(jsrName, '1.0.0').integrity })
}

function privateEntries(): object {
  return { [casesKey]: privateCases(), [tinyKey]: lockedTiny(world) }
}

function poisoned(): object {
  return lockfileOf({ dependencies }, { [casesKey]: onJsr({}), [tinyKey]: lockedTiny(world) })
}

function hiddenLockfile(): Trial {
  const installed = { name: jsrName, version: '1.0.0' }
  const record = 'node_modules/.package-lock.json'
  const trial = projectWith(
    {
      [record]: { name: 'p', lockfileVersion: 3, packages: { [casesKey]: onJsr({}) } },
      [`${casesKey}/package.json`]: installed,
    },
    ['install'],
  )
  return {
    ...trial,
    // npm believes a record only if nothing in node_modules is newer.
    prepare: (cwd) => utimes(join(cwd, record), new Date('2038-01-01'), new Date('2038-01-01')),
  }
}

function oldLockfile(): object {
  const resolved = world.jsrTarballUrl(jsrName, '1.0.0')
  const integrity = world.published(jsrName, '1.0.0').jsrIntegrity
  const entry = { version: `npm:${jsrName}@1.0.0`, resolved, integrity }
  return {
    name: 'p',
    lockfileVersion: 1,
    requires: true,
    dependencies: { '@luca/cases': entry, 'is-tiny': lockedTiny(world) },
  }
}

function yarnLockfile(): string {
  return [
    '# yarn lockfile v1',
    '',
    `"@luca/cases@${aliasOfCases}":`,
    '  version "1.0.0"',
    `  resolved "${world.jsrTarballUrl(jsrName, '1.0.0')}"`,
    `  integrity ${world.published(jsrName, '1.0.0').jsrIntegrity}`,
    '',
  ].join('\n')
}

/** JSON readers take the last one. */
function ambiguousLockfile(): string {
  const [good, bad] = [privateCases(), onJsr({})].map((entry) => JSON.stringify(entry))
  const text = JSON.stringify(
    lockfileOf({ dependencies }, { [casesKey]: 'here', [tinyKey]: lockedTiny(world) }),
  )
  return text.replace('"here"', `${good},"${casesKey}":${bad}`)
}

function transitive(): Trial {
  const requested = { 'uses-cases': '1.0.0' }
  const resolved = `${world.registry('good')}uses-cases/-/uses-cases-1.0.0.tgz`
  const { integrity } = world.published('uses-cases', '1.0.0')
  const asking = { version: '1.0.0', resolved, integrity, dependencies: { [jsrName]: '^1' } }
  const key = `node_modules/uses-cases/node_modules/${jsrName}`
  const lockfile = lockfileOf(
    { dependencies: requested },
    { 'node_modules/uses-cases': asking, [key]: onJsr({}) },
  )
  const files = {
    'package.json': { name: 'p', dependencies: requested },
    'package-lock.json': lockfile,
    '.npmrc': world.npmrc('good'),
  }
  return { files, args: ['ci'] }
}
