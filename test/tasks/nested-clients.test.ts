import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients, type Client } from '../clients/clients.ts'
import { bun, deno, yarnBerry, yarnClassic } from '../clients/others.ts'
import { createProject } from '../world/project.ts'
import { runClient, runGuard } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 120_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

interface Kind {
  readonly client: Client
  readonly lockfile: string
  readonly lock: readonly string[]
  readonly frozen: readonly string[]
  /** Whether it goes by a lockfile in a workspace's folder, when it is started there. */
  readonly readsMember: boolean
}

const [, npm = yarnClassic] = clients
const kinds: readonly Kind[] = [
  {
    client: npm,
    lockfile: 'package-lock.json',
    lock: ['install', '--package-lock-only'],
    frozen: ['ci', '--fetch-retries=0'],
    readsMember: false,
  },
  {
    client: yarnClassic,
    lockfile: 'yarn.lock',
    lock: ['install'],
    frozen: ['install', '--frozen-lockfile'],
    readsMember: false,
  },
  {
    client: yarnBerry,
    lockfile: 'yarn.lock',
    lock: ['install', '--mode=update-lockfile'],
    frozen: ['install', '--immutable'],
    readsMember: true,
  },
  {
    client: bun,
    lockfile: 'bun.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen-lockfile'],
    readsMember: false,
  },
  {
    client: deno,
    lockfile: 'deno.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen'],
    readsMember: false,
  },
]
const rows = kinds.map((kind) => [`${kind.client.name} ${kind.client.version}`, kind] as const)

function envOf(client: Client): Record<string, string> {
  const env = world.env({ DENO_TLS_CA_STORE: 'system', DENO_CERT: world.caFile }, client)
  if (client !== yarnClassic) return env
  const home = env['HOME'] ?? ''
  return { ...env, PREFIX: home, YARN_CACHE_FOLDER: join(home, 'yarn-cache') }
}

/** Both ways to configure it, for all clients. */
function configure(jsr: string): Record<string, string> {
  const registry = world.registry('good')
  const yarnrc = [
    'nodeLinker: node-modules',
    'enableTelemetry: false',
    'npmMinimalAgeGate: 0',
    `npmRegistryServer: "${registry}"`,
    `npmScopes: { jsr: { npmRegistryServer: "${jsr}" } }`,
    '',
  ]
  return {
    '.npmrc': `registry=${registry}\n@jsr:registry=${jsr}\n`,
    '.yarnrc.yml': yarnrc.join('\n'),
  }
}

function below(folder: string, files: Readonly<Record<string, string | object>>) {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text] as const),
  )
}

describe.for(rows)('%s', patient, ([, kind]) => {
  const { client, lockfile, lock, frozen, readsMember } = kind
  const manifest = { name: 'a', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } }

  test.for([
    ['is a workspace of its own', true, readsMember],
    ['belongs to the workspace of another client', false, true],
  ] as const)('a lockfile in a folder that %s', async ([, isMember, isRead]) => {
    const files = { 'package.json': manifest, ...configure(world.registry('jsr')) }
    const alone = await createProject(files)
    const env = envOf(client)
    expect(await runClient(client, lock, { cwd: alone, env })).toMatchObject({ exitCode: 0 })
    const cwd = await createProject({
      'package.json': { name: 'p', private: true, ...(isMember ? { workspaces: ['a'] } : {}) },
      ...(isMember ? {} : { 'pnpm-workspace.yaml': "packages: ['a']\n" }),
      ...configure(world.registry('good')),
      ...below('a', {
        'package.json': manifest,
        [lockfile]: await readFile(join(alone, lockfile), 'utf8'),
        ...configure(world.registry('good')),
      }),
    })
    world.forget()
    await runClient(client, frozen, { cwd: join(cwd, 'a'), env: envOf(client) })
    expect(world.askedJsr().length > 0).toBe(isRead)

    // What is not read today is one line of configuration away from it.
    const checked = await runGuard(['--format', 'json', 'check'], { cwd, env: world.env() })
    expect(checked.exitCode).toBe(1)
    const { findings } = JSON.parse(checked.stdout)
    expect(findings).toMatchObject([
      {
        rule: 'direct-resolution',
        file: `a/${lockfile}`,
        package: '@jsr/luca__cases',
        why: ['a/package.json', expect.stringMatching(/^@jsr\/luca__cases@1\./)],
      },
    ])
  })

  test('goes by its own configuration where it takes the folder for a project of its own', async () => {
    const cwd = await createProject({
      'package.json': { name: 'p', private: true },
      'pnpm-workspace.yaml': "packages: ['a']\n",
      ...configure(world.registry('good')),
      ...below('a', {
        'package.json': manifest,
        ...configure(world.registry('good')),
        // Without it Yarn 4 does not take the folder for a project.
        ...(client === yarnBerry ? { 'yarn.lock': '' } : {}),
      }),
    })
    const env = envOf(client)
    expect(await runClient(client, lock, { cwd: join(cwd, 'a'), env })).toMatchObject({
      exitCode: 0,
    })
    expect(await runGuard(['check'], { cwd, env: world.env() })).toMatchObject({ exitCode: 0 })

    // The lockfiles of some name no address, and then the same text leads elsewhere.
    for (const [file, text] of Object.entries(configure(world.registry('jsr')))) {
      await writeFile(join(cwd, 'a', file), text)
    }
    const checked = await runGuard(['--format', 'json', 'check'], { cwd, env: world.env() })
    expect(checked.exitCode).toBe(1)
    const { findings } = JSON.parse(checked.stdout)
    const place = client === yarnBerry ? 'a/.yarnrc.yml' : 'a/.npmrc'
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'direct-route',
        file: place,
        message: expect.stringContaining(`(${place}:`),
      }),
    )
  })
})
