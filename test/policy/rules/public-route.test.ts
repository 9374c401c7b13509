import { expect, test } from 'vitest'
import type { Route } from '../../../src/route/route.ts'
import { publicNpmRegistry } from '../../../src/url/public-registry.ts'
import {
  check,
  createBuiltIn,
  createClient,
  createContext,
  createManifest,
  createRoute,
  registry,
} from '../context.ts'

const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]
const { hostname } = new URL(publicNpmRegistry)

function run(route: Route) {
  return check('public-route', createContext({ manifests, clients: [createClient({ route })] }))
}

test.for([
  registry,
  `https://${hostname}.evil.example/`,
  `https://x-${hostname}/`,
  `https://npm.corp.example/${hostname}/`,
  `https://${hostname}@npm.corp.example/`,
])('passes %s', (url) => {
  expect(run(createRoute(url))).toEqual([])
})

test.for([
  publicNpmRegistry,
  publicNpmRegistry.toUpperCase(),
  `http://${hostname}/`,
  `https://${hostname}./`,
  `https://${hostname}:8443/x/`,
  `https://npm.corp.example@${hostname}/`,
])('catches %s', (url) => {
  expect(run(createRoute(url, { kind: 'default' }))).toMatchObject([{ file: '.npmrc', line: 1 }])
})

test('catches whatever is built into a client', () => {
  expect(run(createBuiltIn('https://npm.client.example/'))).toHaveLength(1)
})

test('leaves JSR to direct-route and the unknowable to unknown-source', () => {
  expect(run(createBuiltIn('https://npm.jsr.io/'))).toEqual([])
  expect(run(createRoute('not an address'))).toEqual([])
})

test('leaves a project alone that has nothing to do with JSR', () => {
  const clients = [createClient({ route: createBuiltIn(publicNpmRegistry) })]
  expect(check('public-route', createContext({ clients, registry: undefined }))).toEqual([])
})
