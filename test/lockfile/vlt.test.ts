import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readVltLockfile } from '../../src/lockfile/vlt.ts'
import { describeLockfile } from './describe.ts'

const hash = `sha512-${'A'.repeat(86)}==`
const url = 'https://npm.corp.example/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'
const cases = '@jsr+luca____cases@1.0.1'

const lock = (
  nodes: object,
  { edges = {}, options = {} }: { edges?: object; options?: object } = {},
) => JSON.stringify({ lockfileVersion: 1, options, nodes, edges }, undefined, 2)

test('nodes as vlt writes them', () => {
  const lockfile = readVltLockfile(
    lock(
      {
        [`~npm~${cases}`]: [0, '@jsr/luca__cases', hash, url],
        '~npm~ms@2.1.3': [0, 'ms', hash],
        '~npm~ms@2.0.0~_croot': [0, null, hash],
        '~jsr~@jsr+luca____flag@1.0.0': [0, '@jsr/luca__flag', hash],
        [`~https_c++npm.corp.example~a@1.0.0`]: [0, 'a', hash],
        'remote~https_c++files.example+b.tgz': [0, 'b', hash],
        'git~git_pssh_c++git@github.com+x+c.git~abc': [0, 'c'],
        'file~folder': [0, 'd'],
        'workspace~packages+p': [0, 'p'],
      },
      {
        edges: {
          'file~_d @luca/cases': `prod npm:@jsr/luca__cases@^1 || ^2 ~npm~${cases}`,
          'workspace~packages+p @luca/flag': 'dev jsr:^1 ~jsr~@jsr+luca____flag@1.0.0',
          'workspace~packages+p gone': 'optional ^1 MISSING',
          '~npm~ms@2.1.3 ms': 'prod ^2 ~npm~ms@2.1.3',
        },
      },
    ),
  )
  expect(describeLockfile(lockfile)).toEqual([
    `@luca/cases = @jsr/luca__cases@1.0.1 ${url} :5`,
    'ms@2.1.3 route :11',
    'ms@2.0.0 route :16',
    '@luca/flag = @jsr/luca__flag@1.0.0 native :21',
    'a@1.0.0 https://npm.corp.example/a/-/a-1.0.0.tgz :26',
    'b@undefined https://files.example/b.tgz :31',
    'c@undefined git git+ssh://git@github.com/x/c.git#abc :36',
    'd@undefined local folder :40',
  ])
  expect(lockfile.projects.map(({ folder, dependencies }) => [folder, ...dependencies])).toEqual([
    ['', ['@luca/cases', 'npm:@jsr/luca__cases@^1 || ^2']],
    ['packages/p', ['@luca/flag', 'jsr:^1'], ['gone', '^1']],
  ])
})

test('a package stands under the names of its edges, in their order, or under its own', () => {
  const ids = [
    '~npm~ms@2.1.3',
    '~~@s+n@1.0.0~_croot',
    '~npm~@jsr+a____b@1.0.0',
    'file~d',
    '~npm~a+b@1',
  ]
  const edge = fc.tuple(
    fc.constantFrom('file~_d', 'workspace~w', ...ids),
    fc.constantFrom('ms', '@s/n', '@jsr/a__b', 'd', 'a/b', 'a+b', 'other'),
    fc.constantFrom('MISSING', '~npm~gone@1.0.0', ...ids),
  )
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 12 }), (edges) => {
      const written = new Map(edges.map(([from, alias, to]) => [`${from} ${alias}`, to]))
      const { packages } = readVltLockfile(
        lock(Object.fromEntries(ids.map((id) => [id, [0, null, hash]])), {
          edges: Object.fromEntries(Array.from(written, ([key, to]) => [key, `prod ^1 ${to}`])),
        }),
      )
      const own = readVltLockfile(lock(Object.fromEntries(ids.map((id) => [id, [0, null, hash]]))))
      const expected = own.packages.flatMap(({ key, alias }) => {
        const asked = Array.from(written)
          .filter(([, to]) => to === key)
          .map(([from]) => from.slice(from.indexOf(' ') + 1))
        return [...new Set(asked.length === 0 ? [alias] : asked)].map((one) => [key, one])
      })
      expect(packages.map(({ key, alias }) => [key, alias])).toEqual(expected)
    }),
    { numRuns: 1000, seed: 20_261_128 },
  )
})

test.for([
  ['scoped-registries', { 'scoped-registries': { '@jsr': 'https://npm.jsr.io/' } }, 'npm'],
  ['scope-registries', { 'scope-registries': { '@jsr': 'https://npm.jsr.io' } }, 'npm'],
  ['registries', { registries: { npm: 'https://npm.jsr.io/' } }, 'npm'],
  ['registry', { registry: 'https://npm.jsr.io/' }, 'npm'],
  ['jsr-registries', { 'jsr-registries': { jsr: 'https://npm.jsr.io/' } }, 'jsr'],
] as const)('%s of the options decides where a node names no address', ([, options, registry]) => {
  const text = lock({ [`~${registry}~${cases}`]: [0, null, hash] }, { options })
  expect(readVltLockfile(text).packages[0]?.source).toMatchObject({
    type: 'remote',
    url: new URL('https://npm.jsr.io/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'),
  })
})

test.for([
  ['another name', { '~npm~a@1.0.0': [0, 'b', hash] }],
  ['no version', { '~npm~a@latest': [0, 'a', hash] }],
  ['a registry that nothing names', { '~other~a@1.0.0': [0, 'a', hash] }],
  ['no address', { '~npm~a@1.0.0': [0, 'a', hash, 'x'] }],
])('%s is a source that can’t be told', ([, nodes]) => {
  const { packages } = readVltLockfile(lock(nodes as object))
  expect(packages.map(({ source }) => source.type)).toEqual(['unknown'])
})

describe('refused', () => {
  test.for<readonly [title: string, text: string]>([
    ['another version', '{"lockfileVersion":2,"options":{},"nodes":{},"edges":{}}'],
    ['no edges', '{"lockfileVersion":1,"options":{},"nodes":{}}'],
    [
      'a table that vlt does not write',
      '{"lockfileVersion":1,"options":{},"nodes":{},"edges":{},"x":1}',
    ],
    ['a key twice', '{"lockfileVersion":1,"options":{},"nodes":{},"nodes":{},"edges":{}}'],
    ['a node that is no list', lock({ '~npm~a@1.0.0': {} })],
    ['an address that is no text', lock({ '~npm~a@1.0.0': [0, 'a', hash, 1] })],
    ['an id of another kind', lock({ 'a@1.0.0': [0] })],
    ['an id with another sign', lock({ '~npm~a_x@1.0.0': [0] })],
    ['an edge of another kind', lock({}, { edges: { a: 'b' } })],
    ['nothing', ''],
  ])('%s', ([, text]) => {
    expect(() => readVltLockfile(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_JSR_GUARD_LOCKFILE_/) }),
    )
  })
})
