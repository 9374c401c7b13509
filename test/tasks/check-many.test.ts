import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Report } from '../../src/report/report.ts'
import { checkProjects, type CheckProjectsOptions } from '../../src/tasks/check-many.ts'
import { goodProject, leakyProject, lockfile, registry } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

type Files = Readonly<Record<string, string | object>>

/** Files of a project, below a folder. */
function below(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([file, content]) => [`${folder}/${file}`, content]),
  )
}

async function check(
  cwd: string,
  patterns: readonly string[],
  options: Partial<CheckProjectsOptions> = {},
): Promise<Report> {
  return await checkProjects({
    cwd,
    patterns,
    env: { HOME: join(cwd, 'no-home') },
    home: join(cwd, 'no-home'),
    npm: { version: '11.21.2', folder: undefined, nodePath: undefined },
    pnpm: { version: undefined },
    ...options,
  })
}

test('several projects make one report, in which no two files share a name', async () => {
  const cwd = await createProject({
    ...below('apps/a', goodProject()),
    ...below('apps/b', leakyProject()),
    ...below('services/c', leakyProject()),
  })
  const report = await check(cwd, ['apps/*', 'services/c'])
  expect(report.root).toBe(cwd)
  expect(report.registry).toBe(registry)
  expect(report.projects.map(({ path }) => path)).toEqual(['apps/a', 'apps/b', 'services/c'])
  expect(report.clients.map(({ project, name }) => `${project} ${name}`)).toEqual([
    'apps/a npm',
    'apps/b npm',
    'services/c npm',
  ])
  expect(report.packages.map(({ lockfile: file, verdict }) => `${verdict} ${file}`)).toEqual([
    'private apps/a/package-lock.json',
    'direct apps/b/package-lock.json',
    'direct services/c/package-lock.json',
  ])
  expect(report.findings).toMatchObject([
    {
      rule: 'direct-resolution',
      file: 'apps/b/package-lock.json',
      why: ['apps/b/package.json', '@jsr/luca__cases@1.0.1'],
    },
    { rule: 'direct-resolution', file: 'services/c/package-lock.json' },
  ])
  expect(report.summary).toMatchObject({ errors: 2, packages: 3 })
})

test('a project that can’t be judged keeps no other from it, and is in the report', async () => {
  const cwd = await createProject({
    ...below('a', { ...goodProject(), 'package.json': '{"name": 1,}' }),
    ...below('b', leakyProject()),
    ...below('c', { ...goodProject(), 'jsr-guard.json': '{\n"colour": 1}' }),
  })
  const report = await check(cwd, ['a', 'b', 'c', 'd'])
  expect(report.projects.map(({ path, error }) => [path, error?.code, error?.file])).toEqual([
    ['a', 'ERR_JSR_GUARD_MANIFEST', 'a/package.json'],
    ['b', undefined, undefined],
    ['c', 'ERR_JSR_GUARD_POLICY', 'c/jsr-guard.json'],
    ['d', 'ERR_JSR_GUARD_USAGE', undefined],
  ])
  expect(report.findings).toHaveLength(1)
})

describe('patterns', () => {
  test('stand for folders that hold a project, and not for what a client installed', async () => {
    const cwd = await createProject({
      ...below('apps/a', goodProject()),
      ...below('apps/deep/b', goodProject()),
      'apps/docs/readme.md': '',
      'apps/a/node_modules/x/package.json': { name: 'x' },
      'apps/lock/deno.lock': '{}',
    })
    const { projects } = await check(cwd, ['apps/**'])
    expect(projects.map(({ path }) => path)).toEqual(['apps/a', 'apps/deep/b', 'apps/lock'])
  })

  test('that stand for nothing are nothing to check', async () => {
    const cwd = await createProject({ 'apps/docs/readme.md': '' })
    const { projects } = await check(cwd, ['apps/*'])
    expect(projects).toMatchObject([
      { path: 'apps/*', error: { code: 'ERR_JSR_GUARD_NOTHING_TO_CHECK' } },
    ])
  })

  test('are taken for a folder of that very name first', async () => {
    const cwd = await createProject(below('apps/[id]', goodProject()))
    const { projects } = await check(cwd, ['apps/[id]'])
    expect(projects).toMatchObject([{ path: 'apps/[id]', error: undefined }])
  })

  test('do not follow links into circles', async () => {
    const cwd = await createProject(below('apps/a', goodProject()))
    await mkdir(join(cwd, 'apps/a/inner'))
    await symlink(join(cwd, 'apps'), join(cwd, 'apps/a/inner/apps'))
    const { projects } = await check(cwd, ['**'])
    expect(projects.map(({ path }) => path)).toEqual(['apps/a'])
  })
})

test('folders of one workspace are one project, with every lockfile in it', async () => {
  const cwd = await createProject({
    ...goodProject(),
    'package.json': { name: 'p', workspaces: ['packages/*'] },
    'packages/a/package.json': { name: 'a' },
    'packages/b/package.json': { name: 'b' },
    'packages/b/deno.lock': '{}',
  })
  const report = await check(cwd, ['.', 'packages/*'])
  expect(report.projects.map(({ path }) => path)).toEqual(['.'])
  expect(report.packages).toHaveLength(1)
  expect(report.clients.filter(({ name }) => name === 'npm')).toHaveLength(1)
  const files = report.findings
    .filter(({ rule }) => rule === 'unknown-source')
    .map(({ file }) => file)
  expect(files).toEqual(['packages/b/deno.lock'])
})

test('projects of other registries are told apart', async () => {
  const other = 'https://other.corp.example/npm/'
  const cwd = await createProject({
    ...below('a', goodProject()),
    ...below('b', { ...goodProject(), 'jsr-guard.json': { registry: other } }),
  })
  const report = await check(cwd, ['a', 'b'])
  expect(report.registry).toBeUndefined()
  expect(report.projects.map((project) => project.registry)).toEqual([registry, other])
  expect(report.findings.every(({ file }) => file.startsWith('b/'))).toBe(true)
})

test('one policy for all: an ignore in it is of use where one project needs it', async () => {
  const ignore = (name: string) => ({ rule: 'direct-resolution', package: name, reason: 'known' })
  const cwd = await createProject({
    'policy.json': { ignore: [ignore('@jsr/luca__cases'), ignore('@jsr/luca__flag')] },
    ...below('a', goodProject()),
    ...below('b', leakyProject()),
  })
  const report = await check(cwd, ['a', 'b'], { config: join(cwd, 'policy.json') })
  expect(report.ignored.map(({ file }) => file)).toEqual(['b/package-lock.json'])
  expect(report.findings).toMatchObject([
    { rule: 'unused-ignore', file: 'policy.json', package: '@jsr/luca__flag' },
  ])
})

test('what is left out of one project alone is said of it', async () => {
  const cwd = await createProject({
    ...below('a', goodProject()),
    ...below('b', { ...goodProject(), 'jsr-guard.json': { rules: { 'weak-integrity': 'off' } } }),
  })
  const { skipped } = await check(cwd, ['a', 'b'])
  expect(skipped).toContainEqual({
    rule: 'weak-integrity',
    reason: 'b: switched off by jsr-guard.json',
  })
  expect(skipped.filter(({ rule }) => rule === 'too-new')).toHaveLength(1)
})

test('the report is the same whatever the order of the disk', async () => {
  const projects = Array.from({ length: 12 }, (_, index) =>
    below(`apps/p${index}`, index % 3 === 0 ? leakyProject() : goodProject()),
  )
  const cwd = await createProject(
    Object.assign({}, ...projects, { 'x/package-lock.json': lockfile({}) }),
  )
  const reports = await Promise.all([check(cwd, ['apps/*', 'x']), check(cwd, ['apps/*', 'x'])])
  expect(JSON.stringify(reports[0])).toBe(JSON.stringify(reports[1]))
})
