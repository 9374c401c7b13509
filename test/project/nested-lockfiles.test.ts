import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadProject, type LoadProjectOptions } from '../../src/project/load.ts'
import { checkProject } from '../../src/tasks/check.ts'
import { emptyEnv, goodCases, integrity, lockfile, registry } from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

type Files = Readonly<Record<string, string | object>>

const npm = { version: '11.2.0', folder: undefined, nodePath: '/nowhere/bin/node' }
const alias = 'npm:@jsr/luca__cases@^1'
const manifest = { name: 'a', dependencies: { '@luca/cases': alias } }
const mapping = `@jsr:registry=${registry}\n`
const workspaces = { name: 'p', workspaces: ['a'] }
const pnpmWorkspace = "packages: ['a']\n"
const yarnLock = (resolved = goodCases.resolved): string =>
  `# yarn lockfile v1\n\n\n"@luca/cases@${alias}":\n  version "1.0.1"\n  resolved "${resolved}#${'a'.repeat(40)}"\n  integrity ${integrity}\n`
const bunLock = (address: string): string =>
  `{ "lockfileVersion": 1, "workspaces": { "": { "dependencies": { "@luca/cases": "${alias}" } } }, "packages": { "@luca/cases": ["@jsr/luca__cases@1.0.1", "${address}", {}, "${integrity}"] } }`

async function load(files: Files, parts: Partial<LoadProjectOptions> = {}) {
  const cwd = await createProject(files)
  const env = await emptyEnv()
  return await loadProject({ cwd, env, home: env['HOME'] ?? '', npm, ...parts })
}

async function check(files: Files, parts: object = {}) {
  const cwd = await createProject(files)
  const env = await emptyEnv()
  const options = { cwd, env, home: env['HOME'] ?? '', npm, pnpm: { version: '10.34.9' } }
  const report = await checkProject({ ...options, ...parts })
  const found = report.findings.map(({ rule, severity, file }) => `${severity} ${rule} ${file}`)
  return { ...report, found }
}

describe('which lockfiles below the root are looked for', () => {
  const all = {
    'a/package.json': manifest,
    'a/package-lock.json': lockfile({ 'node_modules/@luca/cases': goodCases }),
    'a/npm-shrinkwrap.json': lockfile({}),
    'a/yarn.lock': yarnLock(),
    'a/bun.lock': bunLock(goodCases.resolved),
    'a/bun.lockb': '\u0000',
    'a/deno.lock': { version: '5' },
    'a/vlt-lock.json': { lockfileVersion: 1, options: {}, nodes: {}, edges: {} },
    'a/node_modules/x/yarn.lock': yarnLock(),
    'b/yarn.lock': yarnLock(),
  }
  const expected = [
    ['a/bun.lock', 'bun', 'read'],
    ['a/bun.lockb', 'bun', 'unreadable'],
    ['a/deno.lock', 'deno', 'read'],
    ['a/npm-shrinkwrap.json', 'npm', 'read'],
    ['a/package-lock.json', 'npm', 'read'],
    ['a/vlt-lock.json', 'vlt', 'read'],
    ['a/yarn.lock', 'yarn', 'read'],
  ]
  const describeAll = ({ lockfiles }: Awaited<ReturnType<typeof load>>) =>
    lockfiles.map(({ file, client, content }) => [file, client, content.type])

  test.for<readonly [string, Files]>([
    ['workspaces', { 'package.json': workspaces }],
    ['pnpm’s workspaces', { 'pnpm-workspace.yaml': pnpmWorkspace }],
    ['a folder that is depended on', { 'package.json': { dependencies: { a: 'file:./a' } } }],
    ['members of Deno’s workspace', { 'deno.json': { workspace: ['./a'] } }],
    ['the same, by a pattern', { 'deno.json': { workspace: ['a*'] } }],
    ['vlt’s workspaces', { 'package.json': {}, 'vlt.json': { workspaces: ['a'] } }],
  ])('%s', async ([, files]) => {
    expect(describeAll(await load({ ...all, ...files }))).toEqual(expected)
  })

  test('a member of Deno’s that has no package.json', async () => {
    const project = await load({
      'deno.json': { workspace: ['./a'] },
      'a/deno.json': {},
      'a/deno.lock': { version: '5' },
    })
    expect(describeAll(project)).toEqual([['a/deno.lock', 'deno', 'read']])
  })

  test('a link is followed, since a client follows it', async () => {
    const outside = await createProject({ 'package.json': manifest, 'yarn.lock': yarnLock() })
    const cwd = await createProject({ 'package.json': workspaces })
    await symlink(outside, join(cwd, 'a'))
    const env = await emptyEnv()
    const project = await loadProject({ cwd, env, home: cwd, npm })
    expect(describeAll(project)).toEqual([['a/yarn.lock', 'yarn', 'read']])
  })

  test('those of other clients than the one that is asked for are left out, and said to be', async () => {
    const project = await load({ ...all, 'package.json': workspaces }, { client: 'npm' })
    expect(describeAll(project)).toEqual([
      ['a/npm-shrinkwrap.json', 'npm', 'read'],
      ['a/package-lock.json', 'npm', 'read'],
    ])
    expect(project.leftOut).toContain('a/yarn.lock')
  })

  test('a run of one client in the root does not look for any', async () => {
    const project = await load({ ...all, 'package.json': workspaces }, { known: ['npm'] })
    expect(project.lockfiles).toEqual([])
  })
})

describe('a lockfile below the root', () => {
  const root = { 'pnpm-workspace.yaml': pnpmWorkspace, '.npmrc': mapping }

  test('that leads to JSR, or can’t be read, is an error', async () => {
    const direct = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
    const { found } = await check({
      ...root,
      'a/package.json': manifest,
      'a/yarn.lock': yarnLock(direct),
      'a/bun.lockb': '\u0000',
    })
    expect(found).toContain('error direct-resolution a/yarn.lock')
    expect(found).toContain('error unknown-source a/bun.lockb')
  })

  test('whose client goes by the root is judged by the root’s configuration', async () => {
    const files = {
      'package.json': { ...workspaces, packageManager: 'npm@11.2.0' },
      '.npmrc': mapping,
      'a/package.json': manifest,
      'a/.npmrc': '@jsr:registry=https://npm.jsr.io/\n',
      'a/bun.lock': bunLock(''),
    }
    const { found, packages } = await check(files)
    expect(found).toEqual([])
    expect(packages).toMatchObject([{ lockfile: 'a/bun.lock', verdict: 'private' }])
  })

  test('whose client goes by the folder is judged by what lies there', async () => {
    const files = { ...root, 'a/package.json': manifest, 'a/bun.lock': bunLock('') }
    const own = { ...files, 'a/.npmrc': mapping }
    expect((await check(own)).found).toEqual([])
    // Bun does not look for it in the folders above.
    const { findings } = await check(files)
    expect(findings).toMatchObject([
      { rule: 'foreign-resolution', file: 'a/bun.lock' },
      {
        rule: 'public-route',
        file: 'a/package.json',
        message: expect.stringMatching(/^Bun in a would ask/),
      },
    ])
  })

  test('makes its client a reader of the manifests there, and of no others', async () => {
    const asking = { name: 'b', dependencies: { '@luca/cases': 'jsr:^1' } }
    const { found } = await check({
      'pnpm-workspace.yaml': "packages: ['a', 'b']\n",
      '.npmrc': mapping,
      'a/package.json': { ...asking, name: 'a' },
      'b/package.json': asking,
      'a/yarn.lock': '# yarn lockfile v1\n',
    })
    expect(found).toContain('error jsr-specifier a/package.json')
    expect(found.filter((one) => one.endsWith('b/package.json'))).toEqual([])
  })

  test('whose configuration can’t be read stops the check, and names the file', async () => {
    const files = { ...root, 'a/package.json': manifest, 'a/bun.lock': bunLock('') }
    await expect(check({ ...files, 'a/bunfig.toml': '[' })).rejects.toMatchObject({
      code: 'ERR_JSR_GUARD_CONFIG',
      file: 'a/bunfig.toml',
    })
  })
})
