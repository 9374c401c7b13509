import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/main.ts'
import { createProject } from '../world/project.ts'
import { startGuard } from '../world/run.ts'
import {
  emptyEnv,
  goodCases,
  goodProject,
  leakyProject,
  lockfile,
  registry,
  runAlone,
} from './guard.ts'

test('a good project passes, and shows where everything comes from', async () => {
  const cwd = await createProject(goodProject())
  expect(await runAlone(cwd, ['check'])).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "signal": undefined,
      "stderr": "",
      "stdout": "package-lock.json locks
      private @luca/cases 1.0.1  https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz

    npm asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr

    not judged
      not-served, leaky-registry, redirects-to-jsr, not-from-jsr, integrity-mismatch, revision-drift, too-new: it would take asking the registry

    0 errors, 0 warnings; 1 @jsr package locked: 1 private
    ",
    }
  `)
})

test('a lockfile that leads to JSR fails, with what to do about it', async () => {
  const cwd = await createProject(leakyProject())
  expect(await runAlone(cwd, ['check'])).toMatchInlineSnapshot(`
    {
      "exitCode": 1,
      "signal": undefined,
      "stderr": "",
      "stdout": "error[direct-resolution] package-lock.json:12
      @jsr/luca__cases@1.0.1 (as @luca/cases) is fetched from JSR: https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz
      hint: put @jsr:registry=https://npm.corp.example/npm/ into .npmrc, then take this entry out of the lockfile, delete node_modules and lock again

    package-lock.json locks
      direct  @luca/cases 1.0.1  https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz

    npm asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr

    not judged
      not-served, leaky-registry, redirects-to-jsr, not-from-jsr, integrity-mismatch, revision-drift, too-new: it would take asking the registry

    1 error, 0 warnings; 1 @jsr package locked: 1 direct
    ",
    }
  `)
})

test('nothing at all is nothing to check', async () => {
  const cwd = await createProject({ 'readme.md': 'hello' })
  const { exitCode, stdout, stderr } = await runAlone(cwd, ['check'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
  expect(stderr.replace(cwd, '/project')).toMatchInlineSnapshot(`
    "jsr-guard: ERR_JSR_GUARD_NOTHING_TO_CHECK
      there is no manifest and no lockfile in "/project"
      hint: name the folder of the project with --cwd
    "
  `)
})

describe('exit codes', () => {
  const manifest = { name: 'p' }
  const lock = lockfile({ 'node_modules/@luca/cases': goodCases })
  test.for([
    ['warnings alone', 0, { ...goodProject(), '.npmrc': `registry=${registry}\n` }, []],
    [
      'a warning made an error',
      1,
      { ...goodProject(), '.npmrc': `registry=${registry}\n` },
      ['--severity', 'unmapped-scope=error'],
    ],
    ['an error made a warning', 0, leakyProject(), ['--severity', 'direct-resolution=warning']],
    ['an error switched off', 0, leakyProject(), ['--severity=direct-resolution=off']],
    [
      'another registry on the command line',
      1,
      goodProject(),
      ['--registry', 'https://other.example/'],
    ],
    [
      'a lockfile of a version nobody knows',
      1,
      { 'package.json': manifest, 'package-lock.json': { lockfileVersion: 9, packages: {} } },
      [],
    ],
    [
      'a lockfile that is no JSON',
      1,
      { 'package.json': manifest, 'package-lock.json': '<<<<<<< HEAD' },
      [],
    ],
    [
      'the same with the rule switched off',
      1,
      { 'package.json': manifest, 'package-lock.json': 'x' },
      ['--severity', 'unknown-source=off'],
    ],
    [
      'the same with the rule turned down',
      1,
      { 'package.json': manifest, 'package-lock.json': 'x' },
      ['--severity', 'unknown-source=warning'],
    ],
    [
      'the same by the policy',
      1,
      {
        'package.json': manifest,
        'package-lock.json': 'x',
        'jsr-guard.json': { rules: { 'unknown-source': 'off' } },
      },
      [],
    ],
    ['a manifest that is no JSON', 2, { 'package.json': '{', 'package-lock.json': lock }, []],
    ['a policy that is no JSON', 2, { ...goodProject(), 'jsr-guard.json': '{' }, []],
    [
      'a key that no policy has',
      2,
      { ...goodProject(), 'jsr-guard.json': { regisrty: registry } },
      [],
    ],
    ['a policy that is not there', 2, goodProject(), ['--config', 'nowhere.json']],
    ['a registry that is JSR', 2, goodProject(), ['--registry', 'https://npm.jsr.io/']],
    [
      'a registry with credentials',
      2,
      goodProject(),
      ['--registry', 'https://user:secret@npm.corp.example/'],
    ],
    ['an option that nobody knows', 2, goodProject(), ['--regstry', registry]],
    ['an argument too many', 2, goodProject(), ['package.json']],
    ['a folder that is not there', 2, goodProject(), ['--cwd', 'nowhere']],
    ['a report that cannot be written', 2, goodProject(), ['--format', 'json=nowhere/report.json']],
    ['a manifest without a lockfile', 0, { 'package.json': manifest }, []],
    [
      'a lockfile without a manifest',
      0,
      { 'package-lock.json': lock, '.npmrc': `@jsr:registry=${registry}` },
      [],
    ],
  ] as const)('%s: %i', async ([, expected, files, args]) => {
    const cwd = await createProject(files)
    const { exitCode, stderr } = await runAlone(cwd, ['check', ...args])
    expect(exitCode, stderr).toBe(expected)
    expect(stderr).not.toContain('this is a bug')
    expect(stderr).not.toContain('secret')
  })
})

test('wrong usage says what was meant, and nothing on standard output', async () => {
  const cwd = await createProject({})
  expect(await runAlone(cwd, ['check', '--severty', 'x'])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "signal": undefined,
      "stderr": "jsr-guard: ERR_JSR_GUARD_USAGE
      there is no option "--severty"
      hint: did you mean "--severity"?
    ",
      "stdout": "",
    }
  `)
})

test('a policy’s fault is shown with its place', async () => {
  const cwd = await createProject({
    'package.json': {},
    'jsr-guard.json': '{\n  "rules": { "direct-rout": "off" }\n}',
  })
  expect(await runAlone(cwd, ['check'])).toMatchInlineSnapshot(`
    {
      "exitCode": 2,
      "signal": undefined,
      "stderr": "jsr-guard: ERR_JSR_GUARD_POLICY jsr-guard.json:2
      there is no rule "direct-rout"
      hint: did you mean "direct-route"?
    ",
      "stdout": "",
    }
  `)
})

describe('formats', () => {
  test('JSON goes to standard output, whole', async () => {
    const cwd = await createProject(leakyProject())
    const { exitCode, stdout, stderr } = await runAlone(cwd, ['check', '--format', 'json'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    const report: unknown = JSON.parse(stdout)
    expect(report).toMatchObject({
      schemaVersion: 1,
      root: cwd,
      registry,
      clients: [{ name: 'npm', version: null, route: { url: registry, from: '.npmrc:1' } }],
      packages: [{ jsr: '@luca/cases', verdict: 'direct', lockfile: 'package-lock.json' }],
      findings: [{ rule: 'direct-resolution', severity: 'error' }],
      summary: { errors: 1, warnings: 0, ignored: 0, packages: 1 },
    })
    expect(Object.keys(Object(report))).toEqual([
      'schemaVersion',
      'version',
      'root',
      'registry',
      'clients',
      'packages',
      'findings',
      'ignored',
      'skipped',
      'hosts',
      'summary',
    ])
  })

  test('files get theirs beside standard output', async () => {
    const cwd = await createProject(leakyProject())
    const args = ['check', '--format', 'json=report.json', '--format=text']
    const { exitCode, stdout } = await runAlone(cwd, args)
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error[direct-resolution]')
    expect(JSON.parse(await readFile(join(cwd, 'report.json'), 'utf8'))).toMatchObject({
      summary: { errors: 1 },
    })
  })

  test('a failure is never silent, even where all reports go to files', async () => {
    const cwd = await createProject(leakyProject())
    const { stdout, stderr } = await runAlone(cwd, ['check', '--format', 'json=report.json'])
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: 'jsr-guard: 1 error\n' })
  })

  test('quiet is silent where all is well', async () => {
    const cwd = await createProject(goodProject())
    expect(await runAlone(cwd, ['check', '--quiet'])).toMatchObject({
      stdout: '',
      stderr: '',
      exitCode: 0,
    })
  })
})

test('--cwd is the project, and npm’s root above it is found', async () => {
  const cwd = await createProject({ 'app/a/b/c.txt': '', 'app/package.json': {} })
  const { stdout } = await runAlone(cwd, ['--cwd', 'app/a/b', 'check', '--format=json'])
  expect(JSON.parse(stdout)).toMatchObject({ root: join(cwd, 'app') })
})

/** Texts that would do something if they got through. */
const hostile = [
  '\u001B[2J\u001B]0;pwned\u0007',
  'a\u202Eb',
  '\n::error::pwned',
  '::error::pwned',
  '##[error]pwned',
  '##vso[task.setvariable variable=a]b',
]

describe('hostile text in a project reaches no terminal and no CI runner', () => {
  test.for(hostile)('%j', async (text) => {
    const cwd = await createProject({
      'package.json': { name: text, dependencies: { [text]: `jsr:${text}` } },
      'package-lock.json': lockfile({
        [`node_modules/@jsr/${text}`]: { version: text, resolved: text },
        [`node_modules/a/node_modules/${text}`]: { resolved: `https://npm.jsr.io/${text}` },
      }),
      '.npmrc': `@jsr:registry=https://npm.jsr.io/${text.replaceAll('\n', ' ')}\n`,
    })
    for (const format of ['text', 'json']) {
      const { stdout, stderr, exitCode } = await runAlone(cwd, ['check', '--format', format])
      expect(exitCode).not.toBe(0)
      expectHarmless(stdout + stderr)
    }
  })
})

describe('hostile text in an argument reaches no terminal and no CI runner', () => {
  const lines: ReadonlyArray<(text: string) => string[]> = [
    (text) => [text],
    (text) => [`--${text}`],
    (text) => ['check', text],
    (text) => ['check', '--cwd', text],
    (text) => ['check', '--config', text],
    (text) => ['check', '--registry', text],
    (text) => ['check', '--client', text],
    (text) => ['check', '--format', text],
    (text) => ['check', '--format', `json=${text}/a`],
    (text) => ['check', '--severity', text],
    (text) => ['explain', text],
    (text) => ['init', '--registry', text],
    (text) => ['rewrite', '--to', text],
  ]
  test.for(hostile)('%j', async (text) => {
    const cwd = await createProject({ 'package.json': {} })
    for (const line of lines) {
      const written: string[] = []
      const output = { write: (part: string) => void written.push(part), isTerminal: false }
      const argv = line(text)
      const context = { argv, env: {}, cwd, home: cwd, stdout: output, stderr: output }
      expect(await runCli(context), argv.join(' ')).toBe(2)
      expect(written.join('')).not.toContain('this is a bug')
      expectHarmless(written.join(''))
    }
  })
})

function expectHarmless(output: string): void {
  for (const line of output.split('\n')) {
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(line).not.toMatch(/^\s*::|##\w*\[/)
  }
}

describe('output', () => {
  const entries = Object.fromEntries(
    Array.from({ length: 4000 }, (_, index) => [
      `node_modules/@jsr/luca__cases${index}`,
      { version: '1.0.1', resolved: `https://npm.jsr.io/~/11/@jsr/luca__cases${index}/1.0.1.tgz` },
    ]),
  )

  test('is complete through a pipe that is read slowly', async () => {
    const cwd = await createProject({ 'package.json': {}, 'package-lock.json': lockfile(entries) })
    const running = startGuard(['check', '--format=json'], { cwd, env: await emptyEnv() })
    const { stdout: pipe } = running.process
    pipe?.on('data', () => {
      pipe.pause()
      setImmediate(() => pipe.resume())
    })
    const { exitCode, stdout } = await running.result
    expect(exitCode).toBe(1)
    expect(stdout.length).toBeGreaterThan(1_000_000)
    expect(JSON.parse(stdout)).toMatchObject({ summary: { packages: 4000 } })
  })

  test('whose reader has gone away is no crash', async () => {
    const cwd = await createProject({ 'package.json': {}, 'package-lock.json': lockfile(entries) })
    const running = startGuard(['check', '--format=json'], { cwd, env: await emptyEnv() })
    running.process.stdout?.destroy()
    expect(await running.result).toMatchObject({ exitCode: 1, signal: undefined, stderr: '' })
  })
})

describe('what other clients leave is never passed over', () => {
  test.for([
    ['pnpm-lock.yaml', 'pnpm'],
    ['.yarnrc.yml', 'yarn-berry'],
    ['deno.json', 'deno'],
  ] as const)('%s', async ([file, client]) => {
    const cwd = await createProject({ ...goodProject(), [file]: '' })
    const { exitCode, stdout } = await runAlone(cwd, ['check'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`error[unknown-source] ${file}\n`)
    expect(stdout).toContain(client)
  })

  test('unless npm alone is asked for; then the report says so', async () => {
    const cwd = await createProject({ ...goodProject(), 'pnpm-lock.yaml': '', '.yarnrc.yml': '' })
    const { exitCode, stdout } = await runAlone(cwd, ['check', '--client', 'npm'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('unknown-source: pnpm-lock.yaml was left out by --client\n')
    expect(stdout).toContain('unknown-source: .yarnrc.yml was left out by --client\n')
  })

  test('and a yarn.lock is npm’s where npm has no lockfile', async () => {
    const cwd = await createProject({ 'package.json': {}, 'yarn.lock': '' })
    const { exitCode, stdout } = await runAlone(cwd, ['check', '--client', 'npm'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error[unknown-source] yarn.lock\n')
  })

  test('and a declared client neither', async () => {
    const cwd = await createProject({
      ...goodProject(),
      'package.json': '{\n  "packageManager": "cnpm@9.0.0"\n}',
    })
    const { exitCode, stdout } = await runAlone(cwd, ['check'])
    expect(exitCode).toBe(1)
    expect(stdout).toContain('error[unknown-source] package.json:2\n  cnpm is used here')
  })
})

test('a lockfile that is a link to another file is followed', async () => {
  const { 'package-lock.json': content = '', ...files } = leakyProject()
  const cwd = await createProject({ ...files, 'locks/npm.json': content })
  await symlink('locks/npm.json', join(cwd, 'package-lock.json'))
  const { stdout } = await runAlone(cwd, ['check'])
  expect(stdout).toMatch(/^error\[direct-resolution\] package-lock\.json:\d+$/m)
})

test('npm-shrinkwrap.json, package-lock.json and the record in node_modules are all judged', async () => {
  const { 'package-lock.json': content = '', ...files } = leakyProject()
  const cwd = await createProject({
    ...files,
    'package-lock.json': content,
    'npm-shrinkwrap.json': content,
    'node_modules/.package-lock.json': content,
  })
  const { stdout } = await runAlone(cwd, ['check', '--format=json'])
  expect(JSON.parse(stdout)).toMatchObject({
    packages: [
      { lockfile: 'npm-shrinkwrap.json', verdict: 'direct' },
      { lockfile: 'package-lock.json', verdict: 'direct' },
      { lockfile: 'node_modules/.package-lock.json', verdict: 'direct' },
    ],
  })
})
