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

test('entries that differ in their peers alone are one package', () => {
  const tarball = { integrity: 'sha512-AAAA', tarball: 'https://npm.corp.example/a.tgz' }
  const { packages } = readResolvedLockfile({
    packages: {
      'a@1.0.0(b@1.0.0)': { resolution: tarball },
      'a@1.0.0(b@2.0.0)': { resolution: { ...tarball } },
      'a@1.0.0': { resolution: { tarball: tarball.tarball, integrity: tarball.integrity } },
    },
  })
  expect(packages).toMatchObject([{ key: 'a@1.0.0', source: { type: 'remote' } }])
})

test.for([
  [null],
  ['text'],
  [{ packages: [] }],
  [{ packages: { 'a@1.0.0': 5 } }],
  [{ packages: { 'a@1.0.0(b@1.0.0)': { resolution }, 'a@1.0.0(b@2.0.0)': {} } }],
  [{ packages: { 'a@1.0.0(b@1.0.0)': { resolution }, 'a@1.0.0': { resolution, name: 'b' } } }],
  [
    {
      packages: { 'a@1.0.0': { resolution, version: '2.0.0' }, 'a@1.0.0(b@1.0.0)': { resolution } },
    },
  ],
  [{ packages: { 'a@1.0.0(b@1.0.0)': 5, 'a@1.0.0': { resolution } } }],
  [{ packages: { 'a@1.0.0': { resolution }, 'a@1.0.0(b@1.0.0)': null } }],
  [
    {
      packages: {
        'a@1.0.0(b@1.0.0)': { resolution: { ...resolution, tarball: 'https://npm.jsr.io/a.tgz' } },
        'a@1.0.0': { resolution },
      },
    },
  ],
])('%j is refused', ([lockfile]) => {
  expect(() => readResolvedLockfile(lockfile)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX' }) as Error,
  )
})
