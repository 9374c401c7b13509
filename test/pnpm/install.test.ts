import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client } from '../clients/clients.ts'
import { pnpmClients, pnpmMinors } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { startWorld, type World } from '../world/world.ts'
import { createPnpm, hookText, printed } from './hooked.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

const timeout = 180_000

/** Versions in which a hook has no place for the route. */
const isUnroutable = ({ version }: Client) => version === '12.3.4'
const knowsCatalogs = ({ version }: Client) => !version.startsWith('9.')
const all = [...pnpmClients, ...pnpmMinors]

/** A workspace with everything that can hold a specifier. */
function workspaceOf(client: Client): Record<string, string | object> {
  const catalog = "catalog:\n  '@luca/cases': jsr:^1\noverrides:\n  '@std/internal': jsr:^1\n"
  return {
    'package.json': {
      name: 'p',
      dependencies: { '@luca/cases': 'jsr:^1', 'needs-jsr': '1', alias: 'jsr:@std/path@~1.0' },
    },
    'packages/a/package.json': {
      name: 'a',
      version: '1.0.0',
      dependencies: {
        '@luca/cases': knowsCatalogs(client) ? 'catalog:' : 'jsr:^1',
        '@std/internal': knowsCatalogs(client) ? '^9' : 'jsr:^1',
      },
    },
    'pnpm-workspace.yaml': `packages: ['packages/*']\n${knowsCatalogs(client) ? catalog : ''}`,
    '.npmrc': `registry=${world.registry('good')}\n`,
    '.pnpmfile.cjs': hookText,
  }
}

describe.for(all.filter((client) => !isUnroutable(client)))(
  'pnpm $version with the hook alone, and only a default registry',
  (client) => {
    test('installs, again, frozen, adds, updates and removes', { timeout }, async () => {
      const cwd = await createProject(workspaceOf(client))
      const pnpm = createPnpm(world, client, cwd)
      const run = async (...args: readonly string[]) => {
        const result = await pnpm(...args)
        expect({ args, exitCode: result.exitCode, output: printed(result) }).toMatchObject({
          exitCode: 0,
          output: expect.not.stringContaining('jsr-guard:') as string,
        })
        return result
      }
      const forget = async () => {
        await rm(join(cwd, 'node_modules'), { recursive: true, force: true })
      }
      await run('install')
      const lockfile = await readFile(join(cwd, 'pnpm-lock.yaml'), 'utf8')
      expect(lockfile).toContain('npm:@jsr/luca__cases@^1')
      expect(lockfile).not.toContain('jsr:^1')
      expect(lockfile).not.toContain('npm.jsr.io')
      const cases = join(cwd, 'node_modules/@luca/cases/package.json')
      expect(JSON.parse(await readFile(cases, 'utf8'))).toMatchObject({ name: '@jsr/luca__cases' })
      await run('install')
      const list = await run('list', '--json')
      expect(JSON.parse(list.stdout)).toMatchObject({ 0: { name: 'p' } })
      await forget()
      await run('install', '--frozen-lockfile')
      await run('add', '-w', ...added(client))
      await run('update', '-w', 'alias')
      await run('remove', '-w', 'needs-jsr')
      await forget()
      await run('install', '--frozen-lockfile')
      expect(world.askedJsr()).toEqual([])
    })
  },
)

/** What can't read `jsr:` by itself writes a link to a folder of that name. */
function added({ version }: Client): string[] {
  const isNative = !version.startsWith('9.') && version !== '10.8.1'
  return isNative ? ['jsr:@std/internal@^1'] : ['@std/internal@npm:@jsr/std__internal@^1']
}

test.for(
  all
    .filter((client) => !isUnroutable(client))
    .filter((client) => added(client)[0]?.startsWith('@') === true),
)(
  'pnpm $version, which links to a folder instead, is stopped when it adds jsr:',
  { timeout },
  async (client) => {
    const cwd = await createProject({
      'package.json': { name: 'p' },
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': hookText,
    })
    const result = await createPnpm(world, client, cwd)('add', 'jsr:@luca/cases@^1')
    expect(result.exitCode).not.toBe(0)
    expect(printed(result)).toContain('npm:@jsr/luca__cases@^1')
    expect(world.log.filter(({ path }) => path.includes('jsr'))).toEqual([])
  },
)

describe('where a hook cannot set the route', () => {
  const clients = all.filter(isUnroutable)
  const manifest = { name: 'p', dependencies: { '@luca/cases': 'jsr:^1' } }

  test.for(clients)('pnpm $version is told what to write', { timeout }, async (client) => {
    const files = { 'package.json': manifest, '.pnpmfile.cjs': hookText }
    const npmrc = `registry=${world.registry('good')}\n`
    const cwd = await createProject({ ...files, '.npmrc': npmrc })
    const pnpm = createPnpm(world, client, cwd)
    const refused = await pnpm('install')
    expect(refused.exitCode).not.toBe(0)
    expect(printed(refused)).toContain('.npmrc')
    expect(world.log.filter(({ path }) => path.includes('jsr'))).toEqual([])
    await writeFile(join(cwd, '.npmrc'), world.npmrc('good'))
    expect(await pnpm('install')).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
  })

  test('pnpm 9 is told what to write where @jsr is mapped to JSR', { timeout }, async () => {
    const [client] = pnpmClients
    if (client === undefined) throw new Error('there is no pnpm 9')
    const cwd = await createProject({
      'package.json': manifest,
      'jsr-guard.json': { registry: world.registry('good') },
      '.npmrc': '@jsr:registry=https://npm.jsr.io/\n',
      '.pnpmfile.cjs': hookText,
    })
    const result = await createPnpm(world, client, cwd)('install')
    expect(result.exitCode).not.toBe(0)
    expect(printed(result)).toContain(`put @jsr:registry=${world.registry('good')} into .npmrc`)
    expect(world.log).toEqual([])
  })
})

describe.for(pnpmClients)('pnpm $version without the hook', (client) => {
  test('asks JSR, or can’t read jsr: at all', { timeout }, async () => {
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { '@luca/cases': 'jsr:^1' } },
      '.npmrc': `registry=${world.registry('good')}\n`,
    })
    const result = await createPnpm(world, client, cwd)('install')
    if (client.version.startsWith('9.')) expect(result.exitCode).not.toBe(0)
    else expect(world.askedJsr()).not.toEqual([])
  })
})
