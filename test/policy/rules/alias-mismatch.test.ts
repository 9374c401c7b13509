import { expect, test } from 'vitest'
import {
  check,
  createContext,
  createLocked,
  createLockedContext,
  createManifest,
} from '../context.ts'

function run(alias: string, specifier: string) {
  const manifests = [createManifest({ dependencies: { [alias]: specifier } })]
  return check('alias-mismatch', createContext({ manifests }))
}

test.for([
  ['@luca/cases', 'npm:@jsr/luca__cases@^1'],
  ['@luca/cases', 'jsr:@luca/cases@^1'],
  ['@luca/cases', 'jsr:^1'],
  ['@jsr/luca__cases', '^1'],
  ['cases', 'npm:@jsr/luca__cases@^1'],
  ['@luca/cases', 'npm:@luca/cases-fork@^1'],
  ['@luca/cases', '^1'],
] as const)('passes %s: %s', ([alias, specifier]) => {
  expect(run(alias, specifier)).toEqual([])
})

test.for([
  ['@luca/cases', 'npm:@jsr/std__text@^1'],
  ['@luca/cases', 'jsr:@std/text@^1'],
  ['@luca/cases', 'npm:@jsr/luca__case@^1'],
  ['@luca/cases', 'npm:@jsr/nonsense@^1'],
  ['@jsr/luca__cases', 'npm:@jsr/std__text@^1'],
  ['@jsr/luca__cases', 'npm:evil@^1'],
  ['@jsr/luca__cases', 'jsr:@std/text@^1'],
] as const)('warns of %s: %s', ([alias, specifier]) => {
  expect(run(alias, specifier)).toMatchObject([
    { severity: 'warning', file: 'package.json', line: 2 },
  ])
})

test('warns of an entry that no manifest has named', () => {
  const locked = createLocked({ alias: '@luca/cases', name: '@jsr/std__text' })
  const found = check('alias-mismatch', createLockedContext([locked]))
  expect(found).toMatchObject([{ file: 'package-lock.json', line: 7, package: '@jsr/std__text' }])
})

test('says once what manifest and lockfile both have', () => {
  const locked = createLocked({ alias: '@luca/cases', name: '@jsr/std__text' })
  const manifests = [createManifest({ dependencies: { '@luca/cases': 'npm:@jsr/std__text@^1' } })]
  const found = check('alias-mismatch', createLockedContext([locked], { manifests }))
  expect(found.map(({ file }) => file)).toEqual(['package.json'])
})

test('says nothing of a specifier that names no package: invalid-specifier does', () => {
  expect(run('@luca/cases', 'jsr:@nonsense')).toEqual([])
})
