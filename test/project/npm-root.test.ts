import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { expect, test } from 'vitest'
import { findNpmRoot } from '../../src/project/npm-root.ts'
import { clients } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'

const workspaces = {
  'package.json': { workspaces: ['packages/*', '!packages/out', './apps/**'] },
  'packages/in/package.json': { name: 'in' },
  'packages/in/src/x': '',
  'packages/in/node_modules/dependency/package.json': { name: 'dependency' },
  'packages/out/package.json': { name: 'out' },
  'packages/in/deep/package.json': { name: 'deep' },
  'packages/bare/node_modules/x': '',
  'apps/a/b/package.json': { name: 'b' },
}

const rows = [
  { cwd: '', root: '' },
  { cwd: 'src/deep', root: '', files: { 'package.json': {}, 'src/deep/x': '' } },
  { cwd: 'a/b', root: 'a', files: { 'package.json': {}, 'a/node_modules/x': '', 'a/b/x': '' } },
  { cwd: 'a', root: 'a', files: { 'a/package.json/x': '', 'a/node_modules/x': '' } },
  { cwd: 'packages/in', root: '', files: workspaces },
  { cwd: 'packages/in/src', root: '', files: workspaces },
  { cwd: 'packages/out', root: 'packages/out', files: workspaces },
  { cwd: 'packages/in/deep', root: 'packages/in/deep', files: workspaces },
  { cwd: 'packages/bare', root: 'packages/bare', files: workspaces },
  { cwd: 'apps/a/b', root: '', files: workspaces },
  {
    cwd: 'packages/in/node_modules/dependency',
    root: 'packages/in/node_modules/dependency',
    files: workspaces,
  },
  {
    cwd: 'a/b',
    root: '',
    files: {
      'package.json': '\uFEFF{"workspaces":{"packages":["a/b"]}}',
      'a/package.json': '{"workspaces":',
      'a/b/package.json': {},
    },
  },
]

test.for(rows)('the root of $cwd is $root, as `npm prefix` says', async ({ cwd, root, files }) => {
  const folder = await createProject({ x: '', ...files })
  const start = join(folder, cwd)
  const expected = join(folder, root).replace(/[\\/]$/, '')
  expect(await findNpmRoot(start)).toBe(expected)
  const env = { HOME: folder, PATH: '', npm_config_update_notifier: 'false', ...systemRoot() }
  const results = await Promise.all(
    clients.map(async (client) => await runClient(client, ['prefix'], { cwd: start, env })),
  )
  expect(results.map(({ stdout }) => stdout.trim())).toEqual(clients.map(() => expected))
})

test('a workspace by itself is its own root', async () => {
  const folder = await createProject(workspaces)
  const start = join(folder, 'packages/in/src')
  const root = await findNpmRoot(start, { workspaces: false })
  expect(root).toBe(join(folder, 'packages/in'))
})

test('a link to a workspace is the workspace', async () => {
  const folder = await createProject(workspaces)
  const elsewhere = await createProject({})
  await mkdir(join(elsewhere, 'links'))
  await symlink(join(folder, 'packages/in'), join(elsewhere, 'links/in'), 'junction')
  expect(await findNpmRoot(join(elsewhere, 'links/in'))).toBe(folder)
})

test.for([
  { title: 'two packages of one name', workspaces: ['a', 'b'] },
  { title: 'workspaces that are no list', workspaces: 'a' },
])('$title stop us, as they stop npm', async ({ workspaces: list }) => {
  const folder = await createProject({
    'package.json': { workspaces: list },
    'a/package.json': { name: 'same' },
    'b/package.json': { name: 'same' },
  })
  const looking = findNpmRoot(join(folder, 'a'))
  await expect(looking).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_MANIFEST' })
})

function systemRoot(): Record<string, string> {
  const value = process.env['SystemRoot']
  return value === undefined ? {} : { SystemRoot: value }
}
