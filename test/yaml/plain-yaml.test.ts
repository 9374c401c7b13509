import { existsSync, readdirSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { dump } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { readPlainYaml } from '../../src/yaml/plain-yaml.ts'
import { readAnyYaml } from '../../src/yaml/strict-yaml.ts'

const folders = [
  new URL('../../../shared/corpus/', import.meta.url),
  new URL('../fixtures/', import.meta.url),
].filter((folder) => existsSync(folder))

const documents = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|[\\/])pnpm-[\w-]+\.yaml$/.test(file))
    .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') })),
)

/** What all of YAML makes of a text; `undefined` where that refuses it. */
function readAny(text: string): unknown {
  try {
    return readAnyYaml(text)
  } catch {
    return undefined
  }
}

/** The one thing that must hold, for every text: it gives up, or gives the same. Says which. */
function expectNothingElse(text: string): boolean {
  const value = readPlainYaml(text)
  if (value === undefined) return false
  const other = readAny(text)
  expect(value, text).toStrictEqual(other)
  // The order of keys counts too.
  expect(JSON.stringify(value), text).toBe(JSON.stringify(other))
  return true
}

describe('the files of pnpm', () => {
  test('there are some to read', () => {
    expect(documents.length).toBeGreaterThan(5)
  })

  test.for(documents)('$file is read as all of YAML is', ({ text }) => {
    expectNothingElse(text)
    // Version 13 is written like JSON, and what holds two documents is taken apart before.
    const isPlain = !/^\t|\n---\n/m.test(text)
    expect(readPlainYaml(text) !== undefined).toBe(isPlain)
  })
})

const hash = `sha512-${'aB3+/'.repeat(17)}A==`

describe('what is read', () => {
  test.for<readonly [string, unknown]>([
    ['a: b', { a: 'b' }],
    ['---\na: b\n', { a: 'b' }],
    ['\n\na: b\n\n\nc: d\n\n', { a: 'b', c: 'd' }],
    ['a:\n  b:\n\n    c: d\ne: f\n', { a: { b: { c: 'd' } }, e: 'f' }],
    ["'@jsr/a@1.0.0': {}\n/b/1.0.0: []\n", { '@jsr/a@1.0.0': {}, '/b/1.0.0': [] }],
    ['"a b": "c d"\n\'a: b\': \'c: d # e\'\n', { 'a b': 'c d', 'a: b': 'c: d # e' }],
    ["a: 'it''s'\nb: ''''\nc: ''\n", { a: "it's", b: "'", c: '' }],
    ['a@https://b.example/c:d:\n  e: f', { 'a@https://b.example/c:d': { e: 'f' } }],
    ['a: https://b.example/c#d?e=f', { a: 'https://b.example/c#d?e=f' }],
    [
      'importers:\n  .:\n    a: b\n  ../c:\n    d: e',
      { importers: { '.': { a: 'b' }, '../c': { d: 'e' } } },
    ],
    ['a: 5.4\nb: 1.0\nc: 0\nd: 120', { a: 5.4, b: 1, c: 0, d: 120 }],
    [
      'a: 1.0.0\nb: 1.0.0-rc.1(c@1.0.0)\nc: 2026-11-28',
      { a: '1.0.0', b: '1.0.0-rc.1(c@1.0.0)', c: '2026-11-28' },
    ],
    [
      'a: true\nb: false\nc: null\nd: yes\ne: nulls',
      { a: true, b: false, c: null, d: 'yes', e: 'nulls' },
    ],
    [
      'a:\n  - b\n  - c\nd:\n  - e: f\n    g:\n      h: i\n  - j:\n      - k',
      { a: ['b', 'c'], d: [{ e: 'f', g: { h: 'i' } }, { j: ['k'] }] },
    ],
    [
      "a: {b: c-d, e: 'f, g', h: {i: 1}, j: [k, l]}",
      { a: { b: 'c-d', e: 'f, g', h: { i: 1 }, j: ['k', 'l'] } },
    ],
    [
      'a: {b: https://c.example/~/11/@d/e.tgz, f: true}',
      { a: { b: 'https://c.example/~/11/@d/e.tgz', f: true } },
    ],
    ['a: |-\n  b: c # d\n\n    e\n  f\ng: h', { a: 'b: c # d\n\n  e\nf', g: 'h' }],
    ['a:\n  b: |\n    c\n\n\n  d: e', { a: { b: 'c\n', d: 'e' } }],
    ['a: b “c” 🚨', { a: 'b “c” 🚨' }],
    ['constructor: a\ntoString: b', { constructor: 'a', toString: 'b' }],
    [
      `packages:\n  a@1.0.0:\n    resolution: {integrity: ${hash}}\n\n  b@1.0.0:\n    resolution: {integrity: ${hash}}\n    hasBin: true`,
      {
        packages: {
          'a@1.0.0': { resolution: { integrity: hash } },
          'b@1.0.0': { resolution: { integrity: hash }, hasBin: true },
        },
      },
    ],
    [
      "a:\n  b:\n    dependencies:\n      c: 1.0.0\n      '@d/e': 1.0.0-rc.1(c@1.0.0)\n      constructor: 2.0.0\n\n  f:\n    dependencies:\n      g: 1.0.0\n    optional: true",
      {
        a: {
          b: {
            dependencies: { c: '1.0.0', '@d/e': '1.0.0-rc.1(c@1.0.0)', constructor: '2.0.0' },
          },
          f: { dependencies: { g: '1.0.0' }, optional: true },
        },
      },
    ],
  ])('%j', ([text, value]) => {
    expect(readPlainYaml(text)).toStrictEqual(value)
    expectNothingElse(text)
  })
})

describe('what is left to all of YAML', () => {
  test.for([
    '',
    '\n',
    'a',
    '- a',
    ' a: b',
    '{a: b}',
    'a:',
    'a: ',
    'a:  b',
    'a : b',
    'a: b ',
    'a: b\n  ',
    'a:b',
    'a: b: c',
    'a: b:',
    'a: b\n  c',
    "a: 'b\n  c'",
    'a: "b\n  c"',
    'a:\n  b\n',
    'a:\n b: c',
    'a:\n   b: c',
    'a:\n  b: c\n d: e',
    'a:\n- b',
    'a:\n  - - b',
    'a:\n  -\n    b: c',
    'a:\n  -  b',
    'a: # b\n  c: d',
    'a: b # c',
    'a: b\n# c',
    '# a\nb: c',
    'a: b\nc: d\na: e',
    'a: {b: c, b: d}',
    'a:\n  "b": c\n  b: d',
    '__proto__: a',
    '"__proto__": a',
    'a: {__proto__: b}',
    "a: {'__proto__': b}",
    'a: &b c',
    'a: *b',
    'a: !!str b',
    'a: !b c',
    '<<: a',
    'a: <<',
    '? a\n: b',
    ': a',
    '%YAML 1.2\n---\na: b',
    'a: b\n---\nc: d',
    'a: b\n...\n',
    '...: a',
    '--- a: b',
    '---\n---\na: b',
    'a:\tb',
    'a: b\tc',
    'a: b\r\nc: d',
    'a: \u0001',
    'a: \u0085',
    'a: \u2028',
    'a: \uFEFFb',
    '\uFEFFa: b',
    'a: \uD83D',
    'a: "\\x68ttp"',
    '"\\x61": b',
    "'a''b': c",
    'a: ~',
    '~: a',
    'null: a',
    'true: a',
    '1: a',
    '1.0: a',
    '.5: a',
    '0x10: a',
    'a: {null: b}',
    'a: {1: b}',
    'a: 0x10',
    'a: 0o7',
    'a: 1e3',
    'a: .5',
    'a: 5.',
    'a: .inf',
    'a: -1',
    'a: +1',
    'a: 010',
    'a: 1234567890',
    'a: True',
    'a: NULL',
    'a: {b : c}',
    'a: {b:c}',
    'a: {b}',
    'a: {b: }',
    'a: { b: c}',
    'a: {b: c }',
    'a: {b: c,d: e}',
    'a: {b: c,}',
    'a: {b: c, }',
    'a: {b: c:}',
    'a: {b: c: d}',
    'a: {b: c #}\n  }',
    'a: {b: c',
    'a: {b: c}}',
    'a: {b: c} d',
    'a: {b: c\n  }',
    'a: {"b":c}',
    "a: {b: 'c''d'}",
    'a: [b: c]',
    'a: [b,]',
    'a: [b]c',
    'a: [,]',
    'a: {, }',
    'a: >-\n  b',
    'a: |+\n  b',
    'a: |2\n  b',
    'a: |-\n   b',
    'a: |-\n\n  b',
    'a: |-\n  b \n',
    'a: |-\n  b\n c',
    'a: |-',
    'a: @b',
    'a: `b',
    'a: %b',
    'a: ?',
    'a: -',
  ])('%j', (text) => {
    expect(readPlainYaml(text)).toBeUndefined()
  })

  test('hostile text neither fills the stack nor takes long', () => {
    const many = 200_000
    for (const text of [
      `a: ${'['.repeat(many)}`,
      `a: ${'{b: '.repeat(many)}`,
      Array.from({ length: 2000 }, (_, depth) => `${'  '.repeat(depth)}a:\n`).join(''),
      `a:\n${'  - b\n'.repeat(many)}  - c: d: e`,
      `a: '${"''".repeat(many)}`,
      `a: ${'1'.repeat(many)}x:`,
      `a: {${Array.from({ length: many }, (_, key) => `b${key}: c`).join(', ')}`,
      `a: |-\n${'\n'.repeat(many)}  b`,
      `${' '.repeat(many)}a: b`,
      'a'.repeat(many),
    ]) {
      expect(readPlainYaml(text)).toBeUndefined()
    }
  })
})

/** Words of which texts near the plain part are made, and what turns them into something else. */
const words = [
  ...'a bc 1.0.0 ^2.0.0 @jsr/a @ https://b.example/c.tgz sha512-A+/= >=18 << __proto__ = .'.split(
    ' ',
  ),
  ...'true Null ~ 1 5.4 0x1F 1e3 .5 -0 .inf {} [] {a: b} [x64] "d" \'e\' | |- > &f *f'.split(
    / (?!b)/,
  ),
  ..."' \" '' \\ # : :: , [ ] { } ! ? % ` - --- ...".split(' '),
  ...' |  | #|: | : |, |? |- |\n|\n\n|\n  |\n    |\n  - |\n- |\t|\r|\0'.split('|'),
  ...'\u0085|\uFEFF|\u2028|\u00A0|é|🚨|\uD83D'.split('|'),
]

const fragment = fc
  .array(fc.constantFrom(...words), { maxLength: 4 })
  .map((parts) => parts.join(''))

/** A line of a document, mostly as it should be: below a key, beside it, or back out. */
const line = fc.record({
  step: fc.constantFrom(
    ...Array<number>(8).fill(0),
    2,
    2,
    2,
    2,
    2,
    2,
    -2,
    -2,
    -2,
    -4,
    -6,
    1,
    -1,
    4,
  ),
  dash: fc.constantFrom(...Array<string>(16).fill(''), '- ', '- ', '-', '- - '),
  key: fc.constantFrom(
    ...Array<string>(60).fill('a'),
    ...'\'b|"c|@d|.|<<|__proto__|? e|&f g|#|1|...|---|'.split('|'),
  ),
  colon: fc.constantFrom(...Array<string>(40).fill(': '), ':', ':  ', ' : ', '', ':\t'),
  value: fc.oneof(
    {
      weight: 16,
      arbitrary: fc.constantFrom('b', '1.0.0', "'c: d'", '{}', '{a: b}', '[x64]', 'e f'),
    },
    { weight: 2, arbitrary: fc.constantFrom(...words) },
    fragment,
  ),
})

/** What follows deeper stands below a key; keys are told apart by a number, but for some. */
const lines = fc.array(line, { minLength: 1, maxLength: 8 }).map((all) => {
  let indent = 0
  return all
    .map(({ step, dash, key, colon, value }, at) => {
      indent = Math.max(0, indent + (at === 0 ? 0 : step))
      const isParent = (all[at + 1]?.step ?? 0) > 0
      const quote = /^['"]/.exec(key)?.[0] ?? ''
      const name = `${key}${key.length === 1 && at % 5 !== 4 ? at : ''}${quote}`
      return `${' '.repeat(indent)}${dash}${name}${isParent ? ':' : colon + value}`
    })
    .join('\n')
})

/** A value as it may stand in a lockfile, as text of the writer that pnpm has. */
const text = fc.oneof(
  {
    weight: 40,
    arbitrary: fc.constantFrom(
      'a',
      'b-c',
      '@jsr/a@1.0.0',
      '.',
      'a: b',
      "it's",
      'd\ne',
      '^1',
      'f g',
    ),
  },
  { weight: 2, arbitrary: fragment },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
)
const { value: written } = fc.letrec((tie) => ({
  value: fc.dictionary(text, tie('node'), { maxKeys: 4, depthIdentifier: 'yaml' }),
  node: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'yaml' },
    text,
    fc.constantFrom(true, false, null, 0, 5.4, -1, 1e21),
    tie('value'),
    fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'yaml' }),
  ),
}))

/** Far too few would mean that nothing was compared. */
function run(arbitrary: fc.Arbitrary<string>, numRuns: number): number {
  let read = 0
  const property = fc.property(arbitrary, (generated) => {
    read += Number(expectNothingElse(generated))
  })
  fc.assert(property, { seed: 20261128, numRuns })
  return read
}

describe('a text that nobody thought of is given up, or read as all of YAML is', () => {
  test('lines that are nearly plain', () => {
    expect(run(lines, 8000)).toBeGreaterThan(800)
  })

  test('scalars of any kind, as value, as item, as key and in a flow collection', () => {
    const places = [
      (scalar: string) => `a: ${scalar}`,
      (scalar: string) => `${scalar}: b`,
      (scalar: string) => `a:\n  - ${scalar}\n  - b`,
      (scalar: string) => `a:\n  - ${scalar}: b\n    c: d`,
      (scalar: string) => `a: {b: ${scalar}}`,
      (scalar: string) => `a: {${scalar}: b}`,
      (scalar: string) => `a: [${scalar}, c]\nb: d`,
      (scalar: string) => `a:\n  b: |-\n    ${scalar}\n  c: d`,
    ]
    const texts = fc.tuple(fragment, fc.constantFrom(...places)).map(([scalar, put]) => put(scalar))
    expect(run(texts, 12_000)).toBeGreaterThan(1200)
  })

  test('what the writer of YAML makes of any value', () => {
    const texts = written.map((value) => dump(value, { lineWidth: -1 }))
    expect(run(texts, 2000)).toBeGreaterThan(300)
  })

  test('the shapes of most entries, with every character taken out, doubled and replaced', () => {
    const whole = `a:\n  b@1.0.0:\n    resolution: {integrity: ${hash}}\n\n  c:\n    dependencies:\n      d: 1.0.0\n      '@e/f': 2.0.0(g@1.0.0)\n\n  h:\n    i: j\n`
    const characters = '\n :\'"#{}[],@&*!|>%`-.0~\\\t'.split('')
    const replacements = [...characters, '\n\n', '\n  ', '__proto__', 'true']
    let read = 0
    for (let at = 0; at < whole.length; at += 1) {
      const [before, char = '', after] = [whole.slice(0, at), whole[at], whole.slice(at + 1)]
      for (const instead of ['', char + char, ...replacements]) {
        read += Number(expectNothingElse(before + instead + after))
      }
    }
    expect(read).toBeGreaterThan(1000)
  })

  test.for([
    'a:\n  b:\n    dependencies:\n\n  c: d',
    'a:\n  b:\n    dependencies:\n      c: 1.0.0\n      c: 2.0.0\n\n',
    'a:\n  b:\n    dependencies:\n      c: 1.0.0\n\n      d: 1.0.0',
    'a:\n  b:\n    dependencies:\n      c: 1.0.0\n\n    d: e',
    `a:\n  b:\n    resolution: {integrity: ${hash}}\n\n    c: d`,
    `a:\n  b:\n    resolution: {integrity: ${hash}}\n\n      c: d`,
    `a:\n  b:\n    resolution: {integrity: ${hash}}\n\n   c: d`,
  ])('%j', (source) => {
    expectNothingElse(source)
  })

  test('a lockfile with a few characters changed', () => {
    const sources = documents.map(({ text: whole }) => whole.slice(0, 1500))
    const edit = fc.record({
      at: fc.nat(1500),
      removed: fc.nat(2),
      added: fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 2 })),
    })
    const texts = fc
      .tuple(fc.constantFrom(...sources), fc.array(edit, { minLength: 1, maxLength: 3 }))
      .map(([source, edits]) =>
        edits.reduce(
          (changed, { at, removed, added }) =>
            changed.slice(0, at) + added + changed.slice(at + removed),
          source,
        ),
      )
    expect(run(texts, 4000)).toBeGreaterThan(400)
  })
})
