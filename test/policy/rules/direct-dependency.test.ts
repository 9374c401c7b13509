import { expect, test } from 'vitest'
import { check, createContext, createManifest } from '../context.ts'

function run(specifier: string, field = 'dependencies') {
  const manifests = [createManifest({ [field]: { cases: specifier } })]
  return check('direct-dependency', createContext({ manifests }))
}

test.for([
  'npm:@jsr/luca__cases@^1',
  'npm:jsr.io@^1',
  'jsr:@luca/cases@^1',
  '^1.0.0',
  'https://npm.jsr.io.evil.test/cases.tgz',
  'https://npm-jsr.io/cases.tgz',
  'https://npm.jsr.io@files.example/cases.tgz',
  'https://files.example/npm.jsr.io/cases.tgz',
  'git+https://jsr.io.files.example/cases.git',
  'github:jsr-io/jsr',
  'file:../npm.jsr.io/cases.tgz',
])('passes %s', (specifier) => {
  expect(run(specifier)).toEqual([])
})

test.for([
  'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz',
  'http://npm.jsr.io/cases.tgz',
  'HTTPS://NPM.JSR.IO/cases.tgz',
  'https://npm.jsr.io./cases.tgz',
  'https://npm.jsr.io:8443/cases.tgz',
  'https://user:secret@npm.jsr.io/cases.tgz',
  'https://npm%2Ejsr.io/cases.tgz',
  ' https://npm.jsr.io/cases.tgz',
  'https:\\\\npm.jsr.io\\cases.tgz',
  'https:npm.jsr.io/cases.tgz',
  'git+https://NPM%2Ejsr.io/cases.git',
  'git+ssh://git@jsr.io/cases.git#v1',
  'git@jsr.io:luca/cases.git',
  'https://jsr.io/@luca/cases/1.0.1/mod.ts',
])('catches %s', (specifier) => {
  expect(run(specifier)).toMatchObject([
    { severity: 'error', file: 'package.json', line: 2, package: 'cases' },
  ])
})

test('catches an override', () => {
  expect(run('https://npm.jsr.io/cases.tgz', 'overrides')).toHaveLength(1)
})

test('passes over what is no address at all', () => {
  expect(run('https://')).toEqual([])
  expect(run('')).toEqual([])
})
