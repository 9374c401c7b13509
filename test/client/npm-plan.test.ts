import { describe, expect, test } from 'vitest'
import {
  planNpm,
  refuseUnsupported,
  translateArguments,
  type InstallCommand,
  type NpmPlan,
} from '../../src/client/npm-plan.ts'
import { parseNpmArguments } from '../../src/config/npm-arguments.ts'
import type { NpmSetting } from '../../src/config/npm-config.ts'

describe('a package argument', () => {
  test.for([
    ['jsr:@luca/cases', '@luca/cases@npm:@jsr/luca__cases@latest'],
    ['jsr:@luca/cases@', '@luca/cases@npm:@jsr/luca__cases@latest'],
    ['jsr:@luca/cases@^1', '@luca/cases@npm:@jsr/luca__cases@^1'],
    ['JSR:@luca/cases@1.0.0', '@luca/cases@npm:@jsr/luca__cases@1.0.0'],
    ['jsr:@luca/cases@next', '@luca/cases@npm:@jsr/luca__cases@next'],
    ['jsr:@luca/cases@>=1 <2', '@luca/cases@npm:@jsr/luca__cases@>=1 <2'],
    ['cases@jsr:@luca/cases', 'cases@npm:@jsr/luca__cases@latest'],
    ['cases@jsr:@luca/cases@^1', 'cases@npm:@jsr/luca__cases@^1'],
    ['@my/cases@jsr:@luca/cases@^1', '@my/cases@npm:@jsr/luca__cases@^1'],
    ['@luca/cases@jsr:^1', '@luca/cases@npm:@jsr/luca__cases@^1'],
  ] as const)('%s becomes %s', ([argument, expected]) => {
    expect(translateArguments([argument], [argument])).toEqual([expected])
  })

  test.for([
    'is-tiny',
    'is-tiny@^1',
    '@luca/cases',
    '@luca/cases@^1',
    '@luca/cases@npm:@jsr/luca__cases@^1',
    './jsr:folder',
    'file:jsr:x',
    'https://corp.example/jsr:x.tgz',
    'github:jsr/jsr',
    '',
    '@',
    "'; touch PWNED",
  ])('%j stays as it is', (argument) => {
    expect(translateArguments([argument], [argument])).toEqual([argument])
  })

  test.for([
    'jsr:',
    'jsr:cases',
    'jsr:^1',
    'jsr:@luca',
    'jsr:@luca/cases/sub',
    'jsr:@luca/../cases',
    'cases@jsr:^1',
    'jsr:@luca/cases@^1\u001b[31m',
    `jsr:@luca/${'x'.repeat(10_000)}`,
  ])('%j names no JSR package, and is refused', (argument) => {
    expect(() => translateArguments([argument], [argument])).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_SPECIFIER' }),
    )
  })

  test('is translated only where npm takes it for one', () => {
    const args = ['--tag', 'jsr:@a/b', '-D', 'jsr:@luca/cases']
    expect(translateArguments(args, parseNpmArguments(args).packages)).toEqual([
      '--tag',
      'jsr:@a/b',
      '-D',
      '@luca/cases@npm:@jsr/luca__cases@latest',
    ])
  })
})

/** A plan as the command line alone decides it. */
function plan(command: InstallCommand, ...args: readonly string[]): NpmPlan {
  const parsed = parseNpmArguments(args)
  return planNpm({ command, arguments: args, parsed, setting: (key) => parsed.settings[key] })
}

const lockFlags = [
  '--package-lock-only',
  '--package-lock-only',
  '--ignore-scripts',
  '--package-lock=true',
]

describe('the plan', () => {
  test.for([
    ['install', 'install'],
    ['add', 'install'],
    ['update', 'update'],
    ['ci', 'ci'],
  ] as const)('runs npm for %s as %s', ([command, expected]) => {
    const { lockArguments, installArguments } = plan(command, '--omit=dev')
    expect(installArguments).toEqual([expected, '--omit=dev'])
    expect(lockArguments).toEqual([expected, '--omit=dev', ...lockFlags])
  })

  test.for([
    ['install', [], false],
    ['install', ['is-tiny'], true],
    ['install', ['--', '-x'], true],
    ['add', ['is-tiny'], true],
    ['update', [], true],
    ['ci', [], false],
  ] as const)('%s %j changes the lockfile: %s', ([command, args, changesLockfile]) => {
    expect(plan(command, ...args)).toMatchObject({ changesLockfile })
  })

  test('says what the settings mean', () => {
    const plain = { isUnsaved: false, leavesNoLockfile: false, isDryRun: false, isOffline: false }
    expect(plan('install')).toMatchObject(plain)
    expect(plan('install', '--no-save')).toMatchObject({ ...plain, isUnsaved: true })
    expect(plan('install', '--no-package-lock')).toMatchObject({ ...plain, leavesNoLockfile: true })
    expect(plan('ci', '--no-package-lock')).toMatchObject(plain)
    expect(plan('install', '--dry-run')).toMatchObject({ ...plain, isDryRun: true })
    expect(plan('install', '--offline')).toMatchObject({ ...plain, isOffline: true })
  })

  test.for([
    ['--no-package-lock'],
    ['--no-save', 'is-tiny'],
    ['--package-lock-only=false'],
    ['--no-ignore-scripts'],
    ['--no-shrinkwrap'],
    ['--ignore-scripts', 'false'],
    ['--no-package-lock', '--', '--package-lock=false'],
    // An option without its value takes the next argument for it.
    ['--omit'],
    ['--tag'],
    ['is-tiny', '--before'],
    ['--registry'],
    ['--workspace'],
  ])('%j gets no script run, and a lockfile made', (args) => {
    const { lockArguments } = plan('install', ...args)
    expect(parseNpmArguments(lockArguments.slice(1)).settings).toMatchObject({
      'package-lock-only': true,
      'ignore-scripts': true,
      'package-lock': true,
    })
    expect(parseNpmArguments(lockArguments.slice(1)).settings).not.toMatchObject({ save: false })
    expect(parseNpmArguments(lockArguments.slice(1)).settings).not.toMatchObject({
      shrinkwrap: false,
    })
  })

  test.for([
    ['--no-package-lock'],
    ['--no-package-lock', '--', 'x'],
    ['--no-package-lock', '--tag'],
  ])('%j installs from the lockfile all the same', (args) => {
    const { installArguments } = plan('install', ...args)
    expect(parseNpmArguments(installArguments.slice(1)).settings).toMatchObject({
      'package-lock': true,
    })
  })

  test('leaves what follows -- to npm as packages', () => {
    const { lockArguments } = plan('add', '-D', '--', '--odd', 'is-tiny')
    expect(parseNpmArguments(lockArguments)).toMatchObject({
      packages: ['install', '--odd', 'is-tiny'],
      settings: { 'package-lock-only': true, 'save-dev': true },
    })
  })
})

/** Whether a command line, and what else is configured, is refused. */
function refuse(args: readonly string[], configured: Readonly<Record<string, unknown>> = {}): void {
  const parsed = parseNpmArguments(args)
  const settings: Record<string, unknown> = { ...configured, ...parsed.settings }
  refuseUnsupported({ get: (key) => createSetting(settings[key]) }, parsed)
}

function createSetting(value: unknown): NpmSetting {
  return { value, raw: value, layer: 'cli', from: '', file: undefined, line: undefined }
}

test.for([
  [['-g'], {}],
  [['--global'], {}],
  [['--location', 'global'], {}],
  [['--locat=global'], {}],
  [['-gD', 'x'], {}],
  [[], { global: true }],
  [[], { location: 'global' }],
  [['--proxy=http://a.example'], {}],
  [['--proxy', 'null'], {}],
  [['--no-proxy'], {}],
  [['--https-proxy=http://a.example'], {}],
  [['--http-proxy=http://a.example'], {}],
  [['--noproxy', 'npm.jsr.io'], {}],
  [['--noproxy='], {}],
] as const)('%j with %j is refused', ([args, configured]) => {
  expect(() => refuse(args, configured)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_UNSUPPORTED' }),
  )
})

test.for([
  [[], {}],
  [['--no-global'], {}],
  [['--location=project'], {}],
  [['--', '-g', '--proxy=x'], {}],
  [['--tag', 'global'], {}],
  // In .npmrc and the environment the closed way out wins, and goes on through it.
  [[], { proxy: 'http://proxy.corp.example', noproxy: 'npm.jsr.io' }],
] as const)('%j with %j is not', ([args, configured]) => {
  expect(() => refuse(args, configured)).not.toThrow()
})
