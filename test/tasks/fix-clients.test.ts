import { access, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clients, type Client } from '../clients/clients.ts'
import { pnpmClients } from '../clients/pnpm.ts'
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

const lockfiles = { npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml' } as const
const lockArgs = {
  npm: ['install', '--package-lock-only', '--ignore-scripts'],
  pnpm: ['install', '--lockfile-only', '--ignore-scripts'],
} as const
const installArgs = {
  npm: ['ci', '--ignore-scripts', '--fetch-retries=0'],
  pnpm: ['install', '--frozen-lockfile', '--ignore-scripts', '--config.fetch-retries=0'],
} as const

type Locking = 'npm' | 'pnpm'

const chosen = [clients[1], clients[2], pnpmClients[1], pnpmClients[2]].flatMap(
  (client) => client ?? [],
)
const rows = chosen.map((client) => [`${client.name} ${client.version}`, client] as const)

/** A project that was locked while `@jsr` led to JSR, and whose policy says where it should lead. */
async function lockFromJsr(client: Client, place: World): Promise<string> {
  const cwd = await createProject({
    'package.json': { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
    '.npmrc': `registry=${place.registry('good')}\n@jsr:registry=${place.registry('jsr')}\n`,
  })
  const env = place.env({}, client)
  const args = lockArgs[client.name as Locking]
  expect(await runClient(client, args, { cwd, env })).toMatchObject({ exitCode: 0 })
  place.forget()
  return cwd
}

async function guard(cwd: string, place: World, args: readonly string[]): Promise<RunResult> {
  const options = ['--registry', place.registry('good')]
  return await runGuard([...options, 'check', ...args], { cwd, env: place.env() })
}

async function mapToGood(cwd: string, place: World): Promise<void> {
  await writeFile(join(cwd, '.npmrc'), place.npmrc('good'))
}

test.for(rows)(
  '%s installs a lockfile that was fixed, without asking JSR',
  patient,
  async ([, client]) => {
    const cwd = await lockFromJsr(client, world)
    const file = join(cwd, lockfiles[client.name as Locking])
    const before = await readFile(file, 'utf8')
    expect(before).toContain('npm.jsr.io')
    await mapToGood(cwd, world)

    expect(await guard(cwd, world, [])).toMatchObject({ exitCode: 1 })
    const fixed = await guard(cwd, world, ['--fix'])
    expect(fixed).toMatchObject({ exitCode: 0 })
    const after = await readFile(file, 'utf8')
    expect(after).not.toContain('npm.jsr.io')
    const hashes = (text: string): readonly string[] => text.match(/sha512-[\w+/=]+/g) ?? []
    expect(hashes(after)).toEqual(hashes(before))

    const env = world.env({}, client)
    const installed = await runClient(client, installArgs[client.name as Locking], { cwd, env })
    expect(installed).toMatchObject({ exitCode: 0 })
    await access(join(cwd, 'node_modules/@luca/cases/package.json'))
    expect(world.askedJsr()).toEqual([])
    expect(await readFile(file, 'utf8')).toBe(after)
  },
)

test.for(rows)(
  '%s refuses other bytes than those that were locked',
  patient,
  async ([, client]) => {
    const cwd = await lockFromJsr(client, marked)
    await mapToGood(cwd, marked)
    expect(await guard(cwd, marked, ['--fix'])).toMatchObject({ exitCode: 0 })
    const env = marked.env({}, client)
    const installed = await runClient(client, installArgs[client.name as Locking], { cwd, env })
    expect(installed.exitCode).not.toBe(0)
    expect(`${installed.stdout}${installed.stderr}`).toMatch(/EINTEGRITY|TARBALL_INTEGRITY/)
    expect(marked.askedJsr()).toEqual([])
  },
)
