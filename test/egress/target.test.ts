import { assert, constantFrom, property, string, tuple } from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatAuthority,
  parseAuthority,
  parseTarget,
  rewriteHost,
} from '../../src/egress/target.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

test.for([
  ['npm.jsr.io:443', 'npm.jsr.io'],
  ['NPM.JSR.IO:443', 'npm.jsr.io'],
  ['npm.jsr.io.:443', 'npm.jsr.io'],
  ['npm%2Ejsr%2eio:443', 'npm.jsr.io'],
  ['%6epm.jsr.io:443', 'npm.jsr.io'],
  // The ideographic full stop and full-width letters, as bytes of UTF-8.
  ['npm.jsr%E3%80%82io:443', 'npm.jsr.io'],
  ['npm.%EF%BD%8A%EF%BD%93%EF%BD%92.io:443', 'npm.jsr.io'],
  // The soft hyphen, which IDNA leaves out.
  ['npm.js%C2%ADr.io:443', 'npm.jsr.io'],
  ['npm.jsr.io.evil.test:443', 'npm.jsr.io.evil.test'],
  ['evil-jsr.io:443', 'evil-jsr.io'],
  ['my_registry.corp.example:443', 'my_registry.corp.example'],
  ['intranet:443', 'intranet'],
  ['2130706433:443', '127.0.0.1'],
  ['0x7f000001:443', '127.0.0.1'],
  ['0x7F.1:443', '127.0.0.1'],
  ['0177.0.0.1:443', '127.0.0.1'],
  ['127.1:443', '127.0.0.1'],
  ['127.0.0.1.:443', '127.0.0.1'],
  ['[::1]:443', '::1'],
  ['[0:0:0:0:0:0:0:1]:443', '::1'],
  ['[::FFFF:7f00:1]:443', '127.0.0.1'],
  ['[::ffff:127.0.0.1]:443', '127.0.0.1'],
  ['[2606:4700::6810:1]:443', '2606:4700::6810:1'],
] as const)('%s is read as the host %s', ([authority, host]) => {
  expect(parseAuthority(authority)).toEqual({ host, port: 443 })
})

test.for([
  '',
  ':443',
  'npm.jsr.io',
  'npm.jsr.io:',
  'npm.jsr.io:0',
  'npm.jsr.io:65536',
  'npm.jsr.io:443443',
  'npm.jsr.io:+443',
  'npm.jsr.io:0x1bb',
  'npm.jsr.io: 443',
  'npm.jsr.io:https',
  'npm.jsr.io:80:443',
  'npm.jsr.io..:443',
  '.npm.jsr.io:443',
  'npm..jsr.io:443',
  '.:443',
  'user@npm.jsr.io:443',
  'npm.jsr.io@evil.test:443',
  'user:pass@npm.jsr.io:443',
  'npm.jsr.io/:443',
  'evil.test/@npm.jsr.io:443',
  'evil.test#@npm.jsr.io:443',
  'evil.test?@npm.jsr.io:443',
  'evil.test\\@npm.jsr.io:443',
  'https://npm.jsr.io:443',
  'npm.jsr.io\t:443',
  'npm.jsr.io%00:443',
  'npm.jsr.io%20:443',
  'npm.jsr.io%2F:443',
  'npm.jsr.io%40evil.test:443',
  'npm.jsr。io:443',
  '::1:443',
  '[::1:443',
  '::1]:443',
  '[::1%25eth0]:443',
  '[npm.jsr.io]:443',
  '[]:443',
  '[::1]:443:443',
  '1.2.3.4.5:443',
  '256.256.256.256:443',
  '4294967296:443',
  `${'a.'.repeat(127)}aa:443`,
])('%s is no authority', (authority) => {
  expect(parseAuthority(authority)).toBeUndefined()
})

test('a host that was read is read the same way again', () => {
  const text = string({ unit: constantFrom(...'npmjsrio.:-_%2Ee0xfF1[]@/\\#?'.split('')) })
  assert(
    property(text, (host) => {
      const target = parseAuthority(`${host}:443`)
      if (target === undefined) return
      expect(parseAuthority(formatAuthority(target))).toEqual(target)
    }),
  )
})

test('no spelling of a JSR host is read as another host', () => {
  const letter = 'npm.jsr.io'.split('').map((character) =>
    constantFrom(
      character,
      character.toUpperCase(),
      `%${character.charCodeAt(0).toString(16)}`,
      // Full-width forms; the full stop has the ideographic one.
      encodeURIComponent(
        character === '.' ? '。' : String.fromCodePoint((character.codePointAt(0) ?? 0) + 0xfee0),
      ),
    ),
  )
  assert(
    property(tuple(...letter), constantFrom('', '.'), (letters, dot) => {
      const target = parseAuthority(`${letters.join('')}${dot}:443`)
      expect(isJsrHost(target?.host ?? '')).toBe(true)
    }),
  )
})

test.for([
  ['http://npm.jsr.io/', 'npm.jsr.io', 80],
  ['http://NPM.jsr.io.:8080/', 'npm.jsr.io', 8080],
  ['https://npm.jsr.io/', 'npm.jsr.io', 443],
  ['http://npm.jsr.io@evil.test/', 'evil.test', 80],
  ['http://evil.test@npm.jsr.io/', 'npm.jsr.io', 80],
  ['http:\\\\npm.jsr.io\\@evil.test/', 'npm.jsr.io', 80],
  ['http:npm.jsr.io', 'npm.jsr.io', 80],
  ['http://[::ffff:127.0.0.1]/', '127.0.0.1', 80],
] as const)('%s leads to %s', ([url, host, port]) => {
  expect(parseTarget(new URL(url))).toEqual({ host, port })
})

test('a URL without a canonical host leads nowhere', () => {
  expect(parseTarget(new URL('http://npm.jsr.io../'))).toBeUndefined()
})

test('a judged URL names the host as it was judged, and holds no credentials', () => {
  const url = new URL('http://user:pass@Corp.Example.:80/a%2fb?c#d')
  const target = parseTarget(url)
  expect(target && rewriteHost(url, target).href).toBe('http://corp.example/a%2fb?c')
})

test('an IPv6 address is written in brackets', () => {
  expect(formatAuthority({ host: '::1', port: 80 })).toBe('[::1]:80')
})
