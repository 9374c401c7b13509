import { describe, expect, test } from 'vitest'
import { readDenoLockfile } from '../../src/lockfile/deno.ts'
import { describeLockfile } from './describe.ts'

const hash = `sha512-${'A'.repeat(86)}==`
const hex = 'ab'.repeat(32)
const url = 'https://npm.corp.example/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'

const tables = {
  jsr: { '@luca/flag@1.0.0': { integrity: hex } },
  npm: {
    '@jsr/luca__cases@1.0.1': { integrity: hash, tarball: url },
    'a@1.0.0_b@2.0.0': { integrity: hash },
  },
}
const remote = { 'https://jsr.io/@luca/flag/1.0.0/mod.ts': hex }
const redirects = {
  'https://a.example/x': 'https://jsr.io/x',
  'https://b.example': Object.keys(remote)[0],
}

test.for([
  ['3', { packages: { specifiers: {}, ...tables }, remote, redirects }],
  ['4', { specifiers: {}, ...tables, remote, redirects }],
  ['5', { specifiers: {}, ...tables, remote, redirects, workspace: {} }],
] as const)('entries as Deno writes them, in version %s', ([version, body]) => {
  const text = JSON.stringify({ version, ...body }, undefined, 2)
  const lockfile = readDenoLockfile(text)
  expect(describeLockfile(lockfile).map((line) => line.replace(/ :\d+$/, ''))).toEqual([
    '@luca/flag = @jsr/luca__flag@1.0.0 native',
    `@jsr/luca__cases@1.0.1 ${url}`,
    'a@1.0.0 route',
    'https://jsr.io/@luca/flag/1.0.0/mod.ts@undefined https://jsr.io/@luca/flag/1.0.0/mod.ts',
    'https://jsr.io/x@undefined https://jsr.io/x',
  ])
  expect(lockfile.packages.map(({ integrity }) => integrity)).toEqual([
    [`sha256-${btoa('\u00ab'.repeat(32))}`],
    [hash],
    [hash],
    [`sha256-${btoa('\u00ab'.repeat(32))}`],
    [],
  ])
  const lines = text.split('\n')
  for (const { key, line } of lockfile.packages.slice(0, 4)) {
    expect(lines[(line() ?? 0) - 1]).toContain(key.replace(/^(?:jsr|npm):/, ''))
  }
})

test.for([
  ['no version', { npm: { 'a@latest': {} } }],
  ['no name', { npm: { '../a@1.0.0': {} } }],
  ['no address', { npm: { 'a@1.0.0': { tarball: 'x' } } }],
  ['a number', { npm: { 'a@1.0.0': { tarball: 1 } } }],
  ['no name of JSR’s', { jsr: { 'a@1.0.0': {} } }],
  ['a module of no address', { remote: { 'x:y': hex } }],
])('%s is a source that can’t be told', ([, body]) => {
  const { packages } = readDenoLockfile(JSON.stringify({ version: '5', ...(body as object) }))
  expect(packages.map(({ source }) => source.type)).toEqual(['unknown'])
})

describe('refused', () => {
  test.for<readonly [title: string, text: string]>([
    ['version 2', '{"version":"2"}'],
    ['version 6', '{"version":"6"}'],
    ['a number', '{"version":5}'],
    ['a table of another version', '{"version":"3","npm":{}}'],
    ['tables that are lists', '{"version":"5","npm":[]}'],
    ['an entry that is a text', '{"version":"5","npm":{"a@1.0.0":"x"}}'],
    ['a key twice', '{"version":"5","npm":{},"npm":{}}'],
    ['an entry twice', '{"version":"5","npm":{"a@1.0.0":{},"a@1.0.0":{}}}'],
    ['comments', '{"version":"5"} // x'],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s', ([, text]) => {
    expect(() => readDenoLockfile(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_JSR_GUARD_LOCKFILE_/) }),
    )
  })
})
