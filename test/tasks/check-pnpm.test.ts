import { describe, expect, test } from 'vitest'
import { checkProject } from '../../src/tasks/check.ts'
import { createProject } from '../world/project.ts'

const registry = 'https://npm.corp.example/npm/'
const hash = `sha512-${'A'.repeat(86)}==`

async function check(files: Readonly<Record<string, string | object>>, version = '10.34.9') {
  const manifest = { dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } }
  const cwd = await createProject({ 'package.json': manifest, ...files })
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const report = await checkProject({ cwd, env: {}, home: cwd, registry, npm, pnpm: { version } })
  const found = report.findings.map(({ rule, file, line }) => `${rule} ${file}:${line ?? ''}`)
  return { ...report, found }
}

const lock = (key = '@jsr/luca__cases@1.0.1', resolution = `{integrity: ${hash}}`) =>
  `lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@luca/cases':\n        specifier: npm:@jsr/luca__cases@^1\n        version: '${key}'\n\npackages:\n\n  '${key}':\n    resolution: ${resolution}\n\nsnapshots:\n\n  '${key}': {}\n`

const mapped = { '.npmrc': `@jsr:registry=${registry}\n` }

test('a project in order has nothing to say', async () => {
  const { found, clients, packages } = await check({ ...mapped, 'pnpm-lock.yaml': lock() })
  expect(found).toEqual([])
  expect(clients).toMatchObject([{ name: 'pnpm', version: '10.34.9' }])
  expect(packages).toMatchObject([
    { alias: '@luca/cases', name: '@jsr/luca__cases', verdict: 'private', line: 13 },
  ])
})

test('a lockfile that names no address is JSR’s where the scope is not mapped', async () => {
  const files = { '.npmrc': `registry=${registry}\n`, 'pnpm-lock.yaml': lock() }
  const { found } = await check(files)
  expect(found).toEqual(['direct-route package.json:', 'direct-resolution pnpm-lock.yaml:13'])
  expect((await check(files, '9.15.9')).found).toEqual(['unmapped-scope .npmrc:1'])
})

describe('a hostile lockfile is refused, wherever it lies', () => {
  const evil = lock(
    undefined,
    `{integrity: ${hash}, tarball: https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz}`,
  )
  test.for([
    ['pnpm-lock.yaml', {}],
    ['pnpm-lock.feat.yaml', {}],
    ['node_modules/.pnpm/lock.yaml', {}],
    ['locks/pnpm-lock.yaml', { 'pnpm-workspace.yaml': 'lockfileDir: locks\n' }],
    [
      'packages/a/pnpm-lock.yaml',
      {
        'pnpm-workspace.yaml': 'packages: [packages/*]\n',
        'packages/a/package.json': { name: 'a' },
      },
    ],
  ] as const)('%s', async ([file, files]) => {
    const { found } = await check({ ...mapped, ...files, [file]: evil })
    expect(found).toContain(`direct-resolution ${file}:13`)
  })

  test.for([
    ['another package in its place', lock('evil@1.0.0'), 'name-mismatch'],
    ['a named registry', lock('@jsr/luca__cases@jj:1.0.1'), 'unknown-source'],
    ['no hash', lock(undefined, '{}'), 'missing-integrity'],
    [
      'a path to another package',
      lock(undefined, `{integrity: ${hash}, tarball: evil/-/evil-1.0.0.tgz}`),
      'name-mismatch',
    ],
  ] as const)('%s', async ([, text, rule]) => {
    const { found } = await check({ ...mapped, 'pnpm-lock.yaml': text })
    expect(found).toContain(`${rule} pnpm-lock.yaml:13`)
  })
})

test('catalogs and overrides are read like manifests', async () => {
  const { found } = await check(
    {
      ...mapped,
      'package.json': {},
      'pnpm-workspace.yaml':
        "catalog:\n  '@luca/cases': jsr:^1\ncatalogs:\n  old:\n    '@luca/cases': jsr:^0\noverrides:\n  a>b: https://npm.jsr.io/x.tgz\n",
    },
    '9.15.9',
  )
  expect(found).toEqual([
    'jsr-specifier pnpm-workspace.yaml:2',
    'jsr-specifier pnpm-workspace.yaml:5',
    'direct-dependency pnpm-workspace.yaml:7',
  ])
})

describe('the lockfile is compared with what catalogs and overrides make of the manifest', () => {
  const locked = lock().replace('specifier: npm:@jsr/luca__cases@^1', "specifier: 'catalog:'")
  const catalog = (range: string) =>
    `catalogs:\n  default:\n    '@luca/cases':\n      specifier: npm:@jsr/luca__cases@${range}\n      version: 1.0.1\n`
  const asks = (specifier: string) => ({
    'package.json': { dependencies: { '@luca/cases': specifier } },
  })

  test.for([
    ['a catalog that agrees', 'catalog:', "catalog:\n  '@luca/cases': jsr:^1\n", []],
    [
      'a catalog that asks for another range',
      'catalog:',
      "catalog:\n  '@luca/cases': jsr:^2\n",
      ['stale-lockfile pnpm-lock.yaml:11'],
    ],
    [
      'an override that agrees, over a range that does not',
      'jsr:^7',
      "overrides:\n  '@luca/cases': jsr:^1\n",
      [],
    ],
    [
      'an override that asks for another range',
      'jsr:^1',
      "overrides:\n  '@luca/cases': jsr:^2\n",
      ['stale-lockfile pnpm-lock.yaml:11'],
    ],
  ] as const)('%s', async ([, specifier, workspace, expected]) => {
    const { found } = await check({
      ...mapped,
      ...asks(specifier),
      'pnpm-workspace.yaml': workspace,
      'pnpm-lock.yaml': locked.replace('\nimporters', `\n${catalog('^1')}\nimporters`),
    })
    expect(found).toEqual(expected)
  })
})
