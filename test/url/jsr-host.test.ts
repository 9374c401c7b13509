import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isJsrHost, jsrNpmHost } from '../../src/url/jsr-host.ts'

test('the npm endpoint is on a JSR host', () => {
  expect(isJsrHost(jsrNpmHost)).toBe(true)
})

test.for([
  { url: 'https://jsr.io/', isJsr: true },
  { url: 'https://npm.jsr.io/', isJsr: true },
  { url: 'https://api.jsr.io/', isJsr: true },
  { url: 'https://a.b.jsr.io/', isJsr: true },
  { url: 'http://npm.jsr.io/', isJsr: true },
  { url: 'https://npm.jsr.io:8443/', isJsr: true },
  { url: 'https://NPM.JSR.IO/', isJsr: true },
  { url: 'https://npm.jsr.io./', isJsr: true },
  { url: 'https://user:password@npm.jsr.io/', isJsr: true },
  { url: 'https://npm.corp.example@npm.jsr.io/', isJsr: true },
  { url: 'https://npm.corp.example:443@npm.jsr.io/', isJsr: true },
  { url: 'https:npm.jsr.io', isJsr: true },
  { url: 'https:\\\\npm.jsr.io\\', isJsr: true },
  { url: 'https:///npm.jsr.io/', isJsr: true },
  { url: 'https://npm%2ejsr%2eio/', isJsr: true },
  { url: 'https://npm.jsr\u3002io/', isJsr: true },
  { url: 'https://\uff4e\uff50\uff4d.jsr.io/', isJsr: true },
  { url: 'https://npm.j\u00adsr.io/', isJsr: true },
  { url: 'https://npm.jsr.io.evil.test/', isJsr: false },
  { url: 'https://npm.jsr.io.corp.example/', isJsr: false },
  { url: 'https://npm-jsr.io/', isJsr: false },
  { url: 'https://notjsr.io/', isJsr: false },
  { url: 'https://xjsr.io/', isJsr: false },
  { url: 'https://jsr.io.example/', isJsr: false },
  { url: 'https://jsr.example/', isJsr: false },
  { url: 'https://io/', isJsr: false },
  { url: 'https://npm.corp.example/npm.jsr.io/', isJsr: false },
  { url: 'https://npm.corp.example/@npm.jsr.io/', isJsr: false },
  { url: 'https://npm.corp.example\\@npm.jsr.io/', isJsr: false },
  { url: 'https://npm.corp.example/?npm.jsr.io', isJsr: false },
  { url: 'https://npm.corp.example#@npm.jsr.io/', isJsr: false },
  { url: 'https://npm.jsr.io@npm.corp.example/', isJsr: false },
  { url: 'https://npm.jsr.іo/', isJsr: false },
])('$url is on JSR: $isJsr', ({ url, isJsr }) => {
  expect(isJsrHost(new URL(url).hostname)).toBe(isJsr)
})

test.for(['', '.', '..', 'jsr', '.jsr.io.x', 'npm.jsr.io..x'])('%j is no host of JSR', (host) => {
  expect(isJsrHost(host)).toBe(false)
})

test('any number of dots at the end names the same host', () => {
  expect(isJsrHost('npm.jsr.io...')).toBe(true)
})

const label = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?$/)

test('what is below jsr.io is JSR, however deep, and whatever follows it is not', () => {
  fc.assert(
    fc.property(fc.array(label, { maxLength: 4 }), label, (labels, other) => {
      expect(isJsrHost([...labels, 'jsr', 'io'].join('.'))).toBe(true)
      expect(isJsrHost(['npm', 'jsr', 'io', other].join('.'))).toBe(false)
      expect(isJsrHost(`${other}jsr.io`)).toBe(false)
    }),
  )
})
