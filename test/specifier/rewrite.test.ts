import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { formatJsrName, formatNpmName } from '../../src/specifier/jsr-name.ts'
import { formatJsrSpecifier } from '../../src/specifier/jsr-specifier.ts'
import { parseJsrAlias, parseNpmAlias } from '../../src/specifier/npm-alias.ts'
import { rewriteToJsr, rewriteToNpm } from '../../src/specifier/rewrite.ts'
import { alias, jsrName, range } from './arbitraries.ts'

describe('to npm', () => {
  test.for([
    { text: 'jsr:^1', npm: 'npm:@jsr/luca__cases@^1' },
    { text: 'jsr:', npm: 'npm:@jsr/luca__cases@*' },
    { text: 'jsr:@luca/cases', npm: 'npm:@jsr/luca__cases@*' },
    { text: 'JSR:@luca/cases@^1', npm: 'npm:@jsr/luca__cases@^1' },
    { text: 'jsr:@std/text@latest', npm: 'npm:@jsr/std__text@latest' },
  ])('$text under @luca/cases is $npm', ({ text, npm }) => {
    expect(rewriteToNpm(text, '@luca/cases')).toBe(npm)
  })

  test.for(['^1', 'npm:@jsr/luca__cases@^1', 'file:../x', ' jsr:^1', '', 'workspace:*'])(
    '%j stays as it is',
    (text) => {
      expect(rewriteToNpm(text, '@luca/cases')).toBe(text)
    },
  )

  test('a specifier that names no package is refused', () => {
    expect(() => rewriteToNpm('jsr:@a/../x', 'a')).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_SPECIFIER' }),
    )
  })
})

describe('to JSR', () => {
  test.for([
    { text: 'npm:@jsr/luca__cases@^1', alias: '@luca/cases', jsr: 'jsr:^1' },
    { text: 'npm:@jsr/luca__cases', alias: '@luca/cases', jsr: 'jsr:*' },
    { text: 'npm:@jsr/luca__cases@', alias: '@luca/cases', jsr: 'jsr:*' },
    { text: 'NPM:@jsr/luca__cases@^1', alias: 'cases', jsr: 'jsr:@luca/cases@^1' },
    { text: 'npm:@jsr/luca__cases@^1', alias: '@std/text', jsr: 'jsr:@luca/cases@^1' },
  ])('$text under $alias is $jsr', ({ text, alias: name, jsr }) => {
    expect(rewriteToJsr(text, name)).toBe(jsr)
  })

  test.for([
    '^1',
    'jsr:^1',
    'npm:',
    'npm:@jsr/',
    'npm:luca__cases@^1',
    'npm:@jsrx/luca__cases@^1',
    'npm:@jsr/luca__cases__x@^1',
    ' npm:@jsr/luca__cases@^1',
    'npm:@jsr/luca__cases@../x',
    'npm:@jsr/luca__cases@1@2',
    'npm:@jsr/luca__cases@ ^1',
    'npm:@jsr/luca__cases@npm:x',
  ])('%j stays as it is, since no jsr: specifier says the same', (text) => {
    expect(rewriteToJsr(text, '@luca/cases')).toBe(text)
  })
})

describe('there and back', () => {
  test('from JSR: what JSR itself would write comes back', () => {
    fc.assert(
      fc.property(jsrName, range, fc.option(alias, { nil: undefined }), (name, wanted, other) => {
        const own = formatJsrName(name)
        const form = other === undefined || other === own ? 'range-only' : 'named'
        const specifier = formatJsrSpecifier({ name, range: wanted, form })
        const under = other ?? own
        expect(rewriteToJsr(rewriteToNpm(specifier, under), under)).toBe(specifier)
      }),
    )
  })

  test('from npm: every alias of a JSR package comes back', () => {
    fc.assert(
      fc.property(jsrName, range, alias, (name, wanted, under) => {
        const specifier = `npm:${formatNpmName(name)}@${wanted}`
        expect(rewriteToNpm(rewriteToJsr(specifier, under), under)).toBe(specifier)
        const own = formatJsrName(name)
        expect(rewriteToNpm(rewriteToJsr(specifier, own), own)).toBe(specifier)
      }),
    )
  })

  test('whatever a manifest holds, what becomes of it to npm means the same when it comes back', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string().map((rest) => `npm:@jsr/a__b${rest}`),
      fc.string().map((rest) => `npm:@jsr/a__b@${rest}`),
      fc.string().map((rest) => `jsr:@a/b@${rest}`),
    )
    fc.assert(
      fc.property(text, alias, (specifier, under) => {
        const jsr = rewriteToJsr(specifier, under)
        if (jsr === specifier) return
        expect(parseJsrAlias(rewriteToNpm(jsr, under))).toEqual(parseJsrAlias(specifier))
      }),
      { numRuns: 1_000 },
    )
  })

  test('nothing but a refusal by code is ever thrown', () => {
    fc.assert(
      fc.property(fc.string(), alias, (rest, under) => {
        for (const text of [rest, `jsr:${rest}`, `npm:${rest}`]) {
          expect(thrownBy(() => rewriteToJsr(text, under))).toBeUndefined()
          expect(thrownBy(() => rewriteToNpm(text, under)) ?? 'nothing').toSatisfy(
            (thrown: unknown) => thrown === 'nothing' || thrown instanceof JsrGuardError,
          )
        }
      }),
    )
  })
})

test.for([
  { text: 'npm:a', alias: { name: 'a', range: undefined } },
  { text: 'npm:a@', alias: { name: 'a', range: '' } },
  { text: 'npm:a@^1', alias: { name: 'a', range: '^1' } },
  { text: 'NPM:@a/b@1', alias: { name: '@a/b', range: '1' } },
  { text: 'npm:@a/b', alias: { name: '@a/b', range: undefined } },
  { text: 'npm:', alias: undefined },
  { text: 'npm', alias: undefined },
  { text: ' npm:a', alias: undefined },
  { text: '^1', alias: undefined },
])('$text as an alias is $alias', ({ text, alias: expected }) => {
  expect(parseNpmAlias(text)).toEqual(expected)
})

function thrownBy(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
