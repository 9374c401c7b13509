import { expect, test } from 'vitest'
import { check, createLocked, createLockedContext, sha1, sha512 } from '../context.ts'

function run(integrity: readonly string[], name = 'lodash') {
  return check('weak-integrity', createLockedContext([createLocked({ name, integrity })]))
}

const md5 = `md5-${'A'.repeat(22)}==`

test('passes a strong hash, also beside a weak one', () => {
  expect(run([sha512])).toEqual([])
  expect(run([sha1, sha512])).toEqual([])
})

test.for([[sha1], [md5], [sha1, md5], [sha1, 'sha512-AAAA']])('warns of %j alone', (integrity) => {
  expect(run(integrity)).toMatchObject([{ severity: 'warning', package: 'lodash', line: 7 }])
})

test('leaves what is no hash to missing-integrity', () => {
  expect(run([])).toEqual([])
  expect(run(['sha1-x'])).toEqual([])
})
