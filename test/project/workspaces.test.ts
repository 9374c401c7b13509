import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadManifests } from '../../src/project/workspaces.ts'
import { clients, type Client } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'

const named = (name: string): object => ({ name, version: '1.0.0' })

async function listFiles(root: string): Promise<string[]> {
  return (await loadManifests(root)).map(({ manifest }) => manifest.file)
}

describe('manifests are found', () => {
  test('in the workspaces, as npm takes their patterns', async () => {
    const root = await createProject({
      'package.json': { workspaces: ['packages/*', '!packages/b', './apps/one'] },
      'packages/a/package.json': named('a'),
      'packages/b/package.json': named('b'),
      'packages/c/readme.md': '',
      'packages/a/node_modules/d/package.json': named('d'),
      'apps/one/package.json': { ...named('one'), workspaces: ['inner'] },
      'apps/one/inner/package.json': named('inner'),
      'apps/two/package.json': named('two'),
    })
    expect(await listFiles(root)).toEqual([
      'package.json',
      'packages/a/package.json',
      'apps/one/package.json',
    ])
  })

  test('in the packages of workspaces that are an object', async () => {
    const root = await createProject({
      'package.json': { workspaces: { packages: ['a'], nohoist: ['**'] } },
      'a/package.json': named('a'),
    })
    expect(await listFiles(root)).toEqual(['package.json', 'a/package.json'])
  })

  test('in workspaces that another file names', async () => {
    const root = await createProject({ 'package.json': {}, 'a/package.json': named('a') })
    const loaded = await loadManifests(root, { patterns: ['a'] })
    expect(loaded.map(({ manifest }) => manifest.file)).toEqual(['package.json', 'a/package.json'])
  })

  test('in folders that are depended on, and in what those depend on', async () => {
    const root = await createProject({
      'package.json': { dependencies: { a: 'file:libs/a' }, overrides: { c: './c' } },
      'libs/a/package.json': { ...named('a'), devDependencies: { b: 'link:../b', a: 'file:.' } },
      'libs/b/package.json': { ...named('b'), optionalDependencies: { p: '../..', a: '../a' } },
      'c/package.json': named('c'),
      'd/package.json': named('d'),
    })
    expect(await listFiles(root)).toEqual([
      'package.json',
      'libs/a/package.json',
      'c/package.json',
      'libs/b/package.json',
    ])
  })

  test('not where a specifier names what no disk could hold', async () => {
    const long = `./${'a'.repeat(5000)}`
    const dependencies = { a: './a\0b', b: long, c: 'file:./c.tgz', d: './none', e: './loop' }
    const root = await createProject({ 'package.json': { dependencies }, 'c.tgz': '' })
    await symlink('loop', join(root, 'loop'))
    expect(await listFiles(root)).toEqual(['package.json'])
  })

  test('nowhere, where the root has none', async () => {
    expect(await loadManifests(await createProject({ 'a/package.json': {} }))).toEqual([])
  })

  test('with their bytes, their text and their real path', async () => {
    const text = '\uFEFF{ "name": "é" }\r\n'
    const root = await createProject({ 'real/package.json': text })
    await symlink('real', join(root, 'link'))
    const [loaded] = await loadManifests(join(root, 'link'))
    expect(loaded).toMatchObject({ text, path: join(root, 'real/package.json'), isOutside: false })
    expect(loaded?.bytes).toEqual(Buffer.from(text))
  })
})

describe('links', () => {
  test('inside the project lead to the manifest itself, once', async () => {
    const root = await createProject({
      'package.json': { workspaces: ['packages/*'], dependencies: { a: 'file:real/a' } },
      'real/a/package.json': named('a'),
      'packages/b/package.json': named('b'),
    })
    await symlink('../real/a', join(root, 'packages/a'))
    await symlink('..', join(root, 'packages/circle'))
    expect(await listFiles(root)).toEqual([
      'package.json',
      'real/a/package.json',
      'packages/b/package.json',
    ])
  })

  test('that lead out of the project give manifests that are not ours', async () => {
    const root = await createProject({
      'project/package.json': { workspaces: ['packages/*'] },
      'project/packages/b/readme.md': '',
      'elsewhere/package.json': { ...named('a'), dependencies: { c: 'file:../c' } },
      'c/package.json': named('c'),
      'b.json': named('b'),
    })
    await symlink('../../elsewhere', join(root, 'project/packages/a'))
    await symlink('../../../b.json', join(root, 'project/packages/b/package.json'))
    const loaded = await loadManifests(join(root, 'project'))
    expect(loaded.map(({ manifest, isOutside }) => [manifest.file, isOutside])).toEqual([
      ['package.json', false],
      ['packages/a/package.json', true],
      ['packages/b/package.json', true],
    ])
  })
})

test('folders outside of the project and installed ones are left alone', async () => {
  const root = await createProject({
    'project/package.json': {
      workspaces: ['../outside', 'node_modules/*'],
      dependencies: { a: 'file:../outside', b: 'file:node_modules/b', c: '../project-b' },
    },
    'outside/package.json': {},
    'project-b/package.json': 'not even JSON',
    'project/node_modules/b/package.json': named('b'),
  })
  expect(await listFiles(join(root, 'project'))).toEqual(['package.json'])
})

describe('a project is refused', () => {
  const refused = expect.objectContaining({ code: 'ERR_JSR_GUARD_MANIFEST' })

  test.for<readonly [string, Record<string, string | object>, string]>([
    ['the root', { 'package.json': '{ "a": 1,\n"a": 2 }' }, 'package.json'],
    [
      'a dependency',
      { 'package.json': { dependencies: { a: './a' } }, 'a/package.json': '{' },
      'a/package.json',
    ],
  ])('when the manifest of %s is no strict JSON', async ([, files, file]) => {
    const root = await createProject(files)
    await expect(loadManifests(root)).rejects.toEqual(refused)
    await expect(loadManifests(root)).rejects.toMatchObject({ file })
  })

  test('when a manifest is not UTF-8', async () => {
    const root = await createProject({})
    await writeFile(join(root, 'package.json'), Buffer.from('{ "name": "\xE9" }', 'latin1'))
    await expect(loadManifests(root)).rejects.toEqual(refused)
  })

  test('when a manifest is a folder', async () => {
    const root = await createProject({ 'package.json/a': '' })
    await expect(loadManifests(root)).rejects.toEqual(refused)
  })

  test.runIf(process.platform !== 'win32')('when a manifest never ends', async () => {
    const root = await createProject({})
    await symlink('/dev/zero', join(root, 'package.json'))
    await expect(loadManifests(root)).rejects.toEqual(refused)
  })

  test('when the manifest of a workspace is no JSON', async () => {
    const root = await createProject({
      'package.json': { workspaces: ['a'] },
      'a/package.json': '{',
    })
    await expect(loadManifests(root)).rejects.toEqual(refused)
  })

  test('when two workspaces have one name', async () => {
    const root = await createProject({
      'package.json': { workspaces: ['a', 'b'] },
      'a/package.json': named('a'),
      'b/package.json': named('a'),
    })
    await expect(loadManifests(root)).rejects.toEqual(refused)
  })
})

describe('npm itself', { timeout: 60_000 }, () => {
  const asking = { name: 'a', version: '1.0.0', dependencies: { '@luca/cases': 'jsr:^1' } }
  const layouts: Record<string, readonly [object, string, readonly string[], boolean]> = {
    'a workspace': [{ workspaces: ['packages/*'] }, 'project/packages/a', [], true],
    'a workspace of a workspace': [
      { workspaces: ['packages'] },
      'project/packages/inner',
      [],
      false,
    ],
    'a folder inside': [{ dependencies: { a: 'file:libs/a' } }, 'project/libs/a', [], true],
    'a folder inside without a scheme': [
      { optionalDependencies: { a: 'libs/b/a' } },
      'project/libs/b/a',
      [],
      true,
    ],
    'a folder outside': [{ dependencies: { a: 'file:../a' } }, 'a', [], false],
    'a workspace outside': [{ workspaces: ['../a'] }, 'a', [], false],
  }
  const rows = clients.flatMap((client) =>
    Object.keys(layouts).map((layout) => ({ ...client, client, layout })),
  )

  test.for(rows)(
    '$name $version reads the manifest of $layout exactly where we do',
    async ({ client, layout }) => {
      const [manifest, folder, args, isRead] = layouts[layout] ?? [{}, '', [], false]
      const root = await createProject({
        'project/package.json': { name: 'project', ...manifest },
        'project/packages/package.json': { name: 'packages', workspaces: ['inner'] },
        [`${folder}/package.json`]: asking,
      })
      const cwd = join(root, 'project')
      const { exitCode, stderr } = await runNpm(client, cwd, args)
      const isFailure = exitCode !== 0 && stderr.includes('EUNSUPPORTEDPROTOCOL')
      expect(isFailure).toBe(isRead)
      const loaded = await loadManifests(cwd)
      expect(loaded.some(({ manifest: { name } }) => name === 'a')).toBe(isRead)
    },
  )

  test.for(clients)(
    '$name $version refuses jsr: in a folder outside by itself, where it installs it as a copy',
    async (client) => {
      const root = await createProject({
        'project/package.json': { dependencies: { a: 'file:../a' } },
        'a/package.json': asking,
      })
      const result = await runNpm(client, join(root, 'project'), ['--install-links'])
      expect(result.stderr).toContain('EUNSUPPORTEDPROTOCOL')
    },
  )
})

/** Nothing that these projects need has to be asked for. */
async function runNpm(client: Client, cwd: string, args: readonly string[]) {
  const home = await mkdtemp(join(tmpdir(), 'jsr-guard-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await mkdir(join(home, 'cache'))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    USERPROFILE: home,
    npm_config_cache: join(home, 'cache'),
    npm_config_registry: 'http://127.0.0.1:1/',
    npm_config_fetch_retries: '0',
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
  }
  return await runClient(client, ['install', ...args], { cwd, env })
}
