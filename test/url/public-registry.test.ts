import { expect, test } from 'vitest'
import { isPublicHost, publicNpmRegistry } from '../../src/url/public-registry.ts'

const host = new URL(publicNpmRegistry).hostname

test('the public npm registry is an https address without a path', () => {
  expect(publicNpmRegistry).toBe(`https://${host}/`)
})

test.for([
  { name: 'its own name', hostname: host, isPublic: true },
  { name: 'its own name with a dot', hostname: `${host}.`, isPublic: true },
  { name: 'a host below it', hostname: `mirror.${host}`, isPublic: false },
  { name: 'a host that begins with it', hostname: `${host}.evil.test`, isPublic: false },
  { name: 'a host that ends with it', hostname: `x${host}`, isPublic: false },
  { name: 'a private registry', hostname: 'npm.corp.example', isPublic: false },
  { name: 'nothing', hostname: '', isPublic: false },
])('$name is the public registry: $isPublic', ({ hostname, isPublic }) => {
  expect(isPublicHost(hostname)).toBe(isPublic)
})
