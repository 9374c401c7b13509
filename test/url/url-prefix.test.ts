import { describe, expect, test } from 'vitest'
import { hasPrefix, parseUrlPrefix } from '../../src/url/url-prefix.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'

describe('parseUrlPrefix', () => {
  test('takes the wildcard off the host and ends the path in a slash', () => {
    expect(parseUrlPrefix('https://*.Corp-Storage.example.:443/npm')).toEqual({
      protocol: 'https:',
      hostname: 'corp-storage.example',
      isWildcard: true,
      port: '',
      pathname: '/npm/',
    })
  })

  test.for([
    ['a wildcard for everything', 'https://*/'],
    ['a wildcard over a top-level domain', 'https://*.com/'],
    ['the same with a dot at the end', 'https://*.com./'],
    ['a wildcard that is not the first label', 'https://files.*.example/'],
    ['two wildcards', 'https://*.*.corp.example/'],
    ['a wildcard inside a label', 'https://files-*.corp.example/'],
    ['an encoded wildcard', 'https://%2a.corp.example/'],
    ['a wildcard in the path', 'https://files.corp.example/*/npm/'],
    ['a wildcard over an address', 'https://*.0.0.1/'],
    ['a wildcard over an address of IPv6', 'https://*.[::1]/'],
    ['a user', 'https://user@files.corp.example/'],
    ['a wildcard after a user', 'https://*.@corp.example/'],
    ['a query', 'https://files.corp.example/?a=b'],
    ['a fragment', 'https://files.corp.example/#a'],
    ['backslashes', 'https:\\\\files.corp.example\\'],
    ['white space', ' https://files.corp.example/'],
    ['another scheme', 'ftp://files.corp.example/'],
    ['no scheme', 'files.corp.example'],
    ['an empty label', 'https://*..corp.example/'],
  ] as const)('refuses %s', ([, text]) => {
    expect(() => parseUrlPrefix(text)).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_URL' }) as Error,
    )
  })

  test('does not repeat a password', () => {
    expect(() => parseUrlPrefix('https://user:hunter2@files.corp.example/')).toThrow(
      /^(?!.*hunter2)/,
    )
  })
})

describe('hasPrefix', () => {
  const cases: ReadonlyArray<readonly [string, string, boolean]> = [
    ['https://files.corp.example/npm/', 'https://files.corp.example/npm/a.tgz', true],
    ['https://files.corp.example/npm', 'https://files.corp.example/npm/a.tgz', true],
    ['https://files.corp.example/npm/', 'https://FILES.corp.example:443/npm/a.tgz', true],
    ['https://files.corp.example/npm/', 'https://files.corp.example./npm/a.tgz', true],
    ['https://files.corp.example//npm/', 'https://files.corp.example//npm/a.tgz', true],
    ['https://files.corp.example/npm/', 'https://files.corp.example/npm-evil/a.tgz', false],
    ['https://files.corp.example/npm/', 'https://files.corp.example/npm/../evil/a.tgz', false],
    ['https://files.corp.example/npm/', 'https://files.corp.example/npm/..%2fevil/a.tgz', false],
    ['https://files.corp.example/npm/', 'http://files.corp.example/npm/a.tgz', false],
    ['https://files.corp.example/npm/', 'https://files.corp.example:8443/npm/a.tgz', false],
    ['https://files.corp.example/npm/', 'https://evil.files.corp.example/npm/a.tgz', false],
    ['https://files.corp.example/npm/', 'https://files.corp.example.evil.example/npm/a.tgz', false],
    ['https://*.corp.example/', 'https://a.corp.example/x.tgz', true],
    ['https://*.corp.example/', 'https://a.b.corp.example/x.tgz', true],
    ['https://*.corp.example/', 'https://A.CORP.example./x.tgz', true],
    ['https://*.corp.example/', 'https://corp.example/x.tgz', false],
    ['https://*.corp.example/', 'https://.corp.example/x.tgz', false],
    ['https://*.corp.example/', 'https://evilcorp.example/x.tgz', false],
    ['https://*.corp.example/', 'https://a.corp.example.evil.example/x.tgz', false],
    ['https://*.corp.example/', 'https://a.corp.example@evil.example/x.tgz', false],
    ['https://*.corp.example/', 'https://a.corp.example:8443/x.tgz', false],
    ['https://*.corp.example/', 'http://a.corp.example/x.tgz', false],
    ['https://*.corp.example:8443/', 'https://a.corp.example:8443/x.tgz', true],
    ['http://127.0.0.1:4873/', 'http://127.0.0.1:4873/x.tgz', true],
    ['http://127.0.0.1:4873/', 'http://127.0.0.1:48731/x.tgz', false],
  ]
  test.for(cases)('%s, %s: %s', ([prefix, url, expected]) => {
    expect(hasPrefix(new URL(url), parseUrlPrefix(prefix))).toBe(expected)
  })

  test('a wildcard of the public registry’s domain covers it', () => {
    const { hostname } = new URL(publicNpmRegistry)
    const domain = hostname.slice(hostname.indexOf('.') + 1)
    expect(hasPrefix(new URL(publicNpmRegistry), parseUrlPrefix(`https://*.${domain}/`))).toBe(true)
  })
})
