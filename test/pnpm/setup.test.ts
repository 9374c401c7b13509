import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import type { RunResult } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'
import { createPnpm, hookText, lockfileOf, printed } from './hooked.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

const timeout = 120_000
const manifest = { name: 'p', dependencies: { '@luca/cases': 'jsr:^1', 'is-tiny': '^1' } }
const onJsr = 'https://user:secret@npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'

/** Without white space: pnpm 12 breaks lines wherever they are too long. */
function squeezed(result: RunResult): string {
  return printed(result).replaceAll(/\s/g, '')
}

describe.for(pnpmClients)('pnpm $version', (client) => {
  test('runs the hook of the package that is installed', { timeout }, async () => {
    const root = await createProject({
      'project/package.json': manifest,
      'project/.npmrc': `registry=${world.registry('good')}\n`,
      'project/.pnpmfile.cjs': "module.exports = require('jsr-guard/pnpmfile')\n",
      'node_modules/jsr-guard/package.json': {
        name: 'jsr-guard',
        exports: { './pnpmfile': './dist/pnpmfile.cjs' },
      },
      'node_modules/jsr-guard/dist/pnpmfile.cjs': hookText,
    })
    const result = await createPnpm(world, client, join(root, 'project'))('install')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
  })

  test('runs the project’s own hooks, and judges what they add', { timeout }, async () => {
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { 'is-tiny': '^1' } },
      '.npmrc': `registry=${world.registry('good')}\n`,
      'tools/jsr-guard.cjs': hookText,
      '.pnpmfile.cjs': `module.exports = require('./tools/jsr-guard.cjs').with({
  registry: '${world.registry('good')}',
  hooks: {
    readPackage(manifest) {
      if (manifest.name !== 'is-tiny') return manifest
      return { ...manifest, dependencies: { '@luca/cases': 'jsr:^1' } }
    },
  },
})\n`,
    })
    const result = await createPnpm(world, client, cwd)('install')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(await readFile(join(cwd, 'pnpm-lock.yaml'), 'utf8')).toContain('@jsr/luca__cases@1.0.1')
    expect(world.askedJsr()).toEqual([])
  })

  test.for([
    ['a policy that can’t be read', { 'jsr-guard.json': '{' }, 'ERR_JSR_GUARD_POLICY'],
    [
      'a call that says otherwise than the policy',
      {
        'jsr-guard.json': { registry: 'https://other.corp.example/' },
        '.pnpmfile.cjs': `${hookText}\nmodule.exports = exports.with({ registry: 'https://npm.corp.example/npm/' })\n`,
      },
      'differentregistries',
    ],
    ['no private registry', { '.npmrc': '' }, 'noprivateregistryisknown'],
  ] as const)('is stopped by %s', { timeout }, async ([, files, expected]) => {
    const cwd = await createProject({
      'package.json': manifest,
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': hookText,
      ...files,
    })
    const result = await createPnpm(world, client, cwd)('install')
    expect(result.exitCode).not.toBe(0)
    expect(squeezed(result)).toContain(expected)
    expect(world.log.filter(({ path }) => path.includes('jsr'))).toEqual([])
  })

  test('says what is wrong in words that can be read, and no secret', { timeout }, async () => {
    const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
    const cwd = await createProject({
      'package.json': manifest,
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': hookText,
      'pnpm-lock.yaml': lockfileOf({
        resolution: `{integrity: ${integrity}, tarball: "${onJsr}"}`,
      }),
    })
    const pnpm = createPnpm(world, client, cwd)
    const result = await pnpm('install')
    const text = squeezed(result)
    expect(text).toContain('pnpm-lock.yaml:17direct-resolution:@jsr/luca__cases@1.0.1')
    expect(text).toContain('https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz')
    expect(text).toContain('takethisentryoutofthelockfile')
    expect(text).not.toContain('secret')
    expect(text).not.toContain('atasync')
    expect(existsSync(join(cwd, 'node_modules'))).toBe(false)
    // What is wrong with an install is no reason to say anything else than JSON here.
    const list = await pnpm('list', '--json')
    expect(JSON.parse(list.stdout)).toMatchObject([{ name: 'p' }])
  })

  test('asks JSR nothing for peers', { timeout }, async () => {
    const cwd = await createProject({
      'package.json': {
        name: 'p',
        peerDependencies: { '@luca/cases': 'jsr:^1' },
        devDependencies: { '@luca/cases': 'jsr:^1' },
      },
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': hookText,
    })
    const result = await createPnpm(world, client, cwd)('install')
    // pnpm 10 takes neither jsr: nor npm: in peers, and says so.
    const isRefused = client.version.startsWith('10.')
    if (isRefused) expect(printed(result)).toContain('ERR_PNPM_INVALID_PEER_DEPENDENCY')
    expect(result.exitCode).toBe(isRefused ? 1 : 0)
    expect(world.askedJsr()).toEqual([])
  })
})

test.for(pnpmClients.slice(0, 2))(
  'pnpm $version takes jsr: in the overrides of package.json from the private registry, or says what to write',
  { timeout },
  async (client) => {
    const cwd = await createProject({
      'package.json': {
        name: 'p',
        dependencies: { '@luca/cases': '^7' },
        pnpm: { overrides: { '@luca/cases': 'jsr:^1' } },
      },
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': hookText,
    })
    const pnpm = createPnpm(world, client, cwd)
    const result = await pnpm('install')
    if (client.version.startsWith('9.')) {
      expect(result.exitCode).not.toBe(0)
      expect(printed(result)).toContain('npx jsr-guard rewrite --write')
      expect(world.log).toEqual([])
      return
    }
    expect(result).toMatchObject({ exitCode: 0 })
    expect(await pnpm('install', '--frozen-lockfile')).toMatchObject({ exitCode: 0 })
    expect(world.askedJsr()).toEqual([])
  },
)

const withPlugins = pnpmClients.filter(({ version }) => !version.startsWith('9.'))

test.for(withPlugins)(
  'pnpm $version runs the hook as a config dependency',
  { timeout },
  async (client) => {
    const name = 'pnpm-plugin-jsr-guard'
    const { integrity } = world.publish({
      name,
      version: '1.0.0',
      files: { 'pnpmfile.cjs': hookText },
    })
    const cwd = await createProject({
      'package.json': manifest,
      'pnpm-workspace.yaml': `packages: [.]\nconfigDependencies:\n  ${name}: 1.0.0+${integrity}\n`,
      '.npmrc': `registry=${world.registry('good')}\n`,
    })
    const pnpm = createPnpm(world, client, cwd)
    expect(await pnpm('install')).toMatchObject({ exitCode: 0 })
    const lockfile = await readFile(join(cwd, 'pnpm-lock.yaml'), 'utf8')
    expect(lockfile).toContain('npm:@jsr/luca__cases@^1')
    expect(world.askedJsr()).toEqual([])
  },
)
