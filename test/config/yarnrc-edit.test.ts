import { expect, test } from 'vitest'
import { addYarnJsrServer } from '../../src/config/yarnrc-edit.ts'

const url = 'https://npm.corp.example/npm/'
const registry = new URL(url)
const server = `npmRegistryServer: "${url}"`

test.for([
  ['nothing', '', `npmScopes:\n  jsr:\n    ${server}\n`],
  ['other settings', 'nodeLinker: pnp', `nodeLinker: pnp\nnpmScopes:\n  jsr:\n    ${server}\n`],
  ['other ends of lines', 'a: 1\r\n', `a: 1\r\nnpmScopes:\r\n  jsr:\r\n    ${server}\r\n`],
  [
    'a comment alone, behind a byte order mark',
    '\uFEFF# ours\n',
    `\uFEFF# ours\nnpmScopes:\n  jsr:\n    ${server}\n`,
  ],
  [
    'other scopes, indented in another way',
    `npmScopes: # ours\n\n    # the first\n    corp:\n        npmAlwaysAuth: true\na: 1\n`,
    `npmScopes: # ours\n    jsr:\n        ${server}\n\n    # the first\n    corp:\n        npmAlwaysAuth: true\na: 1\n`,
  ],
  [
    'the wrong key, which Yarn does not look for',
    `npmScopes:\n  "@jsr":\n    ${server}\n`,
    `npmScopes:\n  jsr:\n    ${server}\n  "@jsr":\n    ${server}\n`,
  ],
  [
    'the scope, and no server of it',
    'npmScopes:\r\n  corp:\r\n    a: 1\r\n  jsr: # ours\r\n    npmMinimalAgeGate: 0\r\n',
    `npmScopes:\r\n  corp:\r\n    a: 1\r\n  jsr: # ours\r\n    ${server}\r\n    npmMinimalAgeGate: 0\r\n`,
  ],
  ['the scope, and nothing of it', 'npmScopes:\n  jsr:\n', `npmScopes:\n  jsr:\n    ${server}\n`],
  ['scopes that are empty', 'npmScopes:\n', `npmScopes:\n  jsr:\n    ${server}\n`],
] as const)('a server is added to %s', ([, text, expected]) => {
  expect(addYarnJsrServer(text, registry)).toBe(expected)
})

test.for([
  ['scopes in one line', 'npmScopes: { corp: { npmAlwaysAuth: true } }\n'],
  ['a scope in one line', 'npmScopes:\n  jsr: { npmMinimalAgeGate: 0 }\n'],
  ['a server', 'npmScopes:\n  jsr:\n    npmRegistryServer: "https://npm.jsr.io"\n'],
  ['no YAML', 'npmScopes: [\n'],
  ['no mapping', '- a\n'],
  ['the end of a document', 'a: 1\n...\n'],
  ['the scope within another', 'npmScopes:\n  corp:\n    jsr:\n      a: 1\n  jsr: {}\n'],
  ['a text that looks like settings', 'a: |\n  x\nnpmScopes: 5\n'],
] as const)('a file with %s is left alone', ([, text]) => {
  expect(() => addYarnJsrServer(text, registry)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_CONFIG' }),
  )
})
