import { expect, test } from 'vitest'
import type { LockedPackage } from '../../../src/lockfile/locked-package.ts'
import { publicNpmRegistry } from '../../../src/url/public-registry.ts'
import { parseUrlPrefix } from '../../../src/url/url-prefix.ts'
import {
  check,
  createClient,
  createLocked,
  createLockedContext,
  createManifest,
  createRoute,
  remote,
} from '../context.ts'

function run(parts: Partial<LockedPackage>, context = {}) {
  return check('foreign-resolution', createLockedContext([createLocked(parts)], context))
}

const elsewhere = remote('https://files.example/@jsr/luca__cases/-/luca__cases-1.0.1.tgz')

test('passes the private registry', () => {
  expect(run({})).toEqual([])
  expect(run({ source: { type: 'route' } })).toEqual([])
})

test('passes a place that the policy allows', () => {
  const tarballs = [parseUrlPrefix('https://*.corp-storage.example/')]
  const source = remote('https://a.corp-storage.example/3f2a')
  expect(run({ source }, { tarballs })).toEqual([])
  expect(run({ source: remote('https://corp-storage.example/3f2a') }, { tarballs })).toHaveLength(1)
})

test.for([
  'https://npm.corp.example.evil.test/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
  'https://npm.corp.example:8443/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
  'http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
  'https://npm.corp.example/npm-untrusted/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
  `${publicNpmRegistry}@jsr/luca__cases/-/luca__cases-1.0.1.tgz`,
])('catches %s', (url) => {
  expect(run({ source: remote(url) })).toMatchObject([
    { severity: 'error', file: 'package-lock.json', line: 7, package: '@jsr/luca__cases' },
  ])
})

test.for([
  ['a git repository', { type: 'git', url: 'git+https://git.corp.example/cases.git' }],
  ['a file', { type: 'local', path: '../cases.tgz' }],
] as const)('catches %s', ([, source]) => {
  expect(run({ source })).toHaveLength(1)
})

test.for<readonly [string, Partial<LockedPackage>]>([
  ['its alias', { name: 'cases', alias: '@jsr/luca__cases' }],
  ['its address', { name: 'cases' }],
])('catches an entry that is @jsr by %s', ([, parts]) => {
  expect(run({ ...parts, source: elsewhere })).toHaveLength(1)
})

test('catches an entry that stands where a manifest asks for @jsr, whatever it is called', () => {
  const manifests = [createManifest({ dependencies: { cases: 'jsr:@luca/cases@^1' } })]
  const source = remote('https://files.example/3f2a')
  expect(run({ name: 'cases', source }, { manifests })).toHaveLength(1)
  expect(run({ name: 'cases', source })).toEqual([])
})

test('catches a route to somebody else', () => {
  const clients = [createClient({ route: createRoute(publicNpmRegistry, { kind: 'default' }) })]
  expect(run({ source: { type: 'route' } }, { clients })).toHaveLength(1)
})

test('catches everything where no private registry is known, and says what to name', () => {
  const [finding] = run({}, { registry: undefined })
  expect(finding?.hint).toContain('jsr-guard.json')
})

test('leaves other packages alone', () => {
  expect(run({ name: 'lodash', source: remote('https://files.example/lodash.tgz') })).toEqual([])
})

test('leaves the unknowable to unknown-source', () => {
  expect(run({ source: { type: 'bundled' } })).toEqual([])
  expect(run({ source: remote('https://npm.corp.example@evil.example/x') })).toEqual([])
})
