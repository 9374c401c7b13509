import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import {
  formatJsrName,
  formatNpmName,
  parseJsrName,
  parseNpmName,
  quoteShort,
  tryParseJsrName,
} from '../../src/specifier/jsr-name.ts'
import { jsrName } from './arbitraries.ts'

test.for([
  { text: '@luca/cases', npm: '@jsr/luca__cases' },
  { text: '@std/encoding', npm: '@jsr/std__encoding' },
  { text: '@a/b', npm: '@jsr/a__b' },
  { text: '@a-b/c-d', npm: '@jsr/a-b__c-d' },
  { text: '@0/1', npm: '@jsr/0__1' },
])('$text is $npm to npm clients, and back', ({ text, npm }) => {
  const name = parseJsrName(text)
  expect(formatJsrName(name)).toBe(text)
  expect(formatNpmName(name)).toBe(npm)
  expect(parseNpmName(npm)).toEqual(name)
})

const hostile = [
  '',
  '@',
  '/',
  '@/',
  '@a',
  '@a/',
  '@/b',
  'a/b',
  '@@a/b',
  '@a/b/c',
  '@a//b',
  '@A/b',
  '@a/B',
  '@a/b_c',
  '@a_b/c',
  '@a/b.c',
  '@a/../x',
  '@../x',
  '@a/..',
  '@a/.',
  '@-a/b',
  '@a-/b',
  '@a/-b',
  '@a/b-',
  '@a--b/c',
  '@a/b ',
  ' @a/b',
  '@a /b',
  '@a/b\n',
  '@a/b\0',
  '@a/b%2f',
  '@a\\b',
  '@a/b?c',
  '@a/b#c',
  '@a/b@1',
  '@\u0430/b',
  '@a/\uff42',
  '@a/b\u200b',
  '@a/\u202eb',
  `@a/${'b'.repeat(101)}`,
  `@a/${'b'.repeat(10_000)}`,
  `@${'-a'.repeat(5_000)}/b`,
]

test.for(hostile)('%j is not the name of a JSR package', (text) => {
  expect(tryParseJsrName(text)).toBeUndefined()
  expect(() => parseJsrName(text)).toThrow(JsrGuardError)
  expect(() => parseJsrName(text)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_JSR_NAME' }),
  )
})

test.for([
  '@jsr/',
  '@jsr/a',
  '@jsr/a_b',
  '@jsr/a__',
  '@jsr/__b',
  '@jsr/a__b__c',
  '@jsr/a___b',
  '@jsr/A__b',
  '@JSR/a__b',
  '@jsr/a__b/c',
  '@jsr/../a__b',
  '@jsr/a__..',
  ' @jsr/a__b',
  '@jsrx/a__b',
  'jsr/a__b',
  '@jsr/a__b@1',
])('%s is not what an npm client calls a JSR package', (text) => {
  expect(parseNpmName(text)).toBeUndefined()
})

describe('for every name', () => {
  test('both ways of writing it lead back to it, and to no other', () => {
    fc.assert(
      fc.property(jsrName, jsrName, (name, other) => {
        expect(parseJsrName(formatJsrName(name))).toEqual(name)
        expect(parseNpmName(formatNpmName(name))).toEqual(name)
        const isSame = formatJsrName(name) === formatJsrName(other)
        expect(formatNpmName(name) === formatNpmName(other)).toBe(isSame)
      }),
    )
  })

  test('a name that is read can stand in a path and in a URL as it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...hostile)), (text) => {
        const name = tryParseJsrName(text)
        if (name === undefined) return
        const url = new URL(formatNpmName(name), 'https://npm.corp.example/npm/')
        expect(url.pathname).toBe(`/npm/${formatNpmName(name)}`)
      }),
    )
  })
})

test('a text is quoted for a message, cut, and on one line', () => {
  expect(quoteShort('a\n"b"')).toBe('"a\\n\\"b\\""')
  expect(quoteShort('x'.repeat(10_000)).length).toBeLessThan(90)
})
