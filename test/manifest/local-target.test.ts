import { expect, test } from 'vitest'
import { parseLocalTarget } from '../../src/manifest/local-target.ts'

test.for([
  ['file:../a', '../a'],
  ['FILE:a', 'a'],
  ['file:a b', 'a b'],
  ['file:a%20b', 'a%20b'],
  ['file:a?b#c', 'a?b#c'],
  ['file:/abs/a', '/abs/a'],
  ['file:///abs/a', '/abs/a'],
  ['file://abs/a', '/abs/a'],
  ['file:/../a', '../a'],
  ['file:///./a', './a'],
  ['link:./a', './a'],
  ['portal:./a', './a'],
  ['./a', './a'],
  ['..', '..'],
  ['/abs', '/abs'],
  ['a/b/c', 'a/b/c'],
  [' ./a', ' ./a'],
])('%j names the folder %j', ([specifier = '', target]) => {
  expect(parseLocalTarget(specifier)).toBe(target)
})

test.for([
  '^1',
  '1.x || 2.x',
  'latest',
  '',
  'npm:@jsr/luca__cases@^1',
  'jsr:@luca/cases@^1',
  'https://example.com/a.tgz',
  'git+ssh://git@example.com/a/b.git',
  'owner/name',
  'owner/name#branch',
  'workspace:*',
  'catalog:',
  '~/a',
])('%j names none', (specifier) => {
  expect(parseLocalTarget(specifier)).toBeUndefined()
})
