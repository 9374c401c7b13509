import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients, pnpmMinors } from '../../clients/pnpm.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { majorOf, readTree } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 120_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

const manifest = {
  name: 'good',
  private: true,
  dependencies: {
    '@luca/cases': 'jsr:^1',
    'is-tiny': '^1',
    path: 'npm:@jsr/std__path@^1',
    paths: 'jsr:@std/path@^1',
  },
}

const packages = [
  '@jsr/std__internal 1.0.6',
  '@luca/cases 1.0.1',
  'path = @jsr/std__path 1.1.0',
  'paths = @jsr/std__path 1.1.0',
]

const rows = pnpmClients.map((client) => [client.version, client] as const)

describe.for(rows)('pnpm %s', patient, ([version, client]) => {
  test('installs through the private registry, with ci as well, and leaves manifests alone', async () => {
    const cwd = await createProject({ 'package.json': manifest, '.npmrc': world.npmrc('good') })
    const before = await readTree(cwd)
    const env = world.env({}, client)
    for (const args of [['--client', 'pnpm', 'install'], ['install'], ['ci', '--prod']]) {
      const { exitCode, stdout, stderr } = await runGuard(args, { cwd, env })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      expect(readPackages(stdout)).toEqual(packages)
      expect(stdout).toContain(`pnpm ${version} asks https://npm.corp.example/npm/ (.npmrc:2)`)
      expect(stdout).toContain('0 errors, 0 warnings; 4 @jsr packages locked: 4 private')
      expect(stdout).toMatch(/^ {2}npm\.corp\.example: \d+ connections?$/m)
      expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(before.get('package.json'))
    }
    expect(await readFile(join(cwd, 'node_modules/@luca/cases/mod.js'), 'utf8')).toContain('pascal')
    expect(world.askedJsr()).toEqual([])
    const added = Array.from((await readTree(cwd)).keys()).filter((file) => !before.has(file))
    expect(added).toEqual(['pnpm-lock.yaml'])
  })

  test('adds and updates as the manifest says it, and installs from that lockfile by itself', async () => {
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { '@luca/cases': 'jsr:1.0.0' } },
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      '.npmrc': world.npmrc('good'),
    })
    const env = world.env({}, client)
    for (const args of [
      ['install'],
      ['add', 'jsr:@std/internal@^1', 'paths@jsr:@std/path', 'is-tiny'],
      ['update', '--latest'],
    ]) {
      const { exitCode, stderr } = await runGuard(args, { cwd, env })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    }
    expect(JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))).toMatchObject({
      dependencies: {
        '@luca/cases': expect.stringMatching(/^jsr:1\.0\.[01]$/),
        '@std/internal': expect.stringMatching(/^jsr:\^1/),
        'is-tiny': '^1.0.0',
        paths: expect.stringMatching(/^jsr:@std\/path(?:@\^1|$)/),
      },
    })
    const again = await runGuard(['ci'], { cwd, env })
    expect(again).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    // pnpm 9 can't read jsr: at all.
    if (majorOf(client) === '9') return
    expect(await runClient(client, ['install', '--frozen-lockfile'], { cwd, env })).toMatchObject({
      exitCode: 0,
    })
  })
})

test.for(pnpmMinors)(
  'pnpm $version installs and adds through the private registry',
  patient,
  async (client) => {
    const cwd = await createProject({
      'package.json': manifest,
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      '.npmrc': world.npmrc('good'),
    })
    const env = world.env({}, client)
    for (const args of [['add', 'jsr:@std/internal@^1']]) {
      const { exitCode, stderr } = await runGuard(args, { cwd, env })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    }
    expect(world.askedJsr()).toEqual([])
    expect(await readFile(join(cwd, 'node_modules/@std/internal/mod.js'), 'utf8')).not.toBe('')
  },
)

test.for(pnpmClients.filter((client) => ['9', '12'].includes(majorOf(client))))(
  'a workspace of pnpm $version installs, and adds to one member',
  patient,
  async (client) => {
    const isOld = majorOf(client) === '9'
    const specifier = isOld ? 'npm:@jsr/std__path@^1' : 'jsr:@std/path@^1'
    const cwd = await createProject({
      'package.json': { name: 'root', private: true },
      'pnpm-workspace.yaml': `packages: [packages/*]\ncatalog:\n  paths: ${specifier}\n`,
      'packages/app/package.json': {
        name: 'app',
        dependencies: { '@luca/cases': 'jsr:^1', lib: 'workspace:*', paths: 'catalog:' },
      },
      'packages/lib/package.json': { name: 'lib', version: '1.0.0' },
      '.npmrc': world.npmrc('good'),
    })
    const before = await readTree(cwd)
    const env = world.env({}, client)
    const member = join(cwd, 'packages/lib')
    for (const [folder, args] of [
      [cwd, ['install']],
      [cwd, ['--cwd', member, 'add', 'is-tiny']],
      [cwd, ['add', '--filter', 'app', '-D', 'cases@jsr:@luca/cases']],
      [member, ['ci', '-r']],
      [cwd, ['ci', '--dir', 'packages/app']],
    ] as const) {
      const { exitCode, stderr } = await runGuard(args, { cwd: folder, env })
      expect({ exitCode, stderr, args }).toMatchObject({ exitCode: 0 })
    }
    const after = await readTree(cwd)
    expect(after.get('pnpm-workspace.yaml')).toBe(before.get('pnpm-workspace.yaml'))
    expect(JSON.parse(after.get('packages/app/package.json') ?? '')).toMatchObject({
      dependencies: { '@luca/cases': 'jsr:^1', lib: 'workspace:*', paths: 'catalog:' },
      devDependencies: { cases: expect.stringMatching(/^jsr:@luca\/cases/) },
    })
    expect(JSON.parse(after.get('packages/lib/package.json') ?? '')).toMatchObject({
      dependencies: { 'is-tiny': '^1.0.0' },
    })
    const changed = Array.from(after.keys()).filter((file) => after.get(file) !== before.get(file))
    expect(changed.toSorted()).toEqual([
      'packages/app/package.json',
      'packages/lib/package.json',
      'pnpm-lock.yaml',
    ])
    expect(world.askedJsr()).toEqual([])
  },
)

/** One line per `@jsr` package: what it is imported by, and its version. */
function readPackages(stdout: string): string[] {
  return stdout
    .split('\n')
    .flatMap((line) => /^ {2}private (.* \d+\.\d+\.\d+) {2}/.exec(line)?.[1] ?? [])
    .toSorted()
}
