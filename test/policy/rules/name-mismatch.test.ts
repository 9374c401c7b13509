import { describe, expect, test } from 'vitest'
import type { LockedPackage } from '../../../src/lockfile/locked-package.ts'
import { parseUrlPrefix } from '../../../src/url/url-prefix.ts'
import {
  check,
  createLocked,
  createLockedContext,
  createManifest,
  registry,
  remote,
} from '../context.ts'

function run(parts: Partial<LockedPackage>, context = {}) {
  return check('name-mismatch', createLockedContext([createLocked(parts)], context))
}

const served = (path: string) => remote(registry + path)

describe('an @jsr entry of the registry', () => {
  test.for([
    '@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
    '@jsr%2fluca__cases/-/luca__cases-1.0.1.tgz',
    '@jsr/luca__cases/-/1.0.1.tgz',
    '@jsr/luca__cases/-/@jsr/luca__cases-1.0.1.tgz',
    '@jsr/luca__cases/-/1.0.1/luca__cases-1.0.1.tgz',
    '~/11/@jsr/luca__cases/1.0.1.tgz',
    '@jsr/luca__cases/-/luca__cases-1.0.1+build.tgz',
  ])('passes with %s', (path) => {
    expect(run({ source: served(path) })).toEqual([])
  })

  test.for([
    ['another package', '@jsr/evil__pkg/-/evil__pkg-1.0.1.tgz', '@jsr/evil__pkg'],
    ['a near miss of the name', '@jsr/luca__case/-/luca__case-1.0.1.tgz', '@jsr/luca__case'],
    ['another scope', '@evil/luca__cases/-/luca__cases-1.0.1.tgz', '@evil/luca__cases'],
    ['no scope', 'luca__cases/-/luca__cases-1.0.1.tgz', 'luca__cases'],
    ['another version', '@jsr/luca__cases/-/luca__cases-1.0.2.tgz', 'version 1.0.2'],
    ['a prerelease of it', '@jsr/luca__cases/-/luca__cases-1.0.1-rc.1.tgz', 'version 1.0.1-rc.1'],
    [
      'climbing to another',
      '@jsr/luca__cases/../evil__pkg/-/evil__pkg-1.0.1.tgz',
      '@jsr/evil__pkg',
    ],
    ['JSR’s layout of another', '~/11/@jsr/evil__pkg/1.0.1.tgz', '@jsr/evil__pkg'],
  ] as const)('is caught with the address of %s', ([, path, expected]) => {
    expect(run({ source: served(path) })).toMatchObject([
      { severity: 'error', message: expect.stringContaining(expected) as string, line: 7 },
    ])
  })

  test.for([
    '3f2a9c',
    'blobs/sha256/3f2a9c.tgz',
    '@jsr/luca__cases/-/evil-1.0.1.tgz',
    '@jsr/luca__cases/-/luca__cases',
    'evil/-/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
    '@jsr/luca__cases%2f%2e%2e%2fevil__pkg/-/evil__pkg-1.0.1.tgz',
    '@jsr/luca__cases/-/..%2fluca__cases-1.0.1.tgz',
  ])('is caught with %s, which doesn’t tell', (path) => {
    expect(run({ source: served(path) })).toHaveLength(1)
  })

  test('is caught where it names no version', () => {
    expect(
      run({ version: undefined, source: served('@jsr/luca__cases/-/luca__cases-1.0.1.tgz') }),
    ).toHaveLength(1)
  })

  test('need not tell below an allowed prefix, but must not tell another', () => {
    const tarballs = [parseUrlPrefix('https://files.corp.example/')]
    const blob = remote('https://files.corp.example/3f2a')
    const other = remote('https://files.corp.example/@jsr/evil__pkg/-/evil__pkg-1.0.1.tgz')
    expect(run({ source: blob }, { tarballs })).toEqual([])
    expect(run({ source: other }, { tarballs })).toHaveLength(1)
  })

  test('without an address passes', () => {
    expect(run({ source: { type: 'route' } })).toEqual([])
  })

  test('that is not the registry’s need not tell: another rule has an error', () => {
    expect(run({ source: remote('https://npm.jsr.io/blob') })).toEqual([])
    expect(
      run({ source: remote('https://npm.jsr.io/~/11/@jsr/evil__pkg/1.0.1.tgz') }),
    ).toHaveLength(1)
  })
})

describe('an entry of another package', () => {
  const lodash = { name: 'lodash', version: '4.17.21' }

  test.for([
    'https://npm.corp.example/npm/lodash/-/lodash-4.17.21.tgz',
    'https://files.example/lodash.tgz',
    'https://git.example/lodash/tar.gz/0123456789',
    'https://git.example/lodash/lodash/releases/download/4.0.0/4.0.0.tgz',
    'https://files.example/a%20b.tgz',
    'https://npm.corp.example/npm/lodash/-/evil-4.17.21.tgz',
  ])('passes with %s', (url) => {
    expect(run({ ...lodash, source: remote(url) })).toEqual([])
  })

  test.for([
    'https://npm.corp.example/npm/evil/-/evil-4.17.21.tgz',
    'https://npm.corp.example/npm/@evil/lodash/-/lodash-4.17.21.tgz',
    'https://npm.corp.example/npm/lodash/-/lodash-4.17.20.tgz',
    'https://npm.corp.example/npm/lodash%2f..%2fevil/-/evil-4.17.21.tgz',
    'https://npm.corp.example/npm/@jsr/evil__pkg/-/evil__pkg-4.17.21.tgz',
  ])('is caught with %s', (url) => {
    expect(run({ ...lodash, source: remote(url) })).toMatchObject([{ package: 'lodash' }])
  })
})

describe('an entry that stands where a manifest asks for another', () => {
  const manifests = [createManifest({ dependencies: { cases: 'npm:@jsr/luca__cases@^1' } })]
  const key = 'node_modules/cases'

  test('passes where it is the one', () => {
    expect(run({ alias: 'cases', key }, { manifests })).toEqual([])
  })

  test('is caught with another name', () => {
    const [finding] = run({ alias: 'cases', name: '@jsr/evil__pkg', key }, { manifests })
    expect(finding?.message).toBe(
      '@jsr/evil__pkg@1.0.1 (as cases) stands where a manifest asks for @jsr/luca__cases',
    )
  })

  test('is caught with no name of its own, since npm then asks for the alias', () => {
    expect(run({ name: 'cases', key, source: { type: 'route' } }, { manifests })).toHaveLength(1)
  })
})
