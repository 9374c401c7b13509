import { expect, test } from 'vitest'
import { parsePackagePattern } from '../../../src/specifier/parse-package-pattern.ts'
import type { PolicyContext } from '../../../src/policy/rule.ts'
import {
  check,
  createContext,
  createLocked,
  createLockedContext,
  createManifest,
  remote,
} from '../context.ts'

function allow(...patterns: readonly string[]): Partial<PolicyContext> {
  return { packages: { allow: patterns.map(parsePackagePattern), deny: [] } }
}

const cases = createLocked()

test('without a list everything is allowed', () => {
  expect(check('unapproved-package', createLockedContext([cases]))).toEqual([])
})

test.for([
  ['its scope', ['@luca/*']],
  ['its name', ['@std/*', '@luca/cases']],
  ['its version', ['@luca/cases@^1']],
] as const)('a package passes where the list names %s', ([, patterns]) => {
  expect(check('unapproved-package', createLockedContext([cases], allow(...patterns)))).toEqual([])
})

test.for([
  ['nothing', []],
  ['another scope', ['@std/*']],
  ['another package', ['@luca/flag']],
  ['another version', ['@luca/cases@^2']],
] as const)('a package is not approved where the list names %s', ([, patterns]) => {
  const found = check('unapproved-package', createLockedContext([cases], allow(...patterns)))
  expect(found).toMatchObject([
    { severity: 'error', file: 'package-lock.json', line: 7, package: '@jsr/luca__cases' },
  ])
})

test.for([
  ['has no version that is known', createLocked({ version: undefined }), '@luca/cases@^1'],
  ['has a name that JSR would not give', createLocked({ name: '@jsr/Luca__cases' }), '@luca/*'],
  [
    'has the address of another',
    createLocked({
      source: remote('https://npm.corp.example/npm/@jsr/evil__tool/-/evil__tool-1.0.1.tgz'),
    }),
    '@luca/*',
  ],
  [
    'comes from JSR under a name of its own',
    createLocked({ name: 'cases', source: remote('https://npm.jsr.io/~/11/x.tgz') }),
    '@luca/*',
  ],
] as const)('a package that %s is not approved', ([, locked, pattern]) => {
  const context = createLockedContext([locked], allow(pattern))
  expect(check('unapproved-package', context)).toHaveLength(1)
})

test('what no lockfile has must be on the list by its name', () => {
  const ask = (pattern: string) =>
    check(
      'unapproved-package',
      createContext({
        manifests: [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })],
        ...allow(pattern),
      }),
    )
  expect(ask('@std/*')).toMatchObject([
    { file: 'package.json', line: 2, package: '@jsr/luca__cases' },
  ])
  expect(ask('@luca/cases@^1')).toEqual([])
})
