import { expect, test } from 'vitest'
import type { Route } from '../../../src/route/route.ts'
import { publicNpmRegistry } from '../../../src/url/public-registry.ts'
import {
  check,
  createClient,
  createContext,
  createManifest,
  createRoute,
  registry,
} from '../context.ts'

const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]

function run(route: Route) {
  return check('unmapped-scope', createContext({ manifests, clients: [createClient({ route })] }))
}

test('passes a mapped scope', () => {
  expect(run(createRoute(registry))).toEqual([])
})

test('warns where the default registry happens to be private', () => {
  expect(run(createRoute(registry, { kind: 'default' }))).toMatchObject([
    { severity: 'warning', hint: `put @jsr:registry=${registry} into .npmrc` },
  ])
})

test('warns of a near miss of JSR, which is somebody’s registry', () => {
  expect(run(createRoute('https://npm.jsr.io.corp.example/', { kind: 'default' }))).toHaveLength(1)
})

test.for(['https://npm.jsr.io/', publicNpmRegistry, 'no address'])(
  'leaves %s to the rules with an error',
  (url) => {
    expect(run(createRoute(url, { kind: 'default' }))).toEqual([])
  },
)
