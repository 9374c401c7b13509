import { expect, test } from 'vitest'
import { parseUrlPrefix } from '../../../src/url/url-prefix.ts'
import {
  check,
  createClient,
  createContext,
  createLocked,
  createLockedContext,
  createManifest,
  createRoute,
  remote,
} from '../context.ts'

const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]

function run(url: string) {
  const clients = [createClient({ route: createRoute(url) })]
  return check('insecure-route', createContext({ manifests, clients }))
}

test.for([
  'https://npm.corp.example/npm/',
  'http://localhost:4873/',
  'http://npm.localhost/',
  'http://127.0.0.1:4873/',
  'http://127.8.9.1/',
  'http://2130706433/',
  'http://[::1]:4873/',
])('passes %s', (url) => {
  expect(run(url)).toEqual([])
})

test.for([
  'http://npm.corp.example/npm/',
  'HTTP://npm.corp.example/',
  'http://localhost.evil.example/',
  'http://127.0.0.1.evil.example/',
  'http://localhost@evil.example/',
  'http://128.0.0.1/',
  'http://10.0.0.1/',
  'http://[::2]/',
  'http://0.0.0.0/',
])('catches %s', (url) => {
  expect(run(url)).toMatchObject([{ severity: 'error', file: '.npmrc', line: 1 }])
})

test('leaves the unknowable to unknown-source', () => {
  expect(run('http://')).toEqual([])
})

test('catches an address that only an allowed prefix lets pass', () => {
  const source = remote('http://files.corp.example/npm/3f2a')
  const parts = { tarballs: [parseUrlPrefix('http://files.corp.example/npm/')] }
  const found = check('insecure-route', createLockedContext([createLocked({ source })], parts))
  expect(found).toMatchObject([{ file: 'package-lock.json', line: 7, package: '@jsr/luca__cases' }])
})

test('leaves plain http on the host of an https registry to foreign-resolution', () => {
  const source = remote('http://npm.corp.example/npm/@jsr/luca__cases/-/1.0.1.tgz')
  const context = createLockedContext([createLocked({ source })])
  expect(check('insecure-route', context)).toEqual([])
  expect(check('foreign-resolution', context)).toHaveLength(1)
})
