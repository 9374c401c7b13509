import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { startWorld, type World } from '../world/world.ts'
import { createPnpm, hookText, lockfileOf, printed } from './hooked.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

const timeout = 180_000

/** One member that asks for JSR's, behind a default registry and nothing else. */
function workspaceOf(settings: string, npmrc = ''): Record<string, string | object> {
  return {
    'package.json': { name: 'p', private: true },
    'packages/app/package.json': {
      name: 'app',
      version: '1.0.0',
      dependencies: { '@luca/cases': 'jsr:^1', path: 'jsr:@std/path@~1.0' },
    },
    'pnpm-workspace.yaml': `packages: ['packages/*']\n${settings}`,
    '.npmrc': `registry=${world.registry('good')}\n${npmrc}`,
    '.pnpmfile.cjs': hookText,
  }
}

describe.for(pnpmClients)('pnpm $version with the hook alone, in a workspace', (client) => {
  test('deploys a member', { timeout }, async () => {
    const cwd = await createProject(workspaceOf('injectWorkspacePackages: true\n'))
    const pnpm = createPnpm(world, client, cwd)
    const installed = await pnpm('install')
    expect({ exitCode: installed.exitCode, output: printed(installed) }).toMatchObject({
      exitCode: 0,
    })
    const deployed = await pnpm('--filter', 'app', 'deploy', 'out')
    expect({ exitCode: deployed.exitCode, output: printed(deployed) }).toMatchObject({
      exitCode: 0,
    })
    const cases = join(cwd, 'out/node_modules/@luca/cases/package.json')
    expect(JSON.parse(await readFile(cases, 'utf8'))).toMatchObject({ name: '@jsr/luca__cases' })
    expect(world.askedJsr()).toEqual([])
  })

  test('keeps a lockfile for each member', { timeout }, async () => {
    const setting = 'shared-workspace-lockfile=false\n'
    const cwd = await createProject(workspaceOf('sharedWorkspaceLockfile: false\n', setting))
    const pnpm = createPnpm(world, client, cwd)
    for (const args of [['install'], ['install', '--frozen-lockfile']]) {
      await rm(join(cwd, 'packages/app/node_modules'), { recursive: true, force: true })
      const result = await pnpm(...args)
      expect({ args, exitCode: result.exitCode, output: printed(result) }).toMatchObject({
        exitCode: 0,
      })
    }
    const lockfile = await readFile(join(cwd, 'packages/app/pnpm-lock.yaml'), 'utf8')
    expect(lockfile).toContain('npm:@jsr/luca__cases@^1')
    expect(world.askedJsr()).toEqual([])
  })

  test('is stopped by a poisoned lockfile of a member', { timeout }, async () => {
    const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
    const tarball = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
    const cwd = await createProject({
      'package.json': { name: 'p', private: true },
      'packages/app/package.json': {
        name: 'app',
        dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' },
      },
      'packages/app/pnpm-lock.yaml': lockfileOf({
        resolution: `{integrity: ${integrity}, tarball: ${tarball}}`,
      }),
      'pnpm-workspace.yaml': "packages: ['packages/*']\nsharedWorkspaceLockfile: false\n",
      '.npmrc': `registry=${world.registry('good')}\nshared-workspace-lockfile=false\n`,
      '.pnpmfile.cjs': hookText,
    })
    const pnpm = createPnpm(world, client, cwd)
    expect(await pnpm('install', '--frozen-lockfile', '--ignore-pnpmfile')).toMatchObject({
      exitCode: 0,
    })
    expect(world.askedJsr()).not.toEqual([])
    await rm(join(cwd, 'packages/app/node_modules'), { recursive: true, force: true })
    world.forget()
    const result = await createPnpm(world, client, cwd)('install', '--frozen-lockfile')
    expect(result.exitCode).not.toBe(0)
    expect(printed(result)).toContain('direct-resolution')
    expect(world.askedJsr()).toEqual([])
    expect(existsSync(join(cwd, 'packages/app/node_modules/@luca'))).toBe(false)
  })
})
