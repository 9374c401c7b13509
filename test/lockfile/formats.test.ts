import { expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { isStandInObeyed, lockfileFormats, readLockfile } from '../../src/lockfile/formats.ts'

const files = lockfileFormats.map(({ file }) => file)
const text = (entry: object): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: { 'node_modules/a': { version: '1.0.0', ...entry } },
  })

test('every format has a file of its own', () => {
  expect(new Set(files).size).toBe(files.length)
})

test.for(['package-lock.json', 'npm-shrinkwrap.json', 'node_modules/.package-lock.json'])(
  '%s is read',
  (file) => {
    expect(readLockfile(file, text({})).packages).toHaveLength(1)
  },
)

test.for(files)('what cannot be read of %s is an error that names it', (file) => {
  const error = catchError(() => readLockfile(file, '{\n"a": 1,\n"a": 2}'))
  expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', file })
  expect(error).toBeInstanceOf(JsrGuardError)
})

test('line, hint and cause are kept', () => {
  const conflict = '{\n<<<<<<< HEAD\n"lockfileVersion": 3\n}'
  const error = catchError(() => readLockfile('package-lock.json', conflict))
  expect(error).toMatchObject({ line: 2 })
  expect(error).toHaveProperty('cause')
  const old = catchError(() => readLockfile('package-lock.json', '{"lockfileVersion":1}'))
  expect(old).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_VERSION', hint: expect.any(String) })
})

test.for(['', 'a@^1:\n  version "1.0.0"\n'])(
  'a yarn.lock is never read as holding nothing',
  (yarn) => {
    const error = catchError(() => readLockfile('yarn.lock', yarn))
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', file: 'yarn.lock' })
  },
)

test('a file that is no known lockfile is a mistake of ours', () => {
  const error = catchError(() => readLockfile('packages/a/package-lock.json', text({})))
  expect(error).not.toBeInstanceOf(JsrGuardError)
})

test('npm takes addresses from yarn.lock where its own lockfile does not say', () => {
  const silent = text({})
  const full = text({ resolved: 'https://npm.corp.example/a.tgz' })
  expect(isStandInObeyed(undefined)).toBe(true)
  expect(isStandInObeyed(readLockfile('package-lock.json', silent))).toBe(true)
  expect(isStandInObeyed(readLockfile('package-lock.json', full))).toBe(false)
})

function catchError(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
