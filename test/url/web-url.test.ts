import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLoopback, isServedBy, parseRegistryUrl, parseWebUrl } from '../../src/url/web-url.ts'

describe('a web address', () => {
  test.for([
    { text: 'https://npm.corp.example/a.tgz', href: 'https://npm.corp.example/a.tgz' },
    { text: 'http://npm.corp.example:8080/', href: 'http://npm.corp.example:8080/' },
    { text: 'HTTPS://NPM.corp.example:443', href: 'https://npm.corp.example/' },
    { text: 'https://npm.corp.example/a/../b?c#d', href: 'https://npm.corp.example/b?c#d' },
  ])('$text is read', ({ text, href }) => {
    expect(parseWebUrl(text)).toMatchObject({ url: { href }, hasCredentials: false })
  })

  test.for([
    'https://user:password@npm.corp.example/',
    'https://token@npm.corp.example/',
    'https://:password@npm.corp.example/',
  ])('%s is read without its credentials', (text) => {
    const web = parseWebUrl(text)
    expect(web).toMatchObject({
      url: { href: 'https://npm.corp.example/' },
      hasCredentials: true,
    })
  })

  test.for([
    '',
    'npm.corp.example',
    '//npm.corp.example/',
    '/npm/',
    'file:///npm/',
    'git+https://npm.corp.example/',
    'ftp://npm.corp.example/',
    'javascript:alert(1)',
    'https://',
    'https://npm.corp.example:99999/',
    'https://npm corp.example/',
    'https://%00/',
    'https://user:pass/word@npm.corp.example/',
  ])('%j is none', (text) => {
    expect(parseWebUrl(text)).toBeUndefined()
  })
})

describe('the address of a registry', () => {
  test.for([
    { text: 'https://npm.corp.example', href: 'https://npm.corp.example/' },
    { text: 'https://npm.corp.example/npm', href: 'https://npm.corp.example/npm/' },
    { text: 'https://npm.corp.example/npm/', href: 'https://npm.corp.example/npm/' },
    { text: 'https://npm.corp.example/npm?a=b#c', href: 'https://npm.corp.example/npm/' },
    { text: 'https://user:pw@npm.corp.example/npm', href: 'https://npm.corp.example/npm/' },
  ])('$text is $href', ({ text, href }) => {
    expect(parseRegistryUrl(text)?.href).toBe(href)
  })

  test('what is no web address is no registry', () => {
    expect(parseRegistryUrl('npm.corp.example/npm')).toBeUndefined()
  })
})

describe('a URL below a registry', () => {
  const registry = 'https://npm.corp.example/npm/'

  test.for([
    { url: 'https://npm.corp.example/npm/a.tgz' },
    { url: 'https://npm.corp.example/npm/' },
    { url: 'https://NPM.CORP.EXAMPLE/npm/a.tgz' },
    { url: 'https://npm.corp.example:443/npm/a.tgz' },
    { url: 'https://npm.corp.example./npm/a.tgz' },
    { url: 'https://npm.corp.example/x/../npm/a.tgz' },
    { url: 'https://npm.corp.example/npm/@jsr%2fluca__cases/a.tgz' },
    { url: 'https://npm.corp.example/npm/a..b/...c.tgz' },
  ])('$url is', ({ url }) => {
    expect(isServedBy(new URL(url), new URL(registry))).toBe(true)
  })

  test.for([
    { why: 'another scheme', url: 'http://npm.corp.example/npm/a.tgz' },
    { why: 'another port', url: 'https://npm.corp.example:8443/npm/a.tgz' },
    { why: 'another host', url: 'https://npm.corp.example.evil.test/npm/a.tgz' },
    { why: 'a host below it', url: 'https://x.npm.corp.example/npm/a.tgz' },
    { why: 'a host that ends with it', url: 'https://xnpm.corp.example/npm/a.tgz' },
    { why: 'a user that looks like it', url: 'https://npm.corp.example@evil.test/npm/a.tgz' },
    { why: 'a path that begins like it', url: 'https://npm.corp.example/npm-public/a.tgz' },
    { why: 'its path without the slash', url: 'https://npm.corp.example/npm' },
    { why: 'a path above it', url: 'https://npm.corp.example/a.tgz' },
    { why: 'its path in upper case', url: 'https://npm.corp.example/NPM/a.tgz' },
    { why: 'a path that climbs out', url: 'https://npm.corp.example/npm/../public/a.tgz' },
    { why: 'encoded dots', url: 'https://npm.corp.example/npm/%2e%2e/public/a.tgz' },
    { why: 'an encoded slash', url: 'https://npm.corp.example/npm/..%2fpublic/a.tgz' },
    { why: 'all of it encoded', url: 'https://npm.corp.example/npm/%2e%2E%2Fpublic/a.tgz' },
    { why: 'an encoded backslash', url: 'https://npm.corp.example/npm/..%5cpublic/a.tgz' },
    { why: 'a dot and an encoded slash', url: 'https://npm.corp.example/npm/.%2f..%2fa.tgz' },
    { why: 'the address in a query', url: `https://evil.test/?https://npm.corp.example/npm/a.tgz` },
  ])('$why is not', ({ url }) => {
    expect(isServedBy(new URL(url), new URL(registry))).toBe(false)
  })

  test('whatever path is added to a registry, it stays below it or is refused', () => {
    const segment = fc.oneof(
      fc.constantFrom('..', '.', '%2e%2e', '%2E.', '..%2f', '%5c..', 'a', ''),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(segment), (segments) => {
        const url = new URL(registry)
        url.pathname += segments.join('/')
        const isServed = isServedBy(url, new URL(registry))
        const decoded = url.pathname.replace(/%2e/gi, '.').replace(/%2f|%5c/gi, '/')
        const resolved = new URL(`https://npm.corp.example${decoded}`)
        if (isServed) expect(resolved.pathname.startsWith('/npm/')).toBe(true)
      }),
    )
  })
})

test.for([
  { url: 'http://localhost:4873/', isHere: true },
  { url: 'http://LOCALHOST/', isHere: true },
  { url: 'http://registry.localhost/', isHere: true },
  { url: 'http://127.0.0.1/', isHere: true },
  { url: 'http://127.255.255.254/', isHere: true },
  { url: 'http://2130706433/', isHere: true },
  { url: 'http://0x7f.1/', isHere: true },
  { url: 'http://[::1]/', isHere: true },
  { url: 'http://localhost.evil.test/', isHere: false },
  { url: 'http://127.0.0.1.evil.test/', isHere: false },
  { url: 'http://xlocalhost/', isHere: false },
  { url: 'http://128.0.0.1/', isHere: false },
  { url: 'http://0.0.0.0/', isHere: false },
  { url: 'http://[::]/', isHere: false },
  { url: 'http://127.0.0.1@evil.test/', isHere: false },
])('$url is this machine: $isHere', ({ url, isHere }) => {
  expect(isLoopback(new URL(url).hostname)).toBe(isHere)
})
