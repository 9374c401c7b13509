import { expect, test } from 'vitest'
import { emptyPolicy } from '../../src/config/empty-policy.ts'
import { refuseTarball } from '../../src/pnpm/fetch.ts'
import {
  createForcedRoute,
  refuseArguments,
  refuseRegistries,
  routeConfig,
} from '../../src/pnpm/route.ts'
import { createClientInUse } from '../../src/policy/client-in-use.ts'
import { parseUrlPrefix } from '../../src/url/url-prefix.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'

const registry = new URL('https://npm.corp.example/npm/')
const jsr = 'https://npm.jsr.io/'

test.for([
  ['registries', { default: registry.href, '@jsr': jsr }, undefined],
  ['registriesByScope', { '@jsr': jsr, default: registry.href }, undefined],
  ['registries', { default: publicNpmRegistry, '@jsr': registry.href }, undefined],
  ['registriesByScope', { default: publicNpmRegistry, '@jsr': jsr }, registry],
  ['registries', { default: registry.href }, undefined],
] as const)('%s %j lead @jsr to the private registry', ([key, scopes, pinned]) => {
  const routed = routeConfig({ [key]: scopes, other: 1 }, pinned)
  expect(routed?.registry.href).toBe(registry.href)
  expect(routed?.config).toEqual({ [key]: { ...scopes, '@jsr': registry.href }, other: 1 })
})

test('a version without a place for the route gives none', () => {
  expect(routeConfig({ registries: null }, registry)).toBeUndefined()
})

test.for([
  [{ registries: { default: publicNpmRegistry, '@jsr': jsr } }, 'no private registry is known'],
  [{ registries: { default: 'nonsense' } }, 'no private registry is known'],
  [{ registries: { default: registry.href, '@x': 'https://NPM.JSR.IO.:443/' } }, 'for @x'],
  [{ registries: { default: jsr } }, 'no private registry is known'],
  [
    { registriesByScope: { default: registry.href }, registriesByPrefix: { jj: jsr } },
    'pnpm would ask JSR itself for jj',
  ],
] as const)('%j stops pnpm', ([config, expected]) => {
  expect(() => routeConfig(config, undefined)).toThrow(expected)
})

test('a default registry on JSR is no way round a route that is pinned', () => {
  const config = { registries: { default: jsr } }
  expect(() => routeConfig(config, registry)).toThrow('pnpm would ask JSR itself for default')
})

test.for([
  [['--@jsr:registry=https://npm.jsr.io/'], false],
  [['--config.@jsr:registry', jsr], false],
  [['--@JSR:registry=https://npm.corp.example/npm2/'], false],
  [['--registry=https://other.example/'], true],
] as const)('%j stops pnpm', ([argv, isDefaultHeeded]) => {
  expect(() => refuseArguments(argv, { registry, isDefaultHeeded })).toThrow('past the private')
})

test.for([
  [['install', '--@jsr:registry=https://npm.corp.example/npm'], true],
  [['--registry=https://other.example/'], false],
  [['add', '@jsr:registry'], true],
] as const)('%j does not', ([argv, isDefaultHeeded]) => {
  expect(() => refuseArguments(argv, { registry, isDefaultHeeded })).not.toThrow()
})

test('what pnpm is about to ask is compared with the private registry', () => {
  expect(() => refuseRegistries({ '@jsr': jsr }, registry)).toThrow(jsr)
  expect(() => refuseRegistries({ '@jsr': 5 }, registry)).toThrow('nobody knows')
  expect(() => refuseRegistries({ '@jsr': registry.href }, registry)).not.toThrow()
})

const bench = {
  registry,
  policy: { ...emptyPolicy, registry, tarballs: [parseUrlPrefix('https://*.store.example/')] },
  today: '2026-11-28',
  client: createClientInUse({
    name: 'pnpm',
    version: '11.28.11',
    findRoute: () => createForcedRoute(registry),
  }),
}

test.for([
  ['@jsr/luca__cases', 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'],
  ['innocent', 'https://user:secret@npm.jsr.io./x.tgz'],
  ['innocent', 'https://files.example/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ['@jsr/luca__cases', 'https://npm.corp.example/npm2/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ['@jsr/luca__cases', 'http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ['@jsr/luca__cases', 'https://a:b@npm.corp.example/npm/@jsr/luca__cases/-/x-1.0.1.tgz'],
  ['@jsr/luca__cases', '//npm.jsr.io/x.tgz'],
])('%s from %s is not fetched', ([name = '', url]) => {
  expect(() => refuseTarball(url, name, bench)).toThrow(name)
  expect(() => refuseTarball(url, name, bench)).not.toThrow('secret')
})

test.for([
  ['@jsr/luca__cases', 'https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ['@jsr/luca__cases', 'https://a.store.example/x.tgz'],
  ['innocent', 'https://anywhere.example/innocent-1.0.0.tgz'],
  ['innocent', undefined],
])('%s from %s is', ([name = '', url]) => {
  expect(() => refuseTarball(url, name, bench)).not.toThrow()
})
