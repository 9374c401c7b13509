import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rewriteManifest } from '../../src/manifest/rewrite.ts'
import { undoRewrite } from '../../src/manifest/undo.ts'

const original = `\uFEFF{
\t"dependencies": {"@luca/cases": "jsr:\\u005e1", "cases":"jsr:@luca/cases", "plain": "^1"},
\t"devDependencies": { "kept": "npm:@jsr/std__text@1" }
}`

function undo(current: string): string {
  return undoRewrite({ file: 'package.json', original, current })
}

const translated = rewriteManifest(original, 'package.json', 'npm').text

test('an untouched manifest gets its original text back, escapes and all', () => {
  expect(undo(translated)).toBe(original)
})

test('one that was never rewritten stays as it is', () => {
  expect(undo(original)).toBe(original)
})

test.for<readonly [string, (text: string) => string, (text: string) => string]>([
  [
    'an edit elsewhere',
    (text) => text.replace('"^1"', '"^2"'),
    (text) => text.replace('"plain": "^1"', '"plain": "^2"'),
  ],
  [
    'a range that was updated, in its short form',
    (text) => text.replace('cases@^1', 'cases@^1.0.1'),
    (text) => text.replace('jsr:\\u005e1', 'jsr:^1.0.1'),
  ],
  [
    'a range that was updated, in its long form',
    (text) => text.replace('cases@*', 'cases@^1.0.1'),
    (text) => text.replace('"jsr:@luca/cases"', '"jsr:@luca/cases@^1.0.1"'),
  ],
  [
    'a value that was set to another package of JSR',
    (text) => text.replace('npm:@jsr/luca__cases@^1', 'npm:@jsr/std__text@^1'),
    (text) => text.replace('jsr:\\u005e1', 'npm:@jsr/std__text@^1'),
  ],
  [
    'a value that was set to something else',
    (text) => text.replace('npm:@jsr/luca__cases@^1', 'file:../cases'),
    (text) => text.replace('jsr:\\u005e1', 'file:../cases'),
  ],
  [
    'an alias with a range that jsr: does not have',
    (text) => text.replace('cases@*', 'cases@a/b'),
    (text) => text.replace('"jsr:@luca/cases"', '"npm:@jsr/luca__cases@a/b"'),
  ],
  [
    'an alias that was there before, updated',
    (text) => text.replace('std__text@1', 'std__text@2'),
    (text) => text.replace('std__text@1', 'std__text@2'),
  ],
  [
    'an entry that was added',
    (text) => text.replace('"plain"', '"@std/fs": "npm:@jsr/std__fs@^1.0.0", "plain"'),
    (text) => text.replace('"plain"', '"@std/fs": "jsr:^1.0.0", "plain"'),
  ],
  [
    'an entry that was added under another name',
    (text) => text.replace('"plain"', '"fs": "npm:@jsr/std__fs", "plain"'),
    (text) => text.replace('"plain"', '"fs": "jsr:@std/fs@*", "plain"'),
  ],
  [
    'an entry that was added and is none of JSR',
    (text) => text.replace('"plain"', '"fs": "npm:@jsrs/std__fs@1", "plain"'),
    (text) => text.replace('"plain"', '"fs": "npm:@jsrs/std__fs@1", "plain"'),
  ],
  [
    'an entry that was removed',
    (text) => text.replace('"cases":"npm:@jsr/luca__cases@*", ', ''),
    (text) => text.replace('"cases":"jsr:@luca/cases", ', ''),
  ],
])('%s is kept, and everything else put back', ([, edit, expected]) => {
  expect(edit(translated)).not.toBe(translated)
  expect(undo(edit(translated))).toBe(expected(original))
})

test('an entry that moved to another field comes back as jsr:', () => {
  const current = JSON.stringify({ devDependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } })
  expect(undo(current)).toBe('{"devDependencies":{"@luca/cases":"jsr:^1"}}')
})

test('a text that npm has formatted anew keeps the new format', () => {
  const text = translated.slice(1)
  const current = `${JSON.stringify(JSON.parse(text), undefined, 2)}\n`
  const expected = `${JSON.stringify(JSON.parse(original.slice(1)), undefined, 2)}\n`
  expect(undo(current)).toBe(expected.replace('jsr:^1', 'jsr:\\u005e1'))
})

test.for([
  ['no JSON any more', '{ "dependencies": {'],
  ['JSON with a key that stands twice', '{ "a": 1, "a": 2 }'],
])('a text that is %s is refused', ([, current = '']) => {
  expect(() => undo(current)).toThrow(expect.objectContaining({ code: 'ERR_JSR_GUARD_MANIFEST' }))
})

test('undoing twice is undoing once, for any mixture of manifests', () => {
  const name = fc.constantFrom('@luca/cases', '@std/text', 'plain', '**/@std/text')
  const range = fc.constantFrom('^1', '1 || 2', '*', 'latest', '')
  const specifier = fc.oneof(
    range.map((text) => `jsr:${text}`),
    range.map((text) => `jsr:@luca/cases@${text}`),
    range.map((text) => `npm:@jsr/luca__cases@${text}`),
    range,
  )
  const manifest = fc
    .record({
      dependencies: fc.dictionary(name, specifier, { noNullPrototype: true }),
      resolutions: fc.dictionary(name, specifier, { noNullPrototype: true }),
    })
    .map((value) => JSON.stringify(value))
  fc.assert(
    fc.property(manifest, manifest, (before, current) => {
      const texts = { file: 'package.json', original: before }
      const once = undoRewrite({ ...texts, current })
      expect(undoRewrite({ ...texts, current: once })).toBe(once)
      const rewritten = rewriteManifest(before, 'package.json', 'npm').text
      expect(undoRewrite({ ...texts, current: rewritten })).toBe(before)
    }),
  )
})
