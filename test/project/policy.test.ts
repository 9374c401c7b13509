import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { loadPolicy } from '../../src/project/policy.ts'
import { createProject } from '../world/project.ts'

const registry = 'https://npm.corp.example/npm/'

type Files = Readonly<Record<string, string | object>>

/** A repository with these files. */
async function createRepository(files: Files): Promise<string> {
  return await createProject({ '.git/HEAD': 'ref: refs/heads/main', ...files })
}

async function failureOf(files: Files, folder = ''): Promise<JsrGuardError> {
  const root = join(await createRepository(files), folder)
  const failure: unknown = await loadPolicy({ root, manifests: [] }).catch(
    (error: unknown) => error,
  )
  if (failure instanceof JsrGuardError) return failure
  throw new Error('the policy was accepted')
}

test('lists add up, and of single values the nearest holds', async () => {
  const root = await createRepository({
    'jsr-guard.json': {
      extends: ['./policy/base.json', '@corp/policy/strict.json'],
      packages: { allow: ['@own/*'] },
      rules: { 'weak-integrity': 'error' },
      ignore: [{ rule: 'missing-integrity', package: '@jsr/a__b', reason: 'own' }],
    },
    'policy/base.json': {
      extends: './root.json',
      registry,
      minimumAgeDays: 3,
      tarballs: ['https://a.corp-storage.example/'],
      packages: { deny: ['@evil/*'] },
      rules: { 'weak-integrity': 'off', 'unmapped-scope': 'error' },
    },
    'policy/root.json': { registry: 'https://old.corp.example/', minimumAgeDays: 30 },
    'node_modules/@corp/policy/strict.json': {
      minimumAgeDays: 7,
      tarballs: ['https://b.corp-storage.example/'],
      packages: { allow: ['@std/*'], deny: ['@worse/*'] },
      rules: { 'unmapped-scope': 'off' },
      scopes: { '@std': 'https://npm.corp.example/std/' },
    },
  })
  const policy = await loadPolicy({ root, manifests: [] })
  expect(policy.registry?.href).toBe(registry)
  expect(policy.minimumAgeDays).toBe(7)
  expect(policy.tarballs).toHaveLength(2)
  expect(policy.packages.allow?.map(({ text }) => text)).toEqual(['@std/*', '@own/*'])
  expect(policy.packages.deny.map(({ text }) => text)).toEqual(['@evil/*', '@worse/*'])
  expect(policy.levels).toEqual({ 'weak-integrity': 'error', 'unmapped-scope': 'off' })
  expect([...policy.scopes.keys()]).toEqual(['std'])
  const settings = policy.settings.map(
    ({ key, value, file, line }) => `${key}=${value} ${file}:${line}`,
  )
  expect(settings).toMatchInlineSnapshot(`
    [
      "registry=https://npm.corp.example/npm/ policy/base.json:3",
      "tarballs=https://a.corp-storage.example/ policy/base.json:6",
      "packages.deny=@evil/* policy/base.json:10",
      "minimumAgeDays=7 node_modules/@corp/policy/strict.json:2",
      "tarballs=https://b.corp-storage.example/ node_modules/@corp/policy/strict.json:4",
      "packages.allow=@std/* node_modules/@corp/policy/strict.json:8",
      "packages.deny=@worse/* node_modules/@corp/policy/strict.json:11",
      "rules.unmapped-scope=off node_modules/@corp/policy/strict.json:15",
      "scopes.@std=https://npm.corp.example/std/ node_modules/@corp/policy/strict.json:18",
      "packages.allow=@own/* jsr-guard.json:8",
      "rules.weak-integrity=error jsr-guard.json:12",
      "ignore={"rule":"missing-integrity","package":"@jsr/a__b","reason":"own"} jsr-guard.json:15",
    ]
  `)
})

test('a policy may be extended across the repository, not only below the project', async () => {
  const repository = await createRepository({
    'apps/a/jsr-guard.json': { extends: ['../../base.json', '@corp/policy'] },
    'base.json': { registry },
    'node_modules/@corp/policy/jsr-guard.json': { extends: './more.json' },
    'node_modules/@corp/policy/more.json': { minimumAgeDays: 1 },
  })
  const policy = await loadPolicy({ root: join(repository, 'apps/a'), manifests: [] })
  expect(policy).toMatchObject({ minimumAgeDays: 1, file: 'jsr-guard.json' })
  expect(policy.settings.map(({ file }) => file)).toEqual([
    '../../base.json',
    '../../node_modules/@corp/policy/more.json',
  ])
})

test('the same policy may be reached twice', async () => {
  const root = await createRepository({
    'jsr-guard.json': { extends: ['./a.json', './b.json'] },
    'a.json': { extends: './base.json' },
    'b.json': { extends: './base.json' },
    'base.json': { registry },
  })
  const policy = await loadPolicy({ root, manifests: [] })
  expect(policy.registry?.href).toBe(registry)
})

describe('what can’t be extended stops the run, with file and line', () => {
  const strict = '{\n  "extends": ["./strict.json"]\n}'
  test.for<readonly [string, Files, { file: string; line: number; message?: RegExp }]>([
    ['a file that is not there', { 'jsr-guard.json': strict }, { file: 'jsr-guard.json', line: 2 }],
    [
      'a package that is not installed',
      { 'jsr-guard.json': { extends: '@corp/policy' } },
      { file: 'jsr-guard.json', line: 2, message: /not installed/ },
    ],
    [
      'a file of no package',
      { 'jsr-guard.json': { extends: '@corp/policy' }, 'node_modules/@corp/policy/a.json': {} },
      { file: 'jsr-guard.json', line: 2 },
    ],
    [
      'a folder',
      { 'jsr-guard.json': strict, 'strict.json/a': '' },
      { file: 'jsr-guard.json', line: 2 },
    ],
    [
      'itself',
      { 'jsr-guard.json': { extends: './jsr-guard.json' } },
      { file: 'jsr-guard.json', line: 2 },
    ],
    [
      'itself by way of another',
      { 'jsr-guard.json': strict, 'strict.json': { extends: './jsr-guard.json' } },
      { file: 'strict.json', line: 2, message: /extends itself/ },
    ],
    [
      'a file out of the repository',
      { 'jsr-guard.json': { extends: '../../../../../../../etc/hosts.json' } },
      { file: 'jsr-guard.json', line: 2 },
    ],
    [
      'a file that is no policy',
      { 'jsr-guard.json': strict, 'strict.json': '{\n\n"colour": 1}' },
      { file: 'strict.json', line: 3 },
    ],
  ])('%s', async ([, files, { file, line, message = /./ }]) => {
    const failure = await failureOf(files)
    expect(failure).toMatchObject({ code: 'ERR_JSR_GUARD_POLICY', file, line })
    expect(failure.message).toMatch(message)
  })

  test('a file behind a link that leads out of its repository or package', async () => {
    const outside = await createProject({ 'secret.json': { registry } })
    const root = await createRepository({ 'jsr-guard.json': { extends: './policy.json' } })
    await symlink(join(outside, 'secret.json'), join(root, 'policy.json'))
    await expect(loadPolicy({ root, manifests: [] })).rejects.toMatchObject({
      code: 'ERR_JSR_GUARD_POLICY',
      message: './policy.json leads out of its repository or package',
    })
  })

  test('a file that leaves the package that names it', async () => {
    const failure = await failureOf({
      'jsr-guard.json': { extends: '@corp/policy' },
      'node_modules/@corp/policy/jsr-guard.json': { extends: '../../../other.json' },
      'other.json': {},
    })
    expect(failure.message).toBe('../../../other.json leads out of its repository or package')
  })

  test('policies that multiply', async () => {
    const level = (next: number): object => ({ extends: [`./${next}.json`, `./${next}.json`] })
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`${index}.json`, level(index + 1)]),
    )
    const failure = await failureOf({ 'jsr-guard.json': level(0), ...files, '30.json': {} })
    expect(failure.message).toContain('more than 64')
  })
})

test('a package may be a link to where its client keeps it', async () => {
  const store = await createProject({ 'policy/jsr-guard.json': { registry } })
  const root = await createRepository({ 'jsr-guard.json': { extends: 'corp-policy' } })
  await mkdir(join(root, 'node_modules'))
  await symlink(join(store, 'policy'), join(root, 'node_modules/corp-policy'))
  const { settings } = await loadPolicy({ root, manifests: [] })
  expect(settings).toMatchObject([{ key: 'registry', file: 'corp-policy', line: 2 }])
})
