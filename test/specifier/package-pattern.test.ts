import { expect, test } from 'vitest'
import { matchesPackage } from '../../src/specifier/package-pattern.ts'
import { parsePackagePattern } from '../../src/specifier/parse-package-pattern.ts'

test.for<readonly [string, string, string | undefined, boolean | undefined]>([
  ['@std/*', '@std/path', '1.0.0', true],
  ['@std/*', '@std/path', undefined, true],
  ['@std/*', '@stdx/path', '1.0.0', false],
  ['@std/*', '@std/', '1.0.0', false],
  ['@std/*', '@jsr/std__path', '1.0.0', false],
  ['@luca/cases', '@luca/cases', '9.9.9', true],
  ['@luca/cases', '@luca/cases-2', '1.0.0', false],
  ['@luca/cases', '@luca/Cases', '1.0.0', false],
  ['@luca/cases@^1', '@luca/cases', '1.4.0', true],
  ['@luca/cases@^1', '@luca/cases', '2.0.0', false],
  ['@luca/cases@^1', '@luca/cases', '2.0.0-beta.1', false],
  ['@luca/cases@^1', '@luca/cases', '1.5.0-beta.1', true],
  ['@luca/cases@<2', '@luca/cases', '1.0.0-beta.1', true],
  ['@luca/cases@1.0.0', '@luca/cases', '1.0.0+build', true],
  ['@luca/cases@1 || 3', '@luca/cases', '3.1.0', true],
  // A version that can't be read is neither in the range nor out of it.
  ['@luca/cases@^1', '@luca/cases', undefined, undefined],
  ['@luca/cases@^1', '@luca/cases', 'latest', undefined],
  ['@luca/cases@^1', '@std/path', 'latest', false],
])('%s, held against %s %s: %s', ([pattern, name, version, expected]) => {
  expect(matchesPackage(parsePackagePattern(pattern), { name, version })).toBe(expected)
})

test.for([
  '',
  '*',
  '@std',
  '@std/',
  '@*/*',
  '@std/p*',
  '@std/*@^1',
  '@Std/path',
  '@std/path/sub',
  'std/path',
  'jsr:@std/path',
  '@jsr/std__path',
  '@std/path@',
  '@std/path@latest',
  '@std/path@^1@^2',
  `@std/path@${'>=1 '.repeat(100)}`,
  ' @std/path',
])('%j stands for no package', (text) => {
  expect(() => parsePackagePattern(text)).toThrowError(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_POLICY' }),
  )
})
