import { expect, test } from 'vitest'
import { detectPrivateRegistry } from '../../src/policy/private-registry.ts'
import type { Route } from '../../src/route/route.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'
import { createBuiltIn, createRoute } from './context.ts'

const mapped = createRoute('https://npm.corp.example/jsr/')
const byDefault = createRoute('https://npm.corp.example/npm/', { kind: 'default' })
const jsr = createRoute('https://npm.jsr.io/')

test.for<readonly [string, readonly Route[], string | undefined]>([
  ['the mapping before the default', [byDefault, mapped], 'https://npm.corp.example/jsr/'],
  ['the default where nothing is mapped', [byDefault], 'https://npm.corp.example/npm/'],
  [
    'the default beside what is built in',
    [createBuiltIn('https://npm.jsr.io/'), byDefault],
    'https://npm.corp.example/npm/',
  ],
  ['a private mapping beside one to JSR', [jsr, mapped], 'https://npm.corp.example/jsr/'],
  ['not the default where the scope is mapped to JSR', [jsr, byDefault], undefined],
  ['not JSR under another spelling', [createRoute('https://NPM.JSR.IO./')], undefined],
  ['not the public registry', [createRoute(publicNpmRegistry, { kind: 'default' })], undefined],
  ['not what is built in', [createBuiltIn('https://npm.client.example/')], undefined],
  ['not what is no address', [createRoute('${REGISTRY}')], undefined],
  ['not nothing', [], undefined],
  [
    'a near miss of JSR',
    [createRoute('https://npm.jsr.io.corp.example/')],
    'https://npm.jsr.io.corp.example/',
  ],
])('takes %s', ([, routes, expected]) => {
  expect(detectPrivateRegistry({ pinned: undefined, routes })?.href).toBe(expected)
})

test('a pinned registry goes before all that is found', () => {
  const pinned = new URL('https://npm.policy.example/')
  expect(detectPrivateRegistry({ pinned, routes: [mapped, jsr] })).toBe(pinned)
})
