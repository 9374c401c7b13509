import { describe, expect, test } from 'vitest'
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

function deny(...patterns: readonly string[]): Partial<PolicyContext> {
  return { packages: { allow: undefined, deny: patterns.map(parsePackagePattern) } }
}

const cases = createLocked()

test.for([
  ['no list', []],
  ['another scope', ['@evil/*']],
  ['another package of the scope', ['@luca/flag']],
  ['a longer name', ['@luca/cases-extra']],
  ['other versions', ['@luca/cases@<1.0.1']],
] as const)('a package passes where the list names %s', ([, patterns]) => {
  expect(check('denied-package', createLockedContext([cases], deny(...patterns)))).toEqual([])
})

test.for([
  ['its scope', '@luca/*'],
  ['its name', '@luca/cases'],
  ['its version', '@luca/cases@^1'],
] as const)('a package is denied by %s', ([, pattern]) => {
  expect(check('denied-package', createLockedContext([cases], deny(pattern)))).toMatchObject([
    { severity: 'error', file: 'package-lock.json', line: 7, package: '@jsr/luca__cases' },
  ])
})

test('a package of the public registry is no business of the list', () => {
  const other = createLocked({
    name: '@luca/cases',
    source: remote('https://npm.corp.example/npm/@luca/cases/-/cases-1.0.1.tgz'),
  })
  expect(check('denied-package', createLockedContext([other], deny('@luca/*')))).toEqual([])
})

describe('what can’t be told counts as denied', () => {
  test('a version that is not known', () => {
    const context = createLockedContext(
      [createLocked({ version: undefined })],
      deny('@luca/cases@<1'),
    )
    expect(check('denied-package', context)).toHaveLength(1)
  })

  test('a name that JSR would not give', () => {
    const context = createLockedContext(
      [createLocked({ name: '@jsr/Luca_cases' })],
      deny('@evil/*'),
    )
    expect(check('denied-package', context)).toHaveLength(1)
  })

  test('a package that hides behind another name', () => {
    const source = remote('https://npm.corp.example/npm/@jsr/evil__tool/-/evil__tool-1.0.1.tgz')
    const context = createLockedContext([createLocked({ source })], deny('@evil/*'))
    expect(check('denied-package', context)).toHaveLength(1)
  })
})

describe('what no lockfile has', () => {
  const asks = (specifier: string, pattern: string) =>
    check(
      'denied-package',
      createContext({
        manifests: [createManifest({ dependencies: { '@evil/tool': specifier } })],
        ...deny(pattern),
      }),
    )

  test('is denied by its name', () => {
    expect(asks('jsr:^1', '@evil/*')).toMatchObject([{ file: 'package.json', line: 2 }])
  })

  test('is denied where only some versions are, since any may be taken', () => {
    expect(asks('npm:@jsr/evil__tool@^1', '@evil/tool@1.0.1')).toHaveLength(1)
  })

  test('passes under a name that is not on the list', () => {
    expect(asks('jsr:@good/tool@^1', '@evil/*')).toEqual([])
  })

  test('is left to the lockfile where that has it', () => {
    const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]
    const context = createLockedContext([cases], { manifests, ...deny('@luca/cases@1.0.0') })
    expect(check('denied-package', context)).toEqual([])
  })
})
