import * as fc from 'fast-check'
import { parse } from 'ini'
import { expect, test } from 'vitest'
import { readNpmrc } from '../../src/config/npmrc.ts'

test.for([
  { title: 'a plain line', text: 'a=b', entries: [['a', 'b', 1]] },
  { title: 'spaces', text: '\n  a  =  b  ', entries: [['a', 'b', 2]] },
  { title: 'comments', text: '# a=1\n; b=2\nc=3 ; d', entries: [['c', '3', 3]] },
  {
    title: 'Windows line ends',
    text: 'a=1\r\n\r\nb=2',
    entries: [
      ['a', '1', 1],
      ['b', '2', 3],
    ],
  },
  { title: 'a byte order mark', text: '\uFEFFa=1', entries: [['a', '1', 1]] },
  {
    title: 'the last of two',
    text: 'a=1\nb=2\na=3',
    entries: [
      ['a', '3', 3],
      ['b', '2', 2],
    ],
  },
  { title: 'quotes', text: '"a b"="c;d"', entries: [['a b', 'c;d', 1]] },
  { title: 'quotes before a comment', text: 'a="b" ; c', entries: [['a', '"b"', 1]] },
  { title: 'escapes', text: 'a=b\\;c\\#d\\e', entries: [['a', 'b;c#d\\e', 1]] },
  { title: 'no value', text: 'a', entries: [['a', true, 1]] },
  { title: 'an empty value', text: 'a=', entries: [['a', '', 1]] },
  {
    title: 'words',
    text: 'a=true\nb=false\nc=null',
    entries: [
      ['a', true, 1],
      ['b', false, 2],
      ['c', null, 3],
    ],
  },
  { title: 'a list', text: 'a[]=1\na[]=2', entries: [['a', ['1', '2'], 2]] },
  { title: 'JSON in single quotes', text: "a='[1]'", entries: [['a', [1], 1]] },
  { title: 'a second `=`', text: 'a=b=c', entries: [['a', 'b=c', 1]] },
  {
    title: 'a line separator of Unicode, which hides its line',
    text: 'a=b\u2028\nc=d',
    entries: [['c', 'd', 2]],
  },
  { title: 'variables, as they are', text: '${A}=${B?}', entries: [['${A}', '${B?}', 1]] },
  { title: 'a case of its own', text: '@JSR:registry=x', entries: [['@JSR:registry', 'x', 1]] },
])('reads $title as npm does', ({ text, entries }) => {
  const found = readNpmrc(text).entries.map(({ key, value, line }) => [key, value, line])
  expect(found).toEqual(entries)
})

test('a key in a section is no setting, and is told apart', () => {
  const { entries, sectionKeys } = readNpmrc('a=1\n[jsr]\n@jsr:registry=x\n\n[other]\nb[]=2')
  expect(entries[0]).toEqual({ key: 'a', value: '1', line: 1 })
  expect(entries.slice(1).map(({ key, line }) => [key, line])).toEqual([
    ['jsr', 2],
    ['other', 5],
  ])
  expect(sectionKeys).toEqual([
    { section: 'jsr', key: '@jsr:registry', line: 3 },
    { section: 'other', key: 'b', line: 6 },
  ])
})

test('a section behind a byte order mark is none, so its keys count', () => {
  const { entries, sectionKeys } = readNpmrc('\uFEFF[jsr]\n@jsr:registry=x')
  expect(entries.at(-1)).toEqual({ key: '@jsr:registry', value: 'x', line: 2 })
  expect(sectionKeys).toEqual([])
})

test('a section overwrites the setting that its name begins with', () => {
  const { entries } = readNpmrc('@jsr:registry=x\n[@jsr:registry.y]\nz=1')
  expect(entries).toMatchObject([{ key: '@jsr:registry', value: { y: { z: '1' } }, line: 2 }])
})

test('a text that makes npm fail is refused', () => {
  expect(() => readNpmrc("'null'=1")).toThrow(TypeError)
})

test('without the line that is named, a setting is another one', () => {
  const key = fc.constantFrom('a', 'b', '@s:registry', '"a"', '; a', '\uFEFFa', 'b[]', '', ' a ')
  const end = fc.constantFrom('\n', '\r\n', '\r')
  fc.assert(
    fc.property(fc.array(key, { maxLength: 8 }), end, (keys, lineEnd) => {
      const lines = keys.map((name, index) => (name === '' ? '' : `${name}=${index}`))
      for (const { key: name, value, line = 0 } of readNpmrc(lines.join(lineEnd)).entries) {
        const rest: Record<string, unknown> = parse(lines.with(line - 1, '').join(lineEnd))
        expect(rest[name]).not.toEqual(value)
      }
    }),
  )
})
