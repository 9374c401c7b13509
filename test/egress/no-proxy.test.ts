import { expect, test } from 'vitest'
import { isProxyBypassed, parseNoProxy } from '../../src/egress/no-proxy.ts'
import { parseAuthority } from '../../src/egress/target.ts'

test.for([
  ['npm.corp.example:443', 'npm.corp.example', true],
  ['npm.corp.example:443', 'corp.example', true],
  ['npm.corp.example:443', '.corp.example', true],
  ['corp.example:443', '.corp.example', true],
  ['npm.corp.example:443', '*.corp.example', true],
  ['npm.corp.example:443', 'corp.example.', true],
  ['npm.corp.example.:443', 'corp.example', true],
  ['NPM.corp.example:443', 'CORP.Example', true],
  ['npm.corp.example:443', 'example', true],
  ['npm.corp.example:443', 'other.example, corp.example', true],
  ['npm.corp.example:443', 'other.example corp.example', true],
  ['npm.corp.example:443', '*', true],
  ['npm.corp.example:8080', 'corp.example:8080', true],
  ['npm.corp.example:443', 'corp.example:8080', false],
  ['npm.corp.example:443', 'npm.corp.example.evil.test', false],
  ['npm.corp.example.evil.test:443', 'corp.example', false],
  ['evilcorp.example:443', 'corp.example', false],
  ['corp.example:443', 'npm.corp.example', false],
  ['npm.corp.example:443', '', false],
  ['npm.corp.example:443', ',', false],
  ['npm.corp.example:443', '.', false],
  ['npm.corp.example:443', '*.', false],
  ['npm.corp.example:443', 'corp.*', false],
  ['npm.corp.example:443', 'https://corp.example', false],
  ['127.0.0.1:443', '127.0.0.1', true],
  ['127.0.0.1:443', '0.0.1', false],
  ['127.0.0.1:443', '127.0.0.0/8', false],
  ['127.0.0.1:443', 'localhost', false],
  ['[::1]:443', '::1', true],
  ['[::1]:443', '[::1]', true],
  ['[::1]:443', '[::1]:443', true],
  ['[::1]:443', '[::1]:80', false],
] as const)('%s with NO_PROXY=%s: goes round the proxy is %s', ([authority, list, expected]) => {
  const target = parseAuthority(authority)
  expect(target && isProxyBypassed(target, parseNoProxy(list))).toBe(expected)
})
