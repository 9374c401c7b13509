import { expect, test } from 'vitest'
import { detectPinning } from '../../src/policy/integrity.ts'
import { sha1, sha512 } from './context.ts'

const md5 = `md5-${'A'.repeat(22)}==`

test.for<readonly [string, readonly string[], string]>([
  ['SHA-512', [sha512], 'strong'],
  ['SHA-384', [`sha384-${'A'.repeat(64)}`], 'strong'],
  ['SHA-256', [`sha256-${'A'.repeat(43)}=`], 'strong'],
  ['SHA-512 with an option', [`${sha512}?a=b`], 'strong'],
  ['a weak hash beside a strong one', [sha1, sha512], 'strong'],
  ['rubbish beside a strong one', ['x', sha512], 'strong'],
  ['SHA-1', [sha1], 'weak'],
  ['MD5', [md5], 'weak'],
  ['SHA-1 and rubbish', ['sha512-', sha1], 'weak'],
  ['nothing', [], 'none'],
  ['an empty text', [''], 'none'],
  ['an algorithm alone', ['sha512'], 'none'],
  ['an empty hash', ['sha512-'], 'none'],
  ['a hash that is too short', ['sha512-AAAA'], 'none'],
  ['a hash of another algorithm’s length', [`sha512-${'A'.repeat(27)}=`], 'none'],
  ['upper case', [sha512.toUpperCase()], 'none'],
  ['another alphabet', [sha512.replace('A', '-')], 'none'],
  ['an algorithm that nobody knows', [`sha999-${'A'.repeat(86)}==`], 'none'],
  ['hex', [`sha256-${'0'.repeat(64)}`], 'none'],
  ['white space inside', [sha512.replace('A', ' ')], 'none'],
])('%s', ([, integrity, expected]) => {
  expect(detectPinning(integrity)).toBe(expected)
})
