import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createProject } from '../../world/project.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { runVerify } from './trial.ts'

// The machine may be busy.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close())

const dependencies = {
  '@luca/cases': 'npm:@jsr/luca__cases@1.0.0',
  '@std/path': 'npm:@jsr/std__path@^1',
}

/** `@luca/cases` is locked to one registry and `@std/path` to `good`; the policy wants the scope from another. */
async function verifyLocked(locked: RegistryName, wanted: RegistryName) {
  const versions = { luca__cases: '1.0.0', std__path: '1.0.8' }
  const entry = (name: keyof typeof versions, registry: RegistryName): object => ({
    name: `@jsr/${name}`,
    version: versions[name],
    resolved: `${world.registry(registry)}@jsr/${name}/-/${name}-${versions[name]}.tgz`,
    integrity: world.published(`@jsr/${name}`, versions[name]).integrity,
  })
  const cwd = await createProject({
    'package.json': { name: 'p', dependencies },
    'package-lock.json': {
      name: 'p',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { name: 'p', dependencies },
        'node_modules/@luca/cases': entry('luca__cases', locked),
        'node_modules/@std/path': entry('std__path', 'good'),
      },
    },
    '.npmrc': world.npmrc('good'),
    'jsr-guard.json': {
      registry: world.registry('good'),
      scopes: { '@luca': world.registry(wanted) },
    },
  })
  return await runVerify(world, cwd)
}

function askedFor(host: string): readonly string[] {
  const paths = world.asked(host).map(({ path }) => path)
  return ['luca__cases', 'std__path'].filter((name) => paths.some((path) => path.includes(name)))
}

test('each package is asked for at the registry of its scope', patient, async () => {
  expect(await verifyLocked('lookalike', 'lookalike')).toMatchObject({ exitCode: 0, rules: [] })
  expect(askedFor('npm.jsr.io.corp.example')).toEqual(['luca__cases'])
  expect(askedFor('npm.corp.example')).toEqual(['std__path'])
  expect(world.askedJsr()).toEqual([])
})

test('and judged by it', patient, async () => {
  expect(await verifyLocked('leaky', 'leaky')).toMatchObject({
    exitCode: 1,
    rules: ['leaky-registry'],
    report: { findings: [{ message: expect.stringContaining('@jsr/luca__cases') }] },
  })
  expect(await verifyLocked('good', 'lookalike')).toMatchObject({
    exitCode: 1,
    rules: ['foreign-resolution'],
    report: { findings: [{ message: expect.stringContaining('@jsr/luca__cases') }] },
  })
})

test(
  'what the registry’s answers are about has its line, and what brings it in',
  patient,
  async () => {
    const { report } = await verifyLocked('leaky', 'leaky')
    expect(report.findings).toMatchObject([
      {
        rule: 'leaky-registry',
        excerpt: '"node_modules/@luca/cases": {',
        why: ['package.json', '@jsr/luca__cases@1.0.0'],
      },
    ])
  },
)
