import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client } from '../clients/clients.ts'
import { bun, deno, yarnBerry, yarnClassic } from '../clients/others.ts'
import { createProject } from '../world/project.ts'
import { runClient, runGuard, type RunResult } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 120_000 }

let world: World
let marked: World
beforeAll(async () => {
  world = await startWorld()
  marked = await startWorld({ jsrVariant: 'marked' })
}, patient.timeout)
beforeEach(() => {
  world.forget()
  marked.forget()
})
afterAll(async () => {
  await world.close()
  await marked.close()
}, patient.timeout)

interface Kind {
  readonly client: Client
  readonly lockfile: string
  readonly lock: readonly string[]
  readonly frozen: readonly string[]
  /** What the client says of bytes that are not those that were locked. */
  readonly refusal: RegExp
}

const kinds: readonly Kind[] = [
  {
    client: yarnClassic,
    lockfile: 'yarn.lock',
    lock: ['install'],
    frozen: ['install', '--frozen-lockfile'],
    refusal: /integrity check failed/i,
  },
  {
    client: yarnBerry,
    lockfile: 'yarn.lock',
    lock: ['install', '--mode=update-lockfile'],
    frozen: ['install', '--immutable'],
    refusal: /YN0018/,
  },
  {
    client: bun,
    lockfile: 'bun.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen-lockfile'],
    refusal: /integrity/i,
  },
  {
    client: deno,
    lockfile: 'deno.lock',
    lock: ['install', '--lockfile-only'],
    frozen: ['install', '--frozen'],
    refusal: /checksum|integrity/i,
  },
]

const rows = kinds.map((kind) => [`${kind.client.name} ${kind.client.version}`, kind] as const)

/**
 * Deno trusts no variable of Node's. Yarn 1 reads files of the machine beside its Node, and keeps
 * its cache in one place for the whole machine where it is run by root.
 */
function envOf(client: Client, place: World): Record<string, string> {
  const env = place.env({ DENO_TLS_CA_STORE: 'system', DENO_CERT: place.caFile }, client)
  if (client !== yarnClassic) return env
  const home = env['HOME'] ?? ''
  return { ...env, PREFIX: home, YARN_CACHE_FOLDER: join(home, 'yarn-cache') }
}

/** Where a client asks for `@jsr`; `undefined` for no mapping of it. */
function configure(client: Client, place: World, jsr: string | undefined): Record<string, string> {
  const registry = place.registry('good')
  if (client !== yarnBerry) {
    const mapping = jsr === undefined ? '' : `@jsr:registry=${jsr}\n`
    return { '.npmrc': `registry=${registry}\n${mapping}` }
  }
  const lines = [
    'nodeLinker: node-modules',
    'enableTelemetry: false',
    'npmMinimalAgeGate: 0',
    `npmRegistryServer: "${registry}"`,
    ...(jsr === undefined ? [] : ['npmScopes:', '  jsr:', `    npmRegistryServer: "${jsr}"`]),
    '',
  ]
  return { '.yarnrc.yml': lines.join('\n') }
}

/** `jsr:` has entries of its own where Yarn 4 reads it. */
function manifestOf({ name, version }: Client): object {
  const dependencies = {
    '@luca/cases': 'npm:@jsr/luca__cases@^1',
    path: 'npm:@jsr/std__path@^1',
    ...(version.startsWith('4.') ? { '@std/path': 'jsr:^1' } : {}),
  }
  return { name: 'p', packageManager: `${name}@${version}`, dependencies }
}

/** A project that was locked while `@jsr` led to JSR; what leads elsewhere now is of after that. */
async function lockFromJsr({ client, lock }: Kind, place: World): Promise<string> {
  const cwd = await createProject({
    'package.json': manifestOf(client),
    ...configure(client, place, place.registry('jsr')),
  })
  const locked = await runClient(client, lock, { cwd, env: envOf(client, place) })
  expect(locked).toMatchObject({ exitCode: 0 })
  return cwd
}

async function write(cwd: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text)
}

async function fix(cwd: string, place: World): Promise<RunResult> {
  const args = ['--registry', place.registry('good'), 'check', '--fix']
  return await runGuard(args, { cwd, env: place.env() })
}

describe.for(rows)('%s', patient, ([, kind]) => {
  const { client, lockfile, frozen, refusal } = kind

  test.for([
    ['a mapping that was put right', true],
    ['a mapping that was missing', false],
  ] as const)('installs what was fixed, without asking JSR: %s', async ([, isMapped]) => {
    const cwd = await lockFromJsr(kind, world)
    const file = join(cwd, lockfile)
    const before = await readFile(file, 'utf8')
    expect(before).toContain('npm.jsr.io')
    await write(cwd, configure(client, world, isMapped ? world.registry('good') : undefined))
    world.forget()

    const fixed = await fix(cwd, world)
    expect(fixed).toMatchObject({ exitCode: 0 })
    const after = await readFile(file, 'utf8')
    expect(after).not.toContain('npm.jsr.io')
    const hashes = (text: string): readonly string[] =>
      text.match(/sha512-[\w+/=]+|#[0-9a-f]{40}|[0-9a-f]{128}/g) ?? []
    expect(hashes(after)).toEqual(hashes(before))
    expect(hashes(after).length).toBeGreaterThan(1)

    const env = envOf(client, world)
    expect(await runClient(client, frozen, { cwd, env })).toMatchObject({ exitCode: 0 })
    await access(join(cwd, 'node_modules/@luca/cases/package.json'))
    expect(world.askedJsr()).toEqual([])
    expect(world.asked('npm.corp.example')).not.toEqual([])
    expect(await readFile(file, 'utf8')).toBe(after)

    const again = await fix(cwd, world)
    expect(again).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('refuses other bytes than those that were locked', async () => {
    const cwd = await lockFromJsr(kind, marked)
    await write(cwd, configure(client, marked, marked.registry('good')))
    marked.forget()
    expect(await fix(cwd, marked)).toMatchObject({ exitCode: 0 })
    const env = envOf(client, marked)
    const installed = await runClient(client, frozen, { cwd, env })
    expect(installed.exitCode).not.toBe(0)
    expect(`${installed.stdout}${installed.stderr}`).toMatch(refusal)
    expect(marked.askedJsr()).toEqual([])
  })

  test('finds the mapping that was missing where it looks for it', async () => {
    const cwd = await createProject({
      'package.json': manifestOf(client),
      ...configure(client, world, undefined),
    })
    expect(await fix(cwd, world)).toMatchObject({ exitCode: 0 })
    const env = envOf(client, world)
    expect(await runClient(client, ['install'], { cwd, env })).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
    await access(join(cwd, 'node_modules/@luca/cases/package.json'))
  })
})

test('Bun finds the mapping in a bunfig.toml', patient, async () => {
  const cwd = await createProject({
    'package.json': manifestOf(bun),
    'bunfig.toml': `[install]\nregistry = "${world.registry('public')}"\n`,
  })
  expect(await fix(cwd, world)).toMatchObject({ exitCode: 0 })
  const env = envOf(bun, world)
  expect(await runClient(bun, ['install'], { cwd, env })).toMatchObject({ exitCode: 0 })
  expect(world.asked('npm.corp.example')).not.toEqual([])
  expect(world.askedJsr()).toEqual([])
})

test(
  'Yarn accepts other bytes where it takes the checksums for out of date, so nothing is fixed',
  patient,
  async () => {
    const [, kind] = rows[1] ?? []
    if (kind === undefined) throw new Error('Yarn 4 is gone')
    const cwd = await lockFromJsr(kind, marked)
    const [rc = ''] = Object.values(configure(yarnBerry, marked, marked.registry('good')))
    await write(cwd, { '.yarnrc.yml': `${rc}compressionLevel: mixed\n` })
    const before = await readFile(join(cwd, 'yarn.lock'), 'utf8')
    const fixed = await fix(cwd, marked)
    expect(fixed).toMatchObject({ exitCode: 1 })
    expect(fixed.stderr).toMatch(
      /^jsr-guard: left yarn\.lock:\d+: @jsr\/luca__cases@1\.\S+ .*no strong hash/m,
    )
    expect(await readFile(join(cwd, 'yarn.lock'), 'utf8')).toBe(before)

    // What would have come of it.
    const moved = before.replaceAll(
      /__archiveUrl=[^"]*%40jsr%2F(\w+)%2F([\d.]+)\.tgz/g,
      (_, name: string, version: string) => {
        const path = `@jsr/${name}/-/${name}-${version}.tgz`
        return `__archiveUrl=${encodeURIComponent(`${marked.registry('good')}${path}`)}`
      },
    )
    await write(cwd, { 'yarn.lock': moved })
    const env = envOf(yarnBerry, marked)
    expect(await runClient(yarnBerry, ['install'], { cwd, env })).toMatchObject({ exitCode: 0 })
  },
)
