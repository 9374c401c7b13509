import { expect, test } from 'vitest'
import { readResolvedLockfile } from '../../src/lockfile/pnpm-resolved.ts'

const resolution = { integrity: 'sha512-AAAA' }
const entry = {
  key: '@jsr/std__path@1.1.0',
  alias: 'path',
  name: '@jsr/std__path',
  version: '1.1.0',
}

test.for([
  [
    'pnpm 9 to 11',
    {
      importers: {
        '.': {
          specifiers: { path: 'npm:@jsr/std__path@^1' },
          dependencies: { path: '@jsr/std__path@1.1.0(a@1.0.0)' },
        },
      },
      packages: {
        '@jsr/std__path@1.1.0(a@1.0.0)': { resolution, dependencies: { a: '1.0.0' } },
        'a@1.0.0': { resolution },
      },
    },
  ],
  [
    'pnpm 12',
    {
      importers: {
        '.': {
          dependencies: {
            path: { specifier: 'npm:@jsr/std__path@^1', version: '@jsr/std__path@1.1.0(a@1.0.0)' },
          },
        },
      },
      packages: { '@jsr/std__path@1.1.0': { resolution }, 'a@1.0.0': { resolution } },
      snapshots: {
        '@jsr/std__path@1.1.0(a@1.0.0)': { dependencies: { a: '1.0.0' } },
        'a@1.0.0': {},
      },
    },
  ],
])('what %s has in hand is read like the file', ([, lockfile]) => {
  const { packages, projects } = readResolvedLockfile(lockfile)
  expect(packages).toMatchObject([
    { ...entry, source: { type: 'route' } },
    { key: 'a@1.0.0', source: { type: 'route' } },
  ])
  expect(projects[0]?.dependencies.get('path')).toBe('npm:@jsr/std__path@^1')
  expect(projects[0]?.keys?.get('path')).toBe(entry.key)
})

test('before anything is resolved there is nothing in it', () => {
  expect(readResolvedLockfile({ importers: {} })).toMatchObject({ packages: [], projects: [] })
})

test.for([[null], ['text'], [{ packages: [] }], [{ packages: { 'a@1.0.0': 5 } }]])(
  '%j is refused',
  ([lockfile]) => {
    expect(() => readResolvedLockfile(lockfile)).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX' }) as Error,
    )
  },
)
