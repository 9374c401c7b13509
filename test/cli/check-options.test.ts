import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createProject } from '../world/project.ts'
import { goodProject, leakyProject, registry, runAlone } from './guard.ts'

type Files = Readonly<Record<string, string | object>>

function below(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([file, text]) => [`${folder}/${file}`, text]),
  )
}

describe('formats', () => {
  test('several are written at once, one of them to standard output', async () => {
    const cwd = await createProject(leakyProject())
    const formats = [
      'sarif=out.sarif',
      'junit=out.xml',
      'gitlab=out.json',
      'json=report.json',
      'text',
    ]
    const args = ['check', ...formats.flatMap((format) => ['--format', format])]
    const { exitCode, stdout } = await runAlone(cwd, args)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error[direct-resolution] package-lock.json:12')
    const read = async (file: string): Promise<string> => await readFile(join(cwd, file), 'utf8')
    expect(JSON.parse(await read('out.sarif'))).toMatchObject({
      runs: [{ results: [{ ruleId: 'direct-resolution', level: 'error' }] }],
    })
    expect(await read('out.xml')).toContain('<failure type="direct-resolution"')
    expect(JSON.parse(await read('out.json'))).toMatchObject([{ check_name: 'direct-resolution' }])
    expect(JSON.parse(await read('report.json'))).toMatchObject({
      projects: [{ path: '.', registry, error: null }],
      findings: [
        {
          rule: 'direct-resolution',
          excerpt: '"node_modules/@luca/cases": {',
          why: ['package.json', '@jsr/luca__cases@1.0.1'],
        },
      ],
    })
  })

  test('a table is appended to the summary of the step, where GitHub names a file for it', async () => {
    const cwd = await createProject({ ...leakyProject(), 'summary.md': 'before\n' })
    const env = { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md') }
    const { stdout } = await runAlone(cwd, ['--format', 'github', 'check'], env)
    expect(stdout).toMatch(/^::error file=package-lock\.json,line=12,title=jsr-guard%3A direct/)
    const summary = await readFile(join(cwd, 'summary.md'), 'utf8')
    expect(summary).toMatch(/^before\n## jsr-guard\n/)
    await runAlone(cwd, ['--format', 'text', 'check'], env)
    expect(await readFile(join(cwd, 'summary.md'), 'utf8')).toBe(summary)
  })

  test('a line that holds a secret is not quoted', async () => {
    const cwd = await createProject({
      ...goodProject(),
      '.npmrc': `@jsr:registry=https://user:hunter2@npm.jsr.io/\n//npm.jsr.io/:_authToken=hunter2\n`,
    })
    for (const format of ['text', 'json', 'sarif', 'github', 'junit', 'gitlab']) {
      const { exitCode, stdout, stderr } = await runAlone(cwd, ['--format', format, 'check'])
      expect(exitCode).toBe(1)
      expect(`${stdout}${stderr}`).not.toContain('hunter2')
    }
  })
})

describe('several projects', () => {
  const broken = { 'package.json': '{' }
  test.for<readonly [string, Files, readonly string[], number]>([
    ['all are in order', { ...below('a', goodProject()), ...below('b', goodProject()) }, ['*'], 0],
    ['one has errors', { ...below('a', goodProject()), ...below('b', leakyProject()) }, ['*'], 1],
    ['one can’t be read', { ...below('a', leakyProject()), ...below('b', broken) }, ['a', 'b'], 2],
    ['one is not there', below('a', leakyProject()), ['a', 'no/such'], 2],
    ['a pattern stands for nothing', below('a', goodProject()), ['a', 'x/*'], 3],
    ['another has errors then', below('a', leakyProject()), ['a', 'x/*'], 1],
  ])('the worst decides the exit code: %s', async ([, files, patterns, expected]) => {
    const cwd = await createProject(files)
    const { exitCode, stdout } = await runAlone(cwd, ['check', ...patterns])
    expect({ exitCode, hasReport: stdout.includes('locked') }).toEqual({
      exitCode: expected,
      hasReport: true,
    })
  })

  test('the text says of each which it is', async () => {
    const cwd = await createProject({
      ...below('apps/a', goodProject()),
      ...below('apps/b', leakyProject()),
      ...below('apps/c', { ...goodProject(), 'jsr-guard.json': '{"colour": 1}' }),
    })
    const { stdout, stderr } = await runAlone(cwd, ['check', 'apps/*'])
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "ERR_JSR_GUARD_POLICY apps/c/jsr-guard.json:1
        there is no key "colour"
        hint: one of: $schema, extends, registry, scopes, tarballs, packages, minimumAgeDays, rules, ignore

      error[direct-resolution] apps/b/package-lock.json:12
        @jsr/luca__cases@1.0.1 (as @luca/cases) is fetched from JSR: https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz
        12 | "node_modules/@luca/cases": {
        brought in by apps/b/package.json > @jsr/luca__cases@1.0.1
        hint: put @jsr:registry=https://npm.corp.example/npm/ into .npmrc, then take this entry out of the lockfile, delete node_modules and lock again

      apps/a/package-lock.json locks
        private @luca/cases 1.0.1  https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz

      apps/b/package-lock.json locks
        direct  @luca/cases 1.0.1  https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz

      npm asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr, in 2 projects

      not judged
        not-served, leaky-registry, redirects-to-jsr, not-from-jsr, integrity-mismatch, revision-drift, too-new: it would take asking the registry

      1 error, 0 warnings, in 3 projects, 1 not judged; 2 @jsr packages locked: 1 private, 1 direct
      "
    `)
  })

  test('failures are counted where no report goes to standard output', async () => {
    const cwd = await createProject(below('a', broken))
    const { stderr } = await runAlone(cwd, ['--format', 'json=out.json', 'check', 'a'])
    expect(stderr).toBe('jsr-guard: 1 error\n')
  })
})

describe('--fix', () => {
  test('shows the diff, writes nothing and ends as the check does, with --dry-run', async () => {
    const cwd = await createProject({
      ...leakyProject(),
      '.npmrc': `registry=${registry}\n//npm.corp.example/npm/:_authToken=hunter2\n`,
    })
    const before = await readFile(join(cwd, 'package-lock.json'), 'utf8')
    const { exitCode, stdout, stderr } = await runAlone(cwd, ['check', '--fix', '--dry-run'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout).toMatchInlineSnapshot(`
      "--- a/.npmrc
      +++ b/.npmrc
      @@ -1,2 +1,3 @@
       registry=https://npm.corp.example/npm/
       //npm.corp.example/npm/:_authToken=***
      +@jsr:registry=https://npm.corp.example/npm/
      --- a/package-lock.json
      +++ b/package-lock.json
      @@ -12,7 +12,7 @@
           "node_modules/@luca/cases": {
             "name": "@jsr/luca__cases",
             "version": "1.0.1",
      -      "resolved": "https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz",
      +      "resolved": "https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz",
             "integrity": "sha512-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=="
           }
         }
      "
    `)
    expect(await readFile(join(cwd, 'package-lock.json'), 'utf8')).toBe(before)
  })

  test('says what it did on standard error, and ends as the check after it', async () => {
    const cwd = await createProject(leakyProject())
    const { exitCode, stdout, stderr } = await runAlone(cwd, ['--format', 'json', 'check', '--fix'])
    expect(exitCode).toBe(0)
    expect(stderr).toBe(
      'jsr-guard: fixed package-lock.json: 1 address leads to the private registry, with the same hash as before\n',
    )
    expect(JSON.parse(stdout)).toMatchObject({ summary: { errors: 0 } })
  })

  test('ends with an error where something is left, and says why', async () => {
    const files = leakyProject()
    const cwd = await createProject(files)
    const text = await readFile(join(cwd, 'package-lock.json'), 'utf8')
    await writeFile(join(cwd, 'package-lock.json'), text.replace(/"sha512-[^"]+"/, '"sha512-YQ=="'))
    const { exitCode, stderr } = await runAlone(cwd, ['check', '--fix', '--quiet'])
    const reason = 'no strong hash is compared with what would be served: lock again'
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `jsr-guard: left package-lock.json:12: @jsr/luca__cases@1.0.1: ${reason}\n`,
    })
  })

  test.for([
    [['check', '--dry-run']],
    [['check', '--fix', '--dry-run', '--format', 'json']],
    [['check', '--print-config', 'apps/*']],
    [['check', '--print-config', '--format', 'sarif']],
    [['check', '--fixx']],
  ])('%j is wrong usage', async ([args = []]) => {
    const cwd = await createProject(goodProject())
    expect(await runAlone(cwd, args)).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

test('--print-config shows what is in force, and where it comes from', async () => {
  const cwd = await createProject({
    ...goodProject(),
    'base.json': { packages: { deny: ['@evil/*'] }, rules: { 'weak-integrity': 'off' } },
    'jsr-guard.json': { extends: './base.json', rules: { 'unmapped-scope': 'error' } },
  })
  const args = ['--severity', 'too-new=warning', 'check', '--print-config']
  const { exitCode, stdout } = await runAlone(cwd, args)
  expect(exitCode).toBe(0)
  const lines = stdout.split('\n').filter((line) => !line.endsWith(' default'))
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "policy: jsr-guard.json
    registry                  https://npm.corp.example/npm/  .npmrc:1
    packages.deny             @evil/*                        base.json:4
    rules.unmapped-scope      error                          jsr-guard.json:4
    rules.weak-integrity      off                            base.json:8
    rules.too-new             warning                        --severity
    "
  `)
  const json = await runAlone(cwd, ['--format', 'json', ...args])
  const printed: unknown = JSON.parse(json.stdout)
  expect(printed).toMatchObject({
    policy: 'jsr-guard.json',
    values: expect.arrayContaining([
      { key: 'registry', value: registry, from: '.npmrc:1' },
      { key: 'packages.deny', value: '@evil/*', from: 'base.json:4' },
    ]) as unknown,
  })
})
