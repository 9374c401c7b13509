import { expect, test } from 'vitest'
import type { PackageSource } from '../../../src/lockfile/locked-package.ts'
import {
  check,
  createBuiltIn,
  createClient,
  createContext,
  createLocked,
  createLockedContext,
  createLockfile,
  listRules,
  remote,
} from '../context.ts'

const direct = remote('https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz')

function run(source: PackageSource) {
  return check('direct-resolution', createLockedContext([createLocked({ source })]))
}

test('passes an entry from the private registry', () => {
  expect(check('direct-resolution', createLockedContext([createLocked()]))).toEqual([])
})

test.for([
  'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz',
  'http://NPM.JSR.IO:8080/~/11/@jsr/luca__cases/1.0.1.tgz',
  'https://npm.jsr.io./~/11/@jsr/luca__cases/1.0.1.tgz',
  'https://npm.corp.example@npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz',
])('catches %s', (url) => {
  expect(run(remote(url))).toMatchObject([
    { severity: 'error', file: 'package-lock.json', line: 7, package: '@jsr/luca__cases' },
  ])
})

test('catches a near miss as foreign, not as direct', () => {
  const locked = createLocked({
    source: remote('https://npm.jsr.io.evil.test/~/11/@jsr/luca__cases/1.0.1.tgz'),
  })
  expect(listRules(createLockedContext([locked]))).toEqual(['foreign-resolution'])
})

test('is the one finding of an entry that is otherwise in order', () => {
  expect(listRules(createLockedContext([createLocked({ source: direct })]))).toEqual([
    'direct-resolution',
  ])
  const withCredentials = remote('https://u:p@npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz')
  expect(listRules(createLockedContext([createLocked({ source: withCredentials })]))).toEqual([
    'direct-resolution',
  ])
})

test('catches an address on JSR under any name, once for each entry', () => {
  const packages = ['lodash', '@jsr/luca__cases', '@luca/cases'].map((name) =>
    createLocked({ name, source: remote('https://npm.jsr.io/blob/3f2a') }),
  )
  expect(check('direct-resolution', createLockedContext(packages))).toHaveLength(3)
})

test('judges an entry without an address from the route, and says so', () => {
  const clients = [createClient({ route: createBuiltIn('https://npm.jsr.io/') })]
  const locked = createLocked({ source: { type: 'route' } })
  const [finding, ...more] = check('direct-resolution', createLockedContext([locked], { clients }))
  expect(finding?.message).toBe(
    "@jsr/luca__cases@1.0.1 is fetched from JSR: the lockfile names no address, and npm asks https://npm.jsr.io/ (the client's default)",
  )
  expect(finding?.hint).toBe('put @jsr:registry=https://npm.corp.example/npm/ into .npmrc')
  expect(more).toEqual([])
})

test('leaves the unknowable to unknown-source', () => {
  const source: PackageSource = { type: 'unknown', text: 'https//npm.jsr.io' }
  expect(run(source)).toEqual([])
  expect(check('unknown-source', createLockedContext([createLocked({ source })]))).toHaveLength(1)
})

test('tells to delete node_modules where its record has the address', () => {
  const lockfiles = [
    createLockfile([createLocked({ source: direct })], {
      file: 'node_modules/.package-lock.json',
      isAuthoritative: false,
    }),
  ]
  const [finding] = check('direct-resolution', createContext({ lockfiles }))
  expect(finding?.hint).toMatch(/delete node_modules and install again$/)
})
