import { chmod, mkdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkProject, type CheckProjectOptions } from '../../src/tasks/check.ts'
import {
  emptyEnv,
  goodCases,
  goodProject,
  integrity,
  leakyProject,
  lockfile,
  registry,
} from '../cli/guard.ts'
import { createProject } from '../world/project.ts'

const npm = { version: '11.2.0', folder: undefined, nodePath: undefined }

async function check(
  files: Readonly<Record<string, string | object>>,
  options: Partial<CheckProjectOptions> = {},
) {
  const cwd = await createProject(files)
  const env = await emptyEnv()
  return await checkProject({ cwd, env, home: env['HOME'] ?? '', npm, ...options })
}

test('a good project has nothing to say but where its packages come from', async () => {
  const report = await check(goodProject())
  expect(report).toMatchObject({
    schemaVersion: 1,
    registry,
    clients: [{ name: 'npm', version: '11.2.0', route: { url: registry, from: '.npmrc:1' } }],
    findings: [],
    summary: { errors: 0, warnings: 0, ignored: 0, packages: 1 },
  })
  expect(report.packages).toEqual([
    {
      alias: '@luca/cases',
      name: '@jsr/luca__cases',
      jsr: '@luca/cases',
      version: '1.0.1',
      source: goodCases.resolved,
      route: undefined,
      integrity,
      lockfile: 'package-lock.json',
      line: 12,
      verdict: 'private',
    },
  ])
})

test('an entry without an address is judged by the route, and the report says so', async () => {
  const { resolved: _, ...entry } = goodCases
  const { packages } = await check({
    ...goodProject(),
    'package-lock.json': lockfile({ 'node_modules/@luca/cases': entry }),
  })
  expect(packages).toMatchObject([
    { source: undefined, route: { url: registry, from: '.npmrc:1' }, verdict: 'private' },
  ])
})

describe('the private registry', () => {
  const other = 'https://other.example/npm/'
  test.for([
    ['of the project’s mapping', {}, {}, registry],
    ['of the policy', { 'jsr-guard.json': { registry: other } }, {}, other],
    ['of package.json', { 'package.json': { 'jsr-guard': { registry: other } } }, {}, other],
    [
      'of jsr-guard.json, over package.json',
      { 'jsr-guard.json': { registry: other }, 'package.json': { 'jsr-guard': { registry } } },
      {},
      other,
    ],
    [
      'of the command line, over the policy',
      { 'jsr-guard.json': { registry } },
      { registry: other },
      other,
    ],
    [
      'of nobody, where the mapping is JSR',
      { '.npmrc': '@jsr:registry=https://npm.jsr.io/' },
      {},
      undefined,
    ],
    ['of nobody, where there is no mapping', { '.npmrc': '' }, {}, undefined],
  ] as const)('is that %s', async ([, files, options, expected]) => {
    const report = await check({ ...goodProject(), ...files }, options)
    expect(report.registry).toBe(expected)
  })
})

describe('levels', () => {
  const levelled = { rules: { 'direct-resolution': 'warning', 'unmapped-scope': 'off' } }

  test('of the options go before those of the policy', async () => {
    const files = { ...leakyProject(), 'jsr-guard.json': levelled }
    expect(await check(files)).toMatchObject({ summary: { errors: 0, warnings: 1 } })
    expect(await check(files, { levels: { 'direct-resolution': 'error' } })).toMatchObject({
      summary: { errors: 1, warnings: 0 },
    })
  })

  test('that switch a rule off are in the report', async () => {
    const files = { ...leakyProject(), 'jsr-guard.json': levelled }
    const { skipped } = await check(files, { levels: { 'direct-resolution': 'off' } })
    expect(skipped).toContainEqual({
      rule: 'direct-resolution',
      reason: 'switched off by --severity',
    })
    expect(skipped).toContainEqual({
      rule: 'unmapped-scope',
      reason: 'switched off by jsr-guard.json',
    })
  })

  test('never let a lockfile pass that can’t be read', async () => {
    const files = {
      'package.json': {},
      'package-lock.json': 'x',
      'pnpm-lock.yaml': '',
      'bunfig.toml': '',
      'jsr-guard.json': { rules: { 'unknown-source': 'off' } },
    }
    for (const level of [undefined, 'off', 'warning'] as const) {
      const levels = level === undefined ? {} : { 'unknown-source': level }
      const { findings } = await check(files, { levels })
      const unknown = findings.filter(({ rule }) => rule === 'unknown-source')
      expect(unknown.map(({ rule, severity, file }) => `${severity} ${rule} ${file}`)).toEqual([
        'error unknown-source bunfig.toml',
        'error unknown-source package-lock.json',
        'error unknown-source pnpm-lock.yaml',
      ])
    }
  })

  test('do apply to entries', async () => {
    const files = {
      'package.json': {},
      'package-lock.json': lockfile({
        'node_modules/a': { version: '1.0.0', resolved: 'what?', integrity },
      }),
    }
    const { findings } = await check(files, { levels: { 'unknown-source': 'warning' } })
    expect(findings).toMatchObject([{ rule: 'unknown-source', severity: 'warning' }])
  })
})

test('rules that need the registry, or a later version, are listed as not judged', async () => {
  const { skipped } = await check(goodProject())
  expect(skipped.map(({ rule }) => rule).toSorted()).toMatchInlineSnapshot(`
    [
      "integrity-mismatch",
      "leaky-registry",
      "not-from-jsr",
      "not-served",
      "redirects-to-jsr",
      "revision-drift",
      "too-new",
    ]
  `)
})

test('the npm on the path gives its version', async () => {
  const cwd = await createProject({
    'package.json': {},
    'npm/lib/npm/package.json': { name: 'npm', version: '11.9.0' },
    'npm/lib/npm/bin/npm-cli.js': '',
  })
  await chmod(join(cwd, 'npm/lib/npm/bin/npm-cli.js'), 0o755)
  await mkdir(join(cwd, 'npm/bin'))
  await symlink('../lib/npm/bin/npm-cli.js', join(cwd, 'npm/bin/npm'))
  const env = { PATH: join(cwd, 'npm/bin') }
  const home = join(cwd, 'home')
  const { clients } = await checkProject({ cwd, env, home })
  expect(clients).toMatchObject([{ name: 'npm', version: '11.9.0' }])
})

test('no npm at all leaves the version open', async () => {
  const { clients } = await check({ 'package.json': {} }, { npm: undefined })
  expect(clients).toMatchObject([{ name: 'npm', version: undefined }])
})

test('a report is the same the second time, and the project untouched', async () => {
  const files = leakyProject()
  const cwd = await createProject(files)
  const env = await emptyEnv()
  const options = { cwd, env, home: env['HOME'] ?? '', npm }
  const before = await readFile(join(cwd, 'package-lock.json'))
  expect(await checkProject(options)).toEqual(await checkProject(options))
  expect(await readFile(join(cwd, 'package-lock.json'))).toEqual(before)
})

test.for([
  ['registry', { registry: 'https://npm.jsr.io/' }, 'ERR_JSR_GUARD_URL'],
  ['registry', { registry: 'https://user:secret@npm.corp.example/' }, 'ERR_JSR_GUARD_URL'],
  ['config', { config: '/nowhere/policy.json' }, 'ERR_JSR_GUARD_POLICY'],
] as const)('%s %j is refused', async ([, options, code]) => {
  await expect(check(goodProject(), options)).rejects.toMatchObject({ code })
})

test('no secret of an address gets into a report', async () => {
  const secret = 'hunter2'
  const report = await check({
    'package.json': { dependencies: { a: `git+https://u:${secret}@git.example/a.git` } },
    'package-lock.json': lockfile({
      'node_modules/@jsr/a__b': {
        version: '1.0.0',
        resolved: `https://u:${secret}@npm.corp.example/a.tgz`,
        integrity,
      },
      'node_modules/@jsr/a__c': {
        version: '1.0.0',
        resolved: `https://s3.example/a.tgz?sig=${secret}`,
        integrity,
      },
      'node_modules/@jsr/a__d': {
        version: '1.0.0',
        resolved: `git+ssh://git:${secret}@git.example/a.git#abc`,
      },
    }),
    '.npmrc': `@jsr:registry=https://u:${secret}@npm.corp.example/\n//npm.corp.example/:_authToken=${secret}\n`,
  })
  expect(report.findings.length).toBeGreaterThan(2)
  expect(JSON.stringify(report)).not.toContain(secret)
})

test.for([
  ['always', ['foreign-resolution']],
  ['npm.corp.example', ['foreign-resolution']],
  ['npmjs', []],
  ['never', []],
] as const)('replace-registry-host=%s leads npm elsewhere: %j', async ([setting, expected]) => {
  const { findings } = await check({
    ...goodProject(),
    '.npmrc': `registry=https://other.corp.example/\n@jsr:registry=https://npm.corp.example/npm/\nreplace-registry-host=${setting}\n`,
  })
  expect(findings.map(({ rule }) => rule)).toEqual(expected)
})
