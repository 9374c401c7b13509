import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../clients/clients.ts'
import { bun, deno } from '../../clients/others.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard } from '../../world/run.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { jsrName } from './poison.ts'
import { readTree, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
afterAll(() => world.close())

interface Kind {
  readonly client: Client
  readonly lockfile: string
  /** By itself: what makes a lockfile, and what installs from it. */
  readonly lock: readonly string[]
  readonly frozen: readonly string[]
  /** What is saved for `jsr:@std/internal@1.0.5` and `cases@jsr:@luca/cases`. */
  readonly saved: object
}

const kinds: readonly Kind[] = [
  {
    client: bun,
    lockfile: 'bun.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen-lockfile'],
    saved: { '@std/internal': 'jsr:1.0.5', cases: 'jsr:@luca/cases@^1.0.1' },
  },
  {
    client: deno,
    lockfile: 'deno.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen'],
    saved: {
      '@std/internal': 'npm:@jsr/std__internal@1.0.5',
      cases: 'npm:@jsr/luca__cases@^1.0.1',
    },
  },
]

const rows = kinds.map((kind) => [`${kind.client.name} ${kind.client.version}`, kind] as const)

function envOf(client: Client): Record<string, string> {
  return world.env({ DENO_TLS_CA_STORE: 'system', DENO_CERT: world.caFile }, client)
}

/** The configuration that leads a client to that registry. */
function configure(_client: Client, registry: RegistryName): Record<string, string> {
  return { '.npmrc': world.npmrc(registry) }
}

function manifestOf({ name, version }: Client, dependencies: object): object {
  return { name: 'p', packageManager: `${name}@${version}`, dependencies }
}

describe.for(rows)('%s', patient, ([, { client, lockfile, lock, frozen, saved }]) => {
  const aliases = { '@luca/cases': `npm:${jsrName}@^1`, 'is-tiny': '^1' }

  test('installs, adds and updates through the private registry', async () => {
    const dependencies = {
      '@luca/cases': 'jsr:1.0.0',
      'is-tiny': '^1',
      path: 'npm:@jsr/std__path@^1',
      paths: 'jsr:@std/path@^1',
    }
    const files = {
      'package.json': manifestOf(client, dependencies),
      ...configure(client, 'good'),
    }
    const cwd = await createProject(files)
    const before = await readTree(cwd)
    const env = envOf(client)
    world.forget()
    for (const command of ['install', 'ci']) {
      const { exitCode, stdout, stderr } = await runGuard([command], { cwd, env })
      expect({ exitCode, stderr, stdout }).toMatchObject({ exitCode: 0 })
      expect(stdout).toMatch(/cases 1\.0\.0 /)
      expect(stdout).toMatch(/0 errors, \d+ warnings?; \d+ @jsr packages locked: \d+ private\n/)
      expect(stdout).toMatch(/^ {2}npm\.corp\.example: \d+ connections?$/m)
      expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(before.get('package.json'))
    }
    const added = Array.from((await readTree(cwd)).keys()).filter((file) => !before.has(file))
    expect(added).toEqual([lockfile])
    const code = await readFile(join(cwd, 'node_modules/@luca/cases/mod.js'), 'utf8')
    expect(code).toContain('pascalCase')
    for (const args of [
      ['add', '-D', 'jsr:@std/internal@1.0.5', 'cases@jsr:@luca/cases'],
      ['update'],
      ['ci'],
    ]) {
      const { exitCode, stderr } = await runGuard(args, { cwd, env })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    }
    expect(JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))).toMatchObject({
      dependencies: { '@luca/cases': 'jsr:1.0.0' },
      devDependencies: saved,
    })
    expect(world.askedJsr()).toEqual([])
  })

  const attacks: ReadonlyArray<readonly [string, () => Trial, readonly string[]]> = [
    ['a leaky registry', () => fresh('leaky'), ['direct-resolution', 'direct-route']],
    ['a registry that redirects', () => fresh('redirecting'), ['redirects-to-jsr', 'direct-route']],
    ['a registry that redirects metadata', () => fresh('packument-redirecting'), ['direct-route']],
    ['a lockfile that names JSR', () => locked('leaky', 'good'), ['direct-resolution']],
    ['a leaky registry and its lockfile', () => locked('leaky', 'leaky'), ['direct-resolution']],
    [
      'a registry that redirects, and its lockfile',
      () => locked('redirecting', 'redirecting'),
      ['redirects-to-jsr'],
    ],
  ]

  test.for(attacks)('lets nothing of JSR in from %s, where it would by itself', async (row) => {
    const [, trial, rules] = row
    const { marked } = await runBare(world, client, trial())
    expect(world.askedJsr()).not.toEqual([])
    expect(marked).not.toEqual([])
    const start = performance.now()
    const outcome = await runGuarded(world, client, guarded(trial()))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [] })
    expect(outcome.rules).toEqual([expect.toBeOneOf([...rules])])
    expect(world.askedJsr()).toEqual([])
    expect(performance.now() - start).toBeLessThan(30_000)
  })

  function fresh(registry: RegistryName): Trial {
    const files = { 'package.json': manifestOf(client, aliases), ...configure(client, registry) }
    return { files, args: ['install'], env: envOf(client) }
  }

  /** Locked with one registry, installed from another: the lockfile is what the client made of it. */
  function locked(first: RegistryName, then: RegistryName): Trial {
    return {
      ...fresh(first),
      args: frozen,
      prepare: async (cwd) => {
        const outcome = await runClient(client, lock, { cwd, env: envOf(client) })
        expect(outcome).toMatchObject({ exitCode: 0 })
        await rm(join(cwd, 'node_modules'), { recursive: true, force: true })
        for (const [file, text] of Object.entries(configure(client, then))) {
          await writeFile(join(cwd, file), text)
        }
      },
    }
  }

  /** The same for jsr-guard, which calls the second `ci`. */
  function guarded(trial: Trial): Trial {
    return { ...trial, args: trial.args === frozen ? ['ci'] : trial.args }
  }
})
