import { expect, test } from 'vitest'
import { check, createContext, createLockfile, createManifest } from '../context.ts'

function run(alias: string, specifier: string) {
  const manifests = [createManifest({ dependencies: { [alias]: specifier } })]
  return check('invalid-specifier', createContext({ manifests }))
}

test.for([
  ['@luca/cases', 'jsr:^1'],
  ['cases', 'jsr:@luca/cases@^1'],
  ['cases', 'npm:@jsr/nonsense'],
  ['cases', '^1'],
] as const)('passes %s: %s', ([alias, specifier]) => {
  expect(run(alias, specifier)).toEqual([])
})

test.for([
  ['cases', 'jsr:^1'],
  ['@luca/cases', 'jsr:@luca'],
  ['@luca/cases', 'jsr:@luca/cases/mod'],
  ['@luca/cases', 'jsr:@Luca/Cases@^1'],
  ['@luca/cases', 'jsr:../evil'],
  ['@luca/cases', 'JSR:%2e%2e'],
] as const)('catches %s: %s', ([alias, specifier]) => {
  expect(run(alias, specifier)).toMatchObject([
    { severity: 'error', file: 'package.json', line: 2, package: alias },
  ])
})

test('catches what a locked package asks for, and says whose it is', () => {
  const asks = { from: 'parent@1.0.0', alias: 'cases', specifier: 'jsr:^1', line: () => 12 }
  const lockfiles = [createLockfile([], { transitiveSpecifiers: [asks] })]
  const [finding, ...more] = check('invalid-specifier', createContext({ lockfiles }))
  expect(finding).toMatchObject({ file: 'package-lock.json', line: 12 })
  expect(finding?.message).toContain('parent@1.0.0')
  expect(more).toEqual([])
})

test('leaves white space before the scheme to jsr-specifier', () => {
  expect(run('cases', ' jsr:nonsense')).toEqual([])
})
