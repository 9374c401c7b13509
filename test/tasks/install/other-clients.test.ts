import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../clients/clients.ts'
import { bun, deno, yarnBerry, yarnClassic } from '../../clients/others.ts'
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
  /** What is saved for `jsr:@std/internal@1.0.5` and `cases@jsr:@luca/cases@^1`. */
  readonly saved: object
}

const kinds: readonly Kind[] = [
  {
    client: yarnClassic,
    lockfile: 'yarn.lock',
    lock: ['install'],
    frozen: ['install', '--frozen-lockfile'],
    saved: { '@std/internal': 'jsr:1.0.5', cases: 'jsr:@luca/cases@^1' },
  },
  {
    client: yarnBerry,
    lockfile: 'yarn.lock',
    lock: ['install', '--mode=update-lockfile'],
    frozen: ['install', '--immutable'],
    saved: { '@std/internal': 'jsr:1.0.5', cases: 'jsr:@luca/cases@^1' },
  },
  {
    client: bun,
    lockfile: 'bun.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen-lockfile'],
    saved: { '@std/internal': 'jsr:1.0.5', cases: expect.stringMatching(/^jsr:@luca\/cases@\^1/) },
  },
  {
    client: deno,
    lockfile: 'deno.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen'],
    saved: {
      '@std/internal': 'npm:@jsr/std__internal@1.0.5',
      cases: expect.stringMatching(/^npm:@jsr\/luca__cases@\^1/),
    },
  },
]

const rows = kinds.map((kind) => [`${kind.client.name} ${kind.client.version}`, kind] as const)

/**
 * Deno trusts no variable of Node's. Yarn 1 reads files of the machine beside its Node, and keeps
 * its cache in one place for the whole machine where it is run by root.
 */
function envOf(client: Client): Record<string, string> {
  const trust = { DENO_TLS_CA_STORE: 'system', DENO_CERT: world.caFile }
  const env = world.env(trust, client)
  if (client !== yarnClassic) return env
  const home = env['HOME'] ?? ''
  return { ...env, PREFIX: home, YARN_CACHE_FOLDER: join(home, 'yarn-cache') }
}

/** The configuration that leads a client to that registry. */
function configure(client: Client, registry: RegistryName): Record<string, string> {
  return client === yarnBerry
    ? { '.yarnrc.yml': yarnrc(registry) }
    : { '.npmrc': world.npmrc(registry) }
}

function yarnrc(registry: RegistryName, ...lines: readonly string[]): string {
  const url = world.registry(registry)
  return [
    `npmRegistryServer: ${url}`,
    `npmScopes: { jsr: { npmRegistryServer: '${url}' } }`,
    'nodeLinker: node-modules',
    'enableTelemetry: false',
    'npmMinimalAgeGate: 0',
    ...lines,
    '',
  ].join('\n')
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
    expect(added.filter((file) => !file.startsWith('.yarn/'))).toEqual([lockfile])
    const code = await readFile(join(cwd, 'node_modules/@luca/cases/mod.js'), 'utf8')
    expect(code).toContain('pascalCase')
    for (const args of [
      ['add', '-D', 'jsr:@std/internal@1.0.5', 'cases@jsr:@luca/cases@^1'],
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
      ['redirects-to-jsr', 'direct-route'],
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

describe('refuses, before anything runs', patient, () => {
  interface Refusal {
    readonly client: Client
    readonly files?: Readonly<Record<string, string>>
    readonly args?: readonly string[]
    readonly env?: Readonly<Record<string, string>>
  }
  const refusals: ReadonlyArray<readonly [string, () => Refusal]> = [
    [
      "a proxy of Yarn's for one host",
      () => ({
        client: yarnBerry,
        files: {
          '.yarnrc.yml': yarnrc('good', "networkSettings: { npm.jsr.io: { httpsProxy: '' } }"),
        },
      }),
    ],
    [
      'variables that Yarn takes from a file',
      () => ({ client: yarnBerry, files: { '.env.yarn': 'YARN_HTTPS_PROXY=\n' } }),
    ],
    [
      'another lockfile of Yarn',
      () => ({ client: yarnBerry, env: { YARN_LOCKFILE_FILENAME: 'other.lock' } }),
    ],
    [
      'a Yarn that the project brings along and that does not say what it is',
      () => ({ client: yarnBerry, files: { '.yarnrc.yml': yarnrc('good', 'yarnPath: yarn.cjs') } }),
    ],
    [
      'a package without a range, which Yarn would save as a tag',
      () => ({ client: yarnBerry, args: ['add', 'jsr:@luca/cases'] }),
    ],
    [
      'arguments of a .yarnrc',
      () => ({
        client: yarnClassic,
        files: { '.yarnrc': '--https-proxy "http://127.0.0.1:9/"\n' },
      }),
    ],
    [
      'no lockfile, with Yarn 1',
      () => ({ client: yarnClassic, args: ['install', '--no-lockfile'] }),
    ],
    [
      'another registry, with Bun',
      () => ({ client: bun, args: ['install', '--registry=https://a.example/'] }),
    ],
    ['a global install, with Bun', () => ({ client: bun, args: ['add', '-g', 'is-tiny'] })],
    [
      'a global install, with Deno',
      () => ({ client: deno, args: ['install', '--global', 'npm:is-tiny'] }),
    ],
    ['modules, with Deno', () => ({ client: deno, args: ['install', '--entrypoint', 'main.ts'] })],
    [
      'a lockfile elsewhere, with Deno',
      () => ({ client: deno, files: { 'deno.json': '{ "lock": "other.lock" }' } }),
    ],
    [
      'no lockfile, with Deno',
      () => ({ client: deno, files: { 'deno.json': '{ "lock": false }' } }),
    ],
  ]
  test.for(refusals)('%s', async ([, refusal]) => {
    const { client, files = {}, args = ['install'], env } = refusal()
    const cwd = await createProject({
      'package.json': manifestOf(client, { '@luca/cases': 'jsr:^1' }),
      ...configure(client, 'good'),
      ...files,
    })
    const before = await readTree(cwd)
    world.forget()
    const outcome = await runGuard(args, { cwd, env: { ...envOf(client), ...env } })
    expect(outcome.exitCode).toBe(2)
    expect(outcome.stderr).toMatch(/ERR_JSR_GUARD_(?:UNSUPPORTED|CLIENT)/)
    expect(world.log).toEqual([])
    expect(await readTree(cwd)).toEqual(before)
  })
})

test(
  'Yarn 1 with a lockfile that says less than its workspaces is stopped by ci',
  patient,
  async () => {
    const cwd = await createProject({
      'package.json': { name: 'root', private: true, workspaces: ['packages/*'] },
      'packages/a/package.json': { name: 'a', version: '1.0.0', dependencies: { 'is-tiny': '^1' } },
      '.npmrc': world.npmrc('good'),
    })
    const env = envOf(yarnClassic)
    const args = ['--client', 'yarn']
    expect(await runGuard([...args, 'install'], { cwd, env })).toMatchObject({ exitCode: 0 })
    const manifest = { name: 'a', version: '1.0.0', dependencies: { '@luca/cases': 'jsr:^1' } }
    await writeFile(join(cwd, 'packages/a/package.json'), JSON.stringify(manifest))
    const before = await readTree(cwd)
    const outcome = await runGuard([...args, 'ci'], { cwd, env })
    expect(outcome).toMatchObject({ exitCode: 1 })
    expect(outcome.stdout).toContain('error[stale-lockfile] yarn.lock')
    expect(await readTree(cwd)).toEqual(before)
  },
)

test(
  "the token of a .yarnrc.yml reaches Yarn's registry, and nobody sees it",
  patient,
  async () => {
    const cwd = await createProject({
      'package.json': manifestOf(yarnBerry, { '@luca/cases': 'jsr:^1' }),
      '.yarnrc.yml': yarnrc(
        'token',
        'npmRegistries:',
        `  ${world.registry('token').replace('https:', '')}: { npmAlwaysAuth: true, npmAuthToken: '\${TOKEN}' }`,
      ),
    })
    const env = { ...envOf(yarnBerry), TOKEN: world.token }
    const outcome = await runGuard(['--verbose', 'install'], { cwd, env })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(outcome.stdout + outcome.stderr).not.toContain(world.token)
  },
)
