import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { formatJsrName } from '../../src/specifier/jsr-name.ts'
import {
  formatJsrSpecifier,
  isJsrSpecifier,
  isPaddedJsrSpecifier,
  parseJsrSpecifier,
} from '../../src/specifier/jsr-specifier.ts'
import { alias, jsrName, range } from './arbitraries.ts'

const cases = { scope: 'luca', name: 'cases' }

test.for([
  { text: 'jsr:@luca/cases', range: '*', form: 'named' },
  { text: 'jsr:@luca/cases@', range: '*', form: 'named' },
  { text: 'jsr:@luca/cases@^1', range: '^1', form: 'named' },
  { text: 'jsr:@luca/cases@>=1 <2 || 3', range: '>=1 <2 || 3', form: 'named' },
  { text: 'jsr:@luca/cases@latest', range: 'latest', form: 'named' },
  { text: 'jsr:@luca/cases@1.0.0-beta.1+build', range: '1.0.0-beta.1+build', form: 'named' },
  { text: 'JSR:@luca/cases@^1', range: '^1', form: 'named' },
  { text: 'jsr:^1', range: '^1', form: 'range-only' },
  { text: 'jsr:*', range: '*', form: 'range-only' },
  { text: 'jsr:', range: '*', form: 'range-only' },
  { text: 'Jsr:1.2.3', range: '1.2.3', form: 'range-only' },
])('$text under @luca/cases asks for $range', ({ text, range: wanted, form }) => {
  const specifier = parseJsrSpecifier(text, '@luca/cases')
  expect(specifier).toEqual({ name: cases, range: wanted, form })
})

test('a name in the specifier is what counts, not the alias', () => {
  expect(parseJsrSpecifier('jsr:@luca/cases@^1', '@std/text').name).toEqual(cases)
  expect(parseJsrSpecifier('jsr:@luca/cases@^1', 'anything at all').name).toEqual(cases)
})

const hostile = [
  '',
  'jsr',
  'js:r',
  'npm:@jsr/luca__cases@^1',
  ' jsr:@a/b',
  'jsr: @a/b',
  'jsr:@a/b ',
  'jsr:@a/b@ ^1',
  'jsr:@a/b@^1 ',
  'jsr:@a/b@\t^1',
  'jsr:@a/../x',
  'jsr:@../x',
  'jsr:../x',
  'jsr:/etc/passwd',
  'jsr:@a/b/sub',
  'jsr:@a/b@1/sub',
  'jsr:@a/b@^1/../../x',
  'jsr:@a/b@../x',
  'jsr:@a/b@..%2fx',
  'jsr:@a/b@1@2',
  'jsr:@a/b@@',
  'jsr:@a/b@npm:x',
  'jsr:@a/b@https://evil.test/x.tgz',
  'jsr:https://evil.test/x.tgz',
  'jsr:@a/b@1#x',
  'jsr:@a/b@1?x',
  'jsr:@a/b@\\',
  'jsr:@a/b@1\n',
  'jsr:@a/b@1\0',
  'jsr:@a/b@\u202e1',
  'jsr:@a/b@\uff11',
  'jsr:@a/b@1\u00a0',
  'jsr:@A/b@1',
  'jsr:@a_b/c',
  'jsr:@a',
  'jsr:@a/',
  'jsr:@',
  'jsr:@jsr/luca__cases',
  'jsr:luca/cases',
  `jsr:@a/b@${'1'.repeat(257)}`,
  `jsr:@a/b@${'1'.repeat(10_000)}`,
  `jsr:@a/${'b'.repeat(10_000)}`,
  `jsr:${'/'.repeat(10_000)}`,
]

test.for(hostile)('%j names no JSR package', (text) => {
  const error = catchError(text, '@luca/cases')
  expect(error.code).toBe('ERR_JSR_GUARD_SPECIFIER')
  expect(error.message.length).toBeLessThan(400)
  expect(error.hint).toBeDefined()
})

test.for([
  'cases',
  'luca/cases',
  '@Luca/cases',
  '@jsr/luca__cases',
  '@luca/../x',
  '',
  '@luca/cases ',
])('a range alone names no package under the alias %j', (name) => {
  expect(catchError('jsr:^1', name).code).toBe('ERR_JSR_GUARD_SPECIFIER')
})

test.for([
  { text: 'jsr:^1', isJsr: true, isPadded: false },
  { text: 'JSR:^1', isJsr: true, isPadded: false },
  { text: ' jsr:^1', isJsr: false, isPadded: true },
  { text: '\t\n Jsr:@a/b', isJsr: false, isPadded: true },
  { text: '\u00a0jsr:^1', isJsr: false, isPadded: true },
  { text: '\ufeffjsr:^1', isJsr: false, isPadded: true },
  { text: 'jsr', isJsr: false, isPadded: false },
  { text: 'jsr ^1', isJsr: false, isPadded: false },
  { text: 'xjsr:^1', isJsr: false, isPadded: false },
  { text: 'npm:jsr:^1', isJsr: false, isPadded: false },
  { text: '', isJsr: false, isPadded: false },
])('$text claims to be of JSR: $isJsr, padded: $isPadded', ({ text, isJsr, isPadded }) => {
  expect(isJsrSpecifier(text)).toBe(isJsr)
  expect(isPaddedJsrSpecifier(text)).toBe(isPadded)
})

describe('for every specifier', () => {
  test('what is written is read again as what it was', () => {
    const form = fc.constantFrom('named' as const, 'range-only' as const)
    fc.assert(
      fc.property(fc.record({ name: jsrName, range, form }), (specifier) => {
        const own = formatJsrName(specifier.name)
        expect(parseJsrSpecifier(formatJsrSpecifier(specifier), own)).toEqual(specifier)
      }),
    )
  })

  test('text of any kind is read or refused by code, and what is read is harmless', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `jsr:${rest}`),
      fc.string().map((rest) => `jsr:@a/b${rest}`),
      fc.string().map((rest) => `jsr:@a/b@${rest}`),
      fc.constantFrom(...hostile),
    )
    fc.assert(
      fc.property(text, alias, (specifier, name) => {
        const read = tryParse(specifier, name)
        if (read === undefined) return
        expect(formatJsrName(read.name)).toMatch(/^@[a-z0-9-]+\/[a-z0-9-]+$/)
        expect(read.range).toMatch(/^[\w.+\-^~<>=|*, ]+$/)
      }),
      { numRuns: 1_000 },
    )
  })
})

/** Rethrows everything but the one error that may be thrown. */
function tryParse(text: string, name: string): ReturnType<typeof parseJsrSpecifier> | undefined {
  try {
    return parseJsrSpecifier(text, name)
  } catch (error) {
    if (error instanceof JsrGuardError && error.code === 'ERR_JSR_GUARD_SPECIFIER') return undefined
    throw error
  }
}

function catchError(text: string, name: string): JsrGuardError {
  try {
    parseJsrSpecifier(text, name)
  } catch (error) {
    if (error instanceof JsrGuardError) return error
    throw error
  }
  throw new Error(`accepted ${JSON.stringify(text)}`)
}
