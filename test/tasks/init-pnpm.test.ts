import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { initProject, type InitOptions } from '../../src/tasks/init.ts'
import { emptyEnv, registry, runAlone } from '../cli/guard.ts'
import { pnpmClients } from '../clients/pnpm.ts'
import { createPnpm, hookText } from '../pnpm/hooked.ts'
import { createProject } from '../world/project.ts'
import { startWorld } from '../world/world.ts'

async function init(cwd: string, options: Partial<InitOptions> = {}) {
  const env = await emptyEnv()
  const home = env['HOME'] ?? ''
  const given = { cwd, registry, isForced: false, client: 'pnpm', env, home, ...options } as const
  const { files, ...result } = await initProject(given)
  return { ...result, files: files.map(({ file, change }) => `${change} ${file}`) }
}

async function read(cwd: string, file: string): Promise<string> {
  return await readFile(join(cwd, file), 'utf8')
}

test('a project of pnpm’s gets route, policy and hook, once', async () => {
  const cwd = await createProject({ 'package.json': {} })
  expect(await init(cwd)).toEqual({
    files: ['created .npmrc', 'created jsr-guard.json', 'created .pnpmfile.cjs'],
    route: { url: registry, from: '.npmrc:1' },
    isRouted: true,
    advice: [],
  })
  expect(await read(cwd, '.pnpmfile.cjs')).toBe(hookText)
  expect(await init(cwd)).toMatchObject({
    files: ['unchanged .npmrc', 'unchanged jsr-guard.json', 'unchanged .pnpmfile.cjs'],
    isRouted: true,
  })
})

test('a hook of another version is replaced', async () => {
  const old = '// The pnpm hook of jsr-guard 0.0.1, made by its build: don’t edit it.\n'
  const cwd = await createProject({ 'package.json': {}, '.pnpmfile.cjs': old })
  expect((await init(cwd)).files).toContain('changed .pnpmfile.cjs')
  expect(await read(cwd, '.pnpmfile.cjs')).toBe(hookText)
})

test('hooks of the project’s own are kept, and it is said what to add', async () => {
  const own = 'module.exports = { hooks: { readPackage: (manifest) => manifest } }\n'
  const cwd = await createProject({ 'package.json': {}, '.pnpmfile.cjs': own })
  const { files, advice } = await init(cwd)
  expect(files).toContain('created jsr-guard.pnpmfile.cjs')
  expect(await read(cwd, '.pnpmfile.cjs')).toBe(own)
  const [line = ''] = advice
  const code = line.slice(line.indexOf('module.exports'))
  await appendFile(join(cwd, '.pnpmfile.cjs'), `${code}\n`)
  expect(await init(cwd)).toMatchObject({ advice: [] })
})

test('what pnpm-workspace.yaml says goes with .npmrc', async () => {
  const yaml = '# ours\nregistries: # by scope\n  # first\n  default: https://a.example/\n'
  const cwd = await createProject({ 'package.json': {}, 'pnpm-workspace.yaml': yaml })
  expect((await init(cwd)).files).toContain('changed pnpm-workspace.yaml')
  expect(await read(cwd, 'pnpm-workspace.yaml')).toBe(
    yaml.replace('  # first\n', `  '@jsr': ${registry}\n  # first\n`),
  )
  expect((await init(cwd)).files).toContain('unchanged pnpm-workspace.yaml')
})

test.for([
  ['another registry', "registries:\n  '@jsr': https://other.example/\n"],
  ['JSR', "registries: {'@jsr': 'https://npm.jsr.io/'}\n"],
  ['registries in one line', 'registries: {default: https://a.example/}\n'],
])('%s in pnpm-workspace.yaml stops it before anything is written', async ([, yaml = '']) => {
  const cwd = await createProject({ 'package.json': {}, 'pnpm-workspace.yaml': yaml })
  await expect(init(cwd)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG' })
  await expect(read(cwd, '.npmrc')).rejects.toMatchObject({ code: 'ENOENT' })
})

test('what keeps pnpm from running the hook is said, and fails', async () => {
  const cwd = await createProject({ 'package.json': {}, '.pnpmfile.mjs': '' })
  const args = ['--client', 'pnpm', '--registry', registry, 'init']
  const { exitCode, stdout } = await runAlone(cwd, args)
  expect(exitCode).toBe(1)
  expect(stdout).toContain('pnpm passes over .pnpmfile.cjs because of .pnpmfile.mjs\n')
})

test.for(pnpmClients)('pnpm $version installs what init has set up', async (client) => {
  const world = await startWorld()
  try {
    const own = 'module.exports = { hooks: { readPackage: (manifest) => manifest } }\n'
    const cwd = await createProject({
      'package.json': { name: 'p', dependencies: { '@luca/cases': 'jsr:^1' } },
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': own,
    })
    const { advice } = await init(cwd, { registry: world.registry('good') })
    await appendFile(join(cwd, '.pnpmfile.cjs'), advice[0]?.replace(/^.*?(?=module\.)/, '') ?? '')
    const result = await createPnpm(world, client, cwd)('install')
    expect(result).toMatchObject({ exitCode: 0 })
    expect(await read(cwd, 'pnpm-lock.yaml')).toContain('npm:@jsr/luca__cases@^1')
    expect(world.askedJsr()).toEqual([])
  } finally {
    await world.close()
  }
})
