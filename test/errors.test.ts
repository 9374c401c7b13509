import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { errorCodes, JsrGuardError } from '../src/errors.ts'

test('carries what a user can act on', () => {
  const cause = new Error('underneath')
  const error = new JsrGuardError('ERR_JSR_GUARD_USAGE', 'what is wrong', {
    hint: 'do this',
    file: 'package.json',
    line: 3,
    cause,
  })
  expect(error).toMatchObject({
    name: 'JsrGuardError',
    code: 'ERR_JSR_GUARD_USAGE',
    message: 'what is wrong',
    hint: 'do this',
    file: 'package.json',
    line: 3,
    cause,
  })
  expect(error).toBeInstanceOf(Error)
})

test('says nothing of details that it does not have', () => {
  const error = new JsrGuardError('ERR_JSR_GUARD_USAGE', 'what is wrong')
  expect(error).toMatchObject({ hint: undefined, file: undefined, line: undefined })
  expect('cause' in error).toBe(false)
  expect(inspect(error)).not.toContain('cause')
})

test('writes its fields but not its name into JSON', () => {
  const error = new JsrGuardError('ERR_JSR_GUARD_URL', 'what is wrong', { line: 1 })
  expect(JSON.parse(JSON.stringify(error))).toEqual({ code: 'ERR_JSR_GUARD_URL', line: 1 })
})

test.for(Object.entries(errorCodes))('%s has a name and a sentence to print', ([code, meaning]) => {
  expect(code).toMatch(/^ERR_JSR_GUARD(?:_[A-Z]+)+$/)
  expect(meaning).toMatch(/^[A-Z].*\.$/)
})
