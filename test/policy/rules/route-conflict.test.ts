import { expect, test } from 'vitest'
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

function run(
  urls: readonly string[],
  isRegistryPinned = false,
  private_: string | undefined = registry,
) {
  const clients = urls.map((url, at) =>
    createClient({ name: at === 0 ? 'npm' : 'pnpm', route: createRoute(url) }),
  )
  const found = private_ === '' ? undefined : new URL(private_)
  return check(
    'route-conflict',
    createContext({ manifests, clients, isRegistryPinned, registry: found }),
  )
}

test('passes clients that agree', () => {
  expect(run([registry, 'https://NPM.corp.example.:443/npm/'])).toEqual([])
})

test('catches clients that don’t', () => {
  expect(run([registry, 'https://npm.corp.example/other/'])).toMatchObject([
    { severity: 'error', message: expect.stringMatching(/^pnpm sends/) as string },
  ])
  expect(run([registry, `${registry}jsr/`])).toHaveLength(1)
})

test.for([
  ['the registry', registry, 0],
  ['a path below it', `${registry}jsr/`, 0],
  ['the path above it', 'https://npm.corp.example/', 1],
  ['another path', 'https://npm.corp.example/npm-evil/', 1],
  ['a climbing path', 'https://npm.corp.example/npm/..%2fevil/', 1],
  ['plain http', 'http://npm.corp.example/npm/', 1],
  ['another port', 'https://npm.corp.example:8443/npm/', 1],
  ['another host', 'https://npm.corp.example.evil.example/npm/', 1],
  ['the host as a user name', 'https://npm.corp.example@evil.example/npm/', 1],
] as const)('compares %s with a pinned registry', ([, url, count]) => {
  expect(run([url], true)).toHaveLength(count)
})

test('compares the clients with each other where no registry is known', () => {
  expect(run(['https://a.example/', 'https://b.example/'], false, '')).toHaveLength(1)
})

test('leaves JSR and what can’t be told to rules of their own', () => {
  expect(run(['https://npm.jsr.io/', 'no address'], true)).toEqual([])
  const clients = [createClient({ route: createBuiltIn('https://npm.client.example/') })]
  expect(check('route-conflict', createContext({ manifests, clients }))).toEqual([])
})
