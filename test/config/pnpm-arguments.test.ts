import { describe, expect, test } from 'vitest'
import { findValue, isSwitchedOn } from '../../src/config/client-arguments.ts'
import { parsePnpmArguments } from '../../src/config/pnpm-arguments.ts'

test('options and packages are told apart, in every spelling that all versions read alike', () => {
  const parsed = parsePnpmArguments([
    'jsr:@luca/cases@^1',
    '-Dw',
    '--filter',
    'app',
    '-F',
    './lib',
    '--no-optional',
    '--offline=true',
    '--config.frozenLockfile=false',
    '--store-dir=/store',
    'is-tiny',
  ])
  expect(parsed).toEqual({
    packages: ['jsr:@luca/cases@^1', 'is-tiny'],
    options: [
      { name: 'dev', value: true, tokens: ['-D'] },
      { name: 'workspace-root', value: true, tokens: ['-w'] },
      { name: 'filter', value: 'app', tokens: ['--filter=app'] },
      { name: 'filter', value: './lib', tokens: ['--filter=./lib'] },
      { name: 'optional', value: false, tokens: ['--no-optional'] },
      { name: 'offline', value: true, tokens: ['--offline=true'] },
      { name: 'frozen-lockfile', value: false, tokens: ['--config.frozenLockfile=false'] },
      { name: 'store-dir', value: '/store', tokens: ['--store-dir=/store'] },
    ],
  })
  expect(findValue(parsed, 'filter')).toBe('./lib')
})

test('an option counts as on only where nothing switches it off', () => {
  const isOffline = (...args: string[]) => isSwitchedOn(parsePnpmArguments(args), 'offline')
  expect([isOffline('--offline'), isOffline(), isOffline('--offline', '--no-offline')]).toEqual([
    true,
    false,
    false,
  ])
})

describe('refuses', () => {
  const rows = [
    ['what leads elsewhere', ['--registry=https://a.example/']],
    ['what leads elsewhere, by scope', ['--@jsr:registry=https://a.example/']],
    ['what leads elsewhere, as a setting', ['--config.@jsr:registry=https://a.example/']],
    ['what leads past the way out', ['--https-proxy', 'http://a.example']],
    ['what leads past the way out, negated', ['--no-proxy=npm.jsr.io']],
    ['what leads past the way out, as a setting', ['--config.noProxy=npm.jsr.io']],
    ['a global install', ['-g', 'is-tiny']],
    ['a global install among others', ['-Dg', 'is-tiny']],
    ['no lockfile', ['--no-lockfile']],
    ['no lockfile, as a value', ['--lockfile=false']],
    ['a lockfile elsewhere', ['--lockfile-dir', '..']],
    ['another project', ['--ignore-workspace']],
    ['questions', ['--interactive']],
    ['a rehearsal', ['--dry-run']],
    ['what is not known', ['--frobnicate']],
    ['what is cut short', ['--froz']],
    ['a value that some versions take for a package', ['--prod', 'false']],
    ['a value that is missing', ['--filter']],
    ['a value that looks like an option', ['--filter', '--prod']],
    ['a setting without a value', ['--config.lockfile', 'false']],
    ['a package that looks like an option', ['--', '--global']],
    ['a letter that is not known', ['-x']],
  ] as const
  test.for(rows)('%s', ([, args]) => {
    expect(() => parsePnpmArguments(args)).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_UNSUPPORTED' }),
    )
  })

  test('without showing a value', () => {
    expect(() => parsePnpmArguments(['--registry=https://u:secret@a.example/'])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    )
  })
})
