import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockfileOf } from './poison.ts'
import { clientOf, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close())

const client = clientOf('11')
const dependencies = { '@luca/cases': aliasOfCases }
const casesKey = 'node_modules/@luca/cases'

/** A project that is locked to a registry, or to no address, and wants the scope from one. */
function lockedTo(locked: RegistryName | undefined, wanted: RegistryName): Trial {
  const { integrity } = world.published(jsrName, '1.0.0')
  const resolved =
    locked === undefined ? undefined : `${world.registry(locked)}${jsrName}/-/luca__cases-1.0.0.tgz`
  const entry = { name: jsrName, version: '1.0.0', resolved, integrity }
  // Without an address the client's own route decides.
  const usual = locked === undefined ? wanted : 'good'
  return {
    files: {
      'package.json': { name: 'p', dependencies },
      'package-lock.json': lockfileOf({ dependencies }, { [casesKey]: entry }),
      '.npmrc': world.npmrc(usual),
      'jsr-guard.json': {
        registry: world.registry(usual),
        scopes: { '@luca': world.registry(wanted) },
      },
    },
    args: ['ci'],
  }
}

test(
  'what is locked to the registry of its scope is asked for there, and installed',
  patient,
  async () => {
    const outcome = await runGuarded(world, client, lockedTo('lookalike', 'lookalike'))
    expect(outcome).toMatchObject({ rules: [], exitCode: 0, changed: [] })
    expect(world.asked('npm.jsr.io.corp.example')).not.toEqual([])
    expect(world.asked('npm.corp.example')).toEqual([])
  },
)

test.for<readonly [string, RegistryName | undefined, RegistryName, string]>([
  ['is locked to another registry', 'good', 'lookalike', 'foreign-resolution'],
  ['is redirected to JSR by its own', 'redirecting', 'redirecting', 'redirects-to-jsr'],
  ['has metadata that leads to JSR', undefined, 'leaky', 'leaky-registry'],
  ['has metadata that leads elsewhere', undefined, 'blob', 'foreign-resolution'],
])('what %s is stopped before it is fetched', patient, async ([, locked, wanted, rule]) => {
  const outcome = await runGuarded(world, client, lockedTo(locked, wanted))
  expect(outcome).toMatchObject({ exitCode: 1, rules: [rule], changed: [], marked: [] })
  expect(world.askedJsr()).toEqual([])
  expect(world.asked('blobs.corp-storage.example')).toEqual([])
  expect(outcome.report.findings).toMatchObject([
    {
      file: 'package-lock.json',
      excerpt: '"node_modules/@luca/cases": {',
      why: ['package.json', '@jsr/luca__cases@1.0.0'],
    },
  ])
})

test('of a lockfile that was made and put back, the line is told as it was', patient, async () => {
  const { files } = lockedTo('good', 'good')
  const { 'package-lock.json': _, ...rest } = files
  const policy = { registry: world.registry('leaky') }
  const outcome = await runGuarded(world, client, {
    files: { ...rest, '.npmrc': world.npmrc('leaky'), 'jsr-guard.json': policy },
    args: ['install'],
  })
  expect(outcome).toMatchObject({ exitCode: 1, changed: [], marked: [] })
  expect(outcome.report.findings).toContainEqual(
    expect.objectContaining({
      rule: 'direct-resolution',
      file: 'package-lock.json',
      excerpt: '"node_modules/@luca/cases": {',
      why: ['package.json', expect.stringMatching(/^@jsr\/luca__cases@1\./)],
    }),
  )
})
