import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { translateManifests } from '../../src/project/journal.ts'
import { acquireRunLock } from '../../src/project/lock.ts'
import { loadManifests } from '../../src/project/workspaces.ts'
import { rewriteProject } from '../../src/tasks/rewrite.ts'
import { createProject } from '../world/project.ts'

const rootText = '{\n "workspaces": ["w"],\n "dependencies": {"@luca/cases": "jsr:^1"}}'
const workspaceText = '{ "name": "w", "devDependencies": { "text": "jsr:@std/text" } }\r\n'
const lockText = '{ "packages": { "": { "dependencies": { "@luca/cases": "jsr:^1" } } } }'

const files = {
  'package.json': rootText,
  'w/package.json': workspaceText,
  'package-lock.json': lockText,
}

async function read(root: string, file = 'package.json'): Promise<string> {
  return await readFile(join(root, file), 'utf8')
}

test('a check says what would change, and writes nothing', async () => {
  const root = await createProject(files)
  const report = await rewriteProject({ root, direction: 'npm', mode: 'check' })
  expect(report).toEqual({
    files: ['package.json', 'w/package.json'],
    changes: [
      {
        file: 'package.json',
        line: 3,
        path: ['dependencies', '@luca/cases'],
        from: 'jsr:^1',
        to: 'npm:@jsr/luca__cases@^1',
      },
      {
        file: 'w/package.json',
        line: 1,
        path: ['devDependencies', 'text'],
        from: 'jsr:@std/text',
        to: 'npm:@jsr/std__text@*',
      },
    ],
    problems: [],
    isWritten: false,
  })
  expect(await read(root)).toBe(rootText)
  expect((await readdir(root)).toSorted()).toEqual(['package-lock.json', 'package.json', 'w'])
})

test('a write does it in all manifests, and leaves lockfiles alone', async () => {
  const root = await createProject(files)
  const report = await rewriteProject({ root, direction: 'npm', mode: 'write' })
  expect(report.isWritten).toBe(true)
  expect(await read(root)).toBe(rootText.replace('jsr:^1', 'npm:@jsr/luca__cases@^1'))
  expect(await read(root, 'w/package.json')).toContain('"npm:@jsr/std__text@*" } }\r\n')
  expect(await read(root, 'package-lock.json')).toBe(lockText)
  expect((await readdir(root)).toSorted()).toEqual(['package-lock.json', 'package.json', 'w'])
  const again = await rewriteProject({ root, direction: 'npm', mode: 'write' })
  expect(again).toMatchObject({ changes: [], isWritten: false })
})

test('the way back works as well', async () => {
  const root = await createProject(files)
  await rewriteProject({ root, direction: 'npm', mode: 'write' })
  const report = await rewriteProject({ root, direction: 'jsr', mode: 'write' })
  expect(report.changes.map(({ to }) => to)).toEqual(['jsr:^1', 'jsr:@std/text@*'])
  expect(await read(root)).toBe(rootText)
})

test('what cannot be rewritten is reported with its place, and the rest is rewritten', async () => {
  const bad = '{ "dependencies": {\n"a": "jsr:^1",\n"b": " jsr:@luca/cases",\n"c": "jsr:@a/b/c" } }'
  const root = await createProject({ ...files, 'w/package.json': bad })
  const report = await rewriteProject({ root, direction: 'npm', mode: 'write' })
  expect(report.problems).toMatchObject([
    { file: 'w/package.json', line: 2, path: ['dependencies', 'a'], specifier: 'jsr:^1' },
    { file: 'w/package.json', line: 3, path: ['dependencies', 'b'] },
    { file: 'w/package.json', line: 4, path: ['dependencies', 'c'] },
  ])
  expect(report.changes).toHaveLength(1)
  expect(await read(root, 'w/package.json')).toBe(bad)
})

test('a manifest that a link leads to out of the project is reported, not written', async () => {
  const root = await createProject({
    'project/package.json': { workspaces: ['w'] },
    'outside/package.json': workspaceText,
  })
  await symlink('../outside', join(root, 'project/w'))
  const report = await rewriteProject({
    root: join(root, 'project'),
    direction: 'npm',
    mode: 'write',
  })
  expect(report).toMatchObject({ changes: [], isWritten: false })
  expect(report.problems).toMatchObject([{ file: 'w/package.json', specifier: 'jsr:@std/text' }])
  expect(await read(root, 'outside/package.json')).toBe(workspaceText)
})

test('a manifest that cannot be read stops it before anything is written', async () => {
  const root = await createProject({ ...files, 'w/package.json': '{ "name": "w", "name": "v" }' })
  const result = rewriteProject({ root, direction: 'npm', mode: 'write' })
  await expect(result).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_MANIFEST' })
  expect(await read(root)).toBe(rootText)
  expect((await readdir(root)).toSorted()).toEqual(['package-lock.json', 'package.json', 'w'])
})

test('without a manifest there is nothing to look at', async () => {
  const root = await createProject({})
  const report = await rewriteProject({ root, direction: 'npm', mode: 'check' })
  expect(report).toEqual({ files: [], changes: [], problems: [], isWritten: false })
})

test('workspaces that another file names are rewritten as well', async () => {
  const root = await createProject({ 'package.json': '{}', 'w/package.json': workspaceText })
  const options = { root, direction: 'npm', mode: 'check', patterns: ['w'] } as const
  expect((await rewriteProject(options)).changes).toHaveLength(1)
})

test('a check after a run that was killed sees the manifests as they are meant', async () => {
  const root = await createProject(files)
  const lock = await acquireRunLock(root)
  await translateManifests(root, await loadManifests(root), lock)
  await lock.release()
  expect(await read(root)).toContain('npm:@jsr/luca__cases@^1')
  const report = await rewriteProject({ root, direction: 'npm', mode: 'check' })
  expect(report.changes).toHaveLength(2)
  expect(await read(root)).toBe(rootText)
})

test('a rewrite waits for the end of a run', async () => {
  const root = await createProject(files)
  const lock = await acquireRunLock(root)
  const translation = await translateManifests(root, await loadManifests(root), lock)
  const report = await rewriteProject({
    root,
    direction: 'npm',
    mode: 'check',
    onWait: () => void translation.restore().then(async () => await lock.release()),
  })
  expect(report.changes).toHaveLength(2)
})
