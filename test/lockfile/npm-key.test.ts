import * as fc from 'fast-check'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { isNpmName, parseNpmKey } from '../../src/lockfile/npm-key.ts'

test.for([
  { key: 'node_modules/a', alias: 'a' },
  { key: 'node_modules/@a/b', alias: '@a/b' },
  { key: 'node_modules/@jsr/luca__cases', alias: '@jsr/luca__cases' },
  { key: 'node_modules/a/node_modules/b', alias: 'b' },
  { key: 'node_modules/@a/b/node_modules/@c/d', alias: '@c/d' },
  { key: 'packages/one/node_modules/a', alias: 'a' },
  { key: 'packages/@scope/one/node_modules/a', alias: 'a' },
  { key: '../outside/node_modules/a', alias: 'a' },
  { key: '../../outside/node_modules/@a/b', alias: '@a/b' },
  { key: '../node_modules/a', alias: 'a' },
  { key: 'node_modules/a/inner/node_modules/b', alias: 'b' },
  { key: 'node_modules/.store/a@1.0.0-hash/node_modules/a', alias: 'a' },
  { key: 'node_modules/.store/@a/b@1.0.0-hash/node_modules/@a/b', alias: '@a/b' },
  { key: "node_modules/a.b_c~d!e*f'g(h)i-j", alias: "a.b_c~d!e*f'g(h)i-j" },
  { key: 'node_modules/UPPER', alias: 'UPPER' },
  { key: 'node_modules/@a/_b', alias: '@a/_b' },
])('$key is the package $alias', ({ key, alias }) => {
  expect(parseNpmKey(key)).toEqual({ type: 'package', alias })
})

test.for([
  '',
  'packages/one',
  'packages/@scope/one',
  '../outside',
  '..',
  '../..',
  'a b',
  'NODE_MODULES/a',
])('%j is a folder of the project', (key) => {
  expect(parseNpmKey(key)).toEqual({ type: 'project' })
})

test.for([
  { key: 'node_modules/a/inner', alias: 'inner', container: 'node_modules/a' },
  { key: 'node_modules/a/x/y', alias: 'y', container: 'node_modules/a' },
  { key: 'node_modules/@a/b/inner', alias: 'inner', container: 'node_modules/@a/b' },
  { key: 'node_modules/a/x/@b/c', alias: '@b/c', container: 'node_modules/a' },
  {
    key: 'node_modules/a/node_modules/b/inner',
    alias: 'inner',
    container: 'node_modules/a/node_modules/b',
  },
  {
    key: 'node_modules/.store/a@1-h/node_modules/a/inner',
    alias: 'inner',
    container: 'node_modules/.store/a@1-h/node_modules/a',
  },
])('$key lies inside $container', ({ key, alias, container }) => {
  expect(parseNpmKey(key)).toEqual({ type: 'inside', alias, container })
})

test.for(['node_modules/.store/a@1.0.0-hash', 'node_modules/.store/@a/b@1.0.0-hash'])(
  '%s is a folder of the store',
  (key) => {
    expect(parseNpmKey(key)).toEqual({ type: 'store' })
  },
)

const malformed = [
  '/',
  '/node_modules/a',
  '/abs',
  '//host/share',
  'C:/node_modules/a',
  'c:a',
  'node_modules\\a',
  'node_modules/a\\..\\b',
  'packages\\one',
  '.',
  './node_modules/a',
  './packages/one',
  'node_modules/./a',
  'node_modules//a',
  'node_modules/a/',
  'packages/one/',
  'packages//one',
  'node_modules/..',
  'node_modules/../a',
  'node_modules/../../x',
  'node_modules/../node_modules/a',
  'packages/../node_modules/a',
  'packages/..',
  '../outside/../node_modules/a',
  'node_modules',
  'packages/one/node_modules',
  'node_modules/a/node_modules',
  'node_modules/a/inner/node_modules',
  'node_modules/node_modules',
  'node_modules/node_modules/a',
  'node_modules/@a',
  'node_modules/@a/',
  'node_modules/@/b',
  'node_modules/@a/node_modules/b/..',
  'node_modules/.bin',
  'node_modules/.package-lock.json',
  'node_modules/.store',
  'node_modules/.store/',
  'node_modules/.store/a',
  'node_modules/.store/@a',
  'node_modules/.store/a@1-h/a',
  'node_modules/.store/a@1-h/node_modules',
  'node_modules/.hidden/node_modules/a',
  'node_modules/_a',
  'node_modules/@a/.b',
  'node_modules/a b',
  'node_modules/a@1',
  'node_modules/a%2fb',
  'node_modules/a?b',
  'node_modules/a#b',
  'node_modules/a:b',
  'node_modules/\u0430',
  'node_modules/a\u200b',
  'node_modules/a\n',
  'node_modules/a\0',
  'packages/\u0007',
]

test.for(malformed)('%j is no path that npm writes', (key) => {
  expect(parseNpmKey(key)).toBeUndefined()
})

const segments = 'node_modules .. . .store x@1 packages \\ C: a @a b @b/c'.split(' ')

test('a key that is read stands for itself, whoever resolves it', () => {
  const segment = fc.constantFrom(...segments, '')
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 7 }), (path) => {
      const key = path.join('/')
      if (key === '' || parseNpmKey(key) === undefined) return
      expect(posix.normalize(key)).toBe(key)
      expect(posix.isAbsolute(key)).toBe(false)
      expect(key).not.toContain('\\')
      const read = parseNpmKey(key)
      if (read?.type === 'package') expect(key.endsWith(`node_modules/${read.alias}`)).toBe(true)
    }),
    { numRuns: 3_000 },
  )
})

test.for([
  { name: 'a', isName: true },
  { name: '@a/b', isName: true },
  { name: '@jsr/luca__cases', isName: true },
  { name: '-', isName: true },
  { name: '', isName: false },
  { name: '@a', isName: false },
  { name: 'a/b', isName: false },
  { name: '@a/b/c', isName: false },
  { name: 'a@1', isName: false },
  { name: 'a@https://npm.jsr.io/a.tgz?', isName: false },
  { name: 'https://npm.jsr.io/a.tgz?', isName: false },
  { name: '../a', isName: false },
  { name: '.a', isName: false },
  { name: ' a', isName: false },
  { name: 'a ', isName: false },
  { name: 'a\n', isName: false },
  { name: 'node_modules', isName: false },
])('$name can be the name of a package: $isName', ({ name, isName }) => {
  expect(isNpmName(name)).toBe(isName)
})
