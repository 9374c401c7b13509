import { expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import { isStandInObeyed, lockfileFormats } from '../../src/lockfile/formats.ts'
import { readLockfile } from '../../src/lockfile/read.ts'

const files = lockfileFormats.map(({ file }) => file)
const text = (entry: object): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: { 'node_modules/a': { version: '1.0.0', ...entry } },
  })

test('every client has a reader of its own for a file', () => {
  const readers = lockfileFormats.map(({ file, client }) => `${client} ${file}`)
  expect(new Set(readers).size).toBe(readers.length)
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

test('whose a yarn.lock is, its text tells', () => {
  const classic = 'a@^1:\n  version "1.0.0"\n'
  const berry = '__metadata:\n  version: 8\n\n"a@npm:^1":\n  resolution: "a@npm:1.0.0"\n'
  expect(readLockfile('yarn.lock', classic).packages).toMatchObject([{ key: 'a@^1' }])
  expect(readLockfile('yarn.lock', berry).packages).toMatchObject([{ key: 'a@npm:^1' }])
})

test.for(lockfileFormats.filter(({ role }) => role !== 'stand-in'))(
  'what is loaded for $file of $client is what reads it at once',
  async ({ file, client, load }) => {
    // Whose a yarn.lock is, its text tells.
    const broken = client === 'yarn-berry' ? '__metadata:\n  version: 0\n' : '{\n"a": 1,\n"a": 2}'
    const read = await load()
    expect(catchError(() => readLockfile(file, broken))).toHaveProperty(
      'message',
      (catchError(() => read(broken)) as Error).message,
    )
  },
)

test('npm’s reading of a yarn.lock is refused', async () => {
  const standIn = await lockfileFormats.find(({ role }) => role === 'stand-in')?.load()
  expect(catchError(() => standIn?.(''))).toMatchObject({
    code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX',
  })
})

test('a file that is no known lockfile is a mistake of ours', () => {
  const error = catchError(() => readLockfile('packages/a/package.json', text({})))
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
