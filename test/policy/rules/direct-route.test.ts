import { expect, test } from 'vitest'
import type { Route } from '../../../src/route/route.ts'
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

function run(route: Route) {
  return check('direct-route', createContext({ manifests, clients: [createClient({ route })] }))
}

test('passes a route to the private registry', () => {
  expect(run(createRoute(registry))).toEqual([])
})

test.for([
  'https://npm.jsr.io/',
  'https://NPM.JSR.IO/',
  'https://npm.jsr.io./',
  'https://npm.jsr.io:8443/x/',
  'http://npm.jsr.io/',
  'https://jsr.io/',
  'https://mirror.npm.jsr.io/',
  'https://npm.corp.example@npm.jsr.io/',
])('catches %s', (url) => {
  expect(run(createRoute(url))).toMatchObject([{ file: '.npmrc', line: 1, severity: 'error' }])
})

test.for([
  'https://npm.jsr.io.evil.test/',
  'https://npm-jsr.io/',
  'https://npm.jsr.io@npm.corp.example/',
  'https://npm.corp.example/npm.jsr.io/',
  'https://npm.corp.example/?https://npm.jsr.io/',
])('takes %s for somebody else', (url) => {
  expect(run(createRoute(url))).toEqual([])
})

test('catches what is built into a client, and says so at the manifest', () => {
  const [finding, ...more] = run(createBuiltIn('https://npm.jsr.io/'))
  expect(finding).toMatchObject({ file: 'package.json', line: undefined })
  expect(finding?.message).toContain("the client's default")
  expect(finding?.hint).toBe(`put @jsr:registry=${registry} into .npmrc`)
  expect(more).toEqual([])
})

test('has one finding for each client', () => {
  const route = createRoute('https://npm.jsr.io/')
  const clients = [
    createClient({ route }),
    createClient({ name: 'yarn-berry', route }),
    createClient(),
  ]
  const found = check('direct-route', createContext({ manifests, clients }))
  expect(found.map(({ message }) => message.split(' ')[0])).toEqual(['Yarn', 'npm'])
  expect(found[0]?.hint).toContain('npmScopes')
})

test('leaves the unknowable to unknown-source', () => {
  const route = createRoute('${REGISTRY}')
  expect(run(route)).toEqual([])
  expect(
    check('unknown-source', createContext({ manifests, clients: [createClient({ route })] })),
  ).toHaveLength(1)
})

test('leaves a project alone that has nothing to do with JSR', () => {
  const clients = [createClient({ route: createBuiltIn('https://npm.jsr.io/') })]
  expect(check('direct-route', createContext({ clients, registry: undefined }))).toEqual([])
  const pinned = { clients, isRegistryPinned: true }
  expect(check('direct-route', createContext(pinned))).toHaveLength(1)
})
