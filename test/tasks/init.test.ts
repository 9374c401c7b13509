import { mkdir, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { initProject, type InitOptions } from '../../src/tasks/init.ts'
import { emptyEnv, registry } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

async function init(cwd: string, options: Partial<InitOptions> = {}) {
  const env = await emptyEnv()
  const home = env['HOME'] ?? ''
  return await initProject({ cwd, registry, isForced: false, env, home, ...options })
}

async function read(cwd: string, file: string): Promise<string> {
  return await readFile(join(cwd, file), 'utf8')
}

test('a bare project gets the mapping and a policy', async () => {
  const cwd = await createProject({ 'package.json': {} })
  expect(await init(cwd)).toEqual({
    files: [
      { file: '.npmrc', change: 'created' },
      { file: 'jsr-guard.json', change: 'created' },
    ],
    route: { url: registry, from: '.npmrc:1' },
    isRouted: true,
    advice: [],
  })
  expect(await read(cwd, '.npmrc')).toBe(`@jsr:registry=${registry}\n`)
  expect(JSON.parse(await read(cwd, 'jsr-guard.json'))).toEqual({
    $schema: './node_modules/jsr-guard/schema.json',
    registry,
  })
})

test('a second time changes nothing', async () => {
  const cwd = await createProject({ 'package.json': {} })
  await init(cwd)
  const { files, isRouted } = await init(cwd, { registry: 'https://NPM.corp.example/npm' })
  expect(files.map(({ change }) => change)).toEqual(['unchanged', 'unchanged'])
  expect(isRouted).toBe(true)
})

test('what is there stays, and a mapping that npm does not read is none', async () => {
  const text = `; ours\r\nfund=false\r\n;@jsr:registry=${registry}\r\n[x]\r\n@jsr:registry=${registry}`
  const cwd = await createProject({ 'package.json': {}, '.npmrc': text })
  await init(cwd)
  expect(await read(cwd, '.npmrc')).toBe(text.replace('[x]', `@jsr:registry=${registry}\r\n[x]`))
})

describe('another registry that is configured', () => {
  const other = 'https://other.example/npm/'
  const projects = [
    ['.npmrc', { '.npmrc': `a=1\n@jsr:registry=${other}\n` }, 'ERR_JSR_GUARD_CONFIG'],
    [
      '.npmrc, JSR itself',
      { '.npmrc': '@jsr:registry=https://npm.jsr.io\n' },
      'ERR_JSR_GUARD_CONFIG',
    ],
    [
      '.npmrc, with credentials',
      { '.npmrc': `@jsr:registry=${registry.replace('://', '://a:b@')}\n` },
      'ERR_JSR_GUARD_CONFIG',
    ],
    [
      '.npmrc, a near miss',
      { '.npmrc': '@jsr:registry=https://npm.corp.example/npm2/\n' },
      'ERR_JSR_GUARD_CONFIG',
    ],
    [
      'the policy',
      { 'jsr-guard.json': `// ours\n{\n  "registry": "${other}", // here\n}\n` },
      'ERR_JSR_GUARD_POLICY',
    ],
    [
      'package.json',
      { 'package.json': { name: 'p', 'jsr-guard': { registry: other } } },
      'ERR_JSR_GUARD_POLICY',
    ],
  ] as const

  test.for(projects)('in %s stops it before anything is written', async ([, files, code]) => {
    const cwd = await createProject({ 'package.json': {}, ...files })
    const names = await readdir(cwd)
    await expect(init(cwd)).rejects.toMatchObject({ code, hint: 'replace it with --force' })
    expect(await readdir(cwd)).toEqual(names)
  })

  test.for(projects)('in %s is replaced if told so', async ([, files]) => {
    const cwd = await createProject({ 'package.json': {}, ...files })
    expect(await init(cwd, { isForced: true })).toMatchObject({ isRouted: true })
    const { files: again } = await init(cwd)
    expect(again.map(({ change }) => change)).toEqual(['unchanged', 'unchanged'])
    const [name = '', before = ''] = Object.entries(files)[0] ?? []
    const expected =
      typeof before === 'string' ? before : `${JSON.stringify(before, undefined, 2)}\n`
    if (name !== '.npmrc') expect(await read(cwd, name)).toBe(expected.replace(other, registry))
  })

  test('its credentials are not shown', async () => {
    const cwd = await createProject({
      'package.json': {},
      '.npmrc': '@jsr:registry=https://user:secret@other.example/\n',
    })
    await expect(init(cwd)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    )
  })
})

test('a policy without a registry gets it', async () => {
  const cwd = await createProject({
    'package.json': {},
    'jsr-guard.json': '{\n    // ours\n    "rules": {}\n}\n',
  })
  await init(cwd)
  expect(await read(cwd, 'jsr-guard.json')).toBe(
    `{\n    // ours\n    "rules": {},\n    "registry": "${registry}"\n}\n`,
  )
})

test('what goes before the project’s file is shown', async () => {
  const cwd = await createProject({ 'package.json': {} })
  const env = { ...(await emptyEnv()), 'npm_config_@jsr:registry': 'https://other.example/' }
  expect(await init(cwd, { env })).toMatchObject({
    route: { url: 'https://other.example/', from: 'npm_config_@jsr:registry (environment)' },
    isRouted: false,
  })
})

test.for([
  'https://npm.jsr.io/',
  'https://NPM.JSR.IO./',
  'https://jsr.io',
  'https://user:secret@npm.corp.example/',
  'http://npm.corp.example/npm/',
  'ftp://npm.corp.example/',
  'npm.corp.example',
  '',
])('%j is refused as the private registry', async (text) => {
  const cwd = await createProject({ 'package.json': {} })
  await expect(init(cwd, { registry: text })).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_URL' })
  expect(await readdir(cwd)).toEqual(['package.json'])
})

test.for(['http://127.0.0.1:4873/', 'http://localhost:4873/', 'https://npm.jsr.io.corp.example/'])(
  '%s may be the private registry',
  async (text) => {
    const cwd = await createProject({ 'package.json': {} })
    expect(await init(cwd, { registry: text })).toMatchObject({ isRouted: true })
  },
)

test('no package.json is nothing to set up', async () => {
  const cwd = await createProject({ 'a.txt': '' })
  await expect(init(cwd)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_NOTHING_TO_CHECK' })
})

test('a file that can’t be read is an error, not a file that is not there', async () => {
  const cwd = await createProject({ 'package.json': {} })
  await mkdir(join(cwd, '.npmrc'))
  await expect(init(cwd)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG', file: '.npmrc' })
  expect(await readdir(cwd)).toEqual(['.npmrc', 'package.json'])
})

test('a linked .npmrc stays a link', async () => {
  const cwd = await createProject({ 'package.json': {}, 'shared.npmrc': 'fund=false\n' })
  await symlink('shared.npmrc', join(cwd, '.npmrc'))
  await init(cwd)
  expect(await read(cwd, 'shared.npmrc')).toBe(`fund=false\n@jsr:registry=${registry}\n`)
})
