import { describe, expect, test } from 'vitest'
import type { LockedPackage } from '../../../src/lockfile/locked-package.ts'
import {
  check,
  createClient,
  createContext,
  createLocked,
  createLockedContext,
  createLockfile,
  createManifest,
  createRoute,
  remote,
} from '../context.ts'

function run(parts: Partial<LockedPackage>, context = {}) {
  return check('unknown-source', createLockedContext([createLocked(parts)], context))
}

describe('an entry', () => {
  test.for<readonly [string, Partial<LockedPackage>]>([
    ['from the registry', {}],
    ['without an address', { source: { type: 'route' } }],
    ['from git', { name: 'lodash', source: { type: 'git', url: 'git+https://git.example/a' } }],
    ['from a folder', { name: 'lodash', source: { type: 'local', path: '../a' } }],
    ['of another package inside a tarball', { name: 'lodash', source: { type: 'bundled' } }],
  ])('%s passes', ([, parts]) => {
    expect(run(parts)).toEqual([])
  })

  test.for(['@jsr/luca__cases', 'lodash'])(
    'of %s with a source that is no address is caught',
    (name) => {
      expect(run({ name, source: { type: 'unknown', text: 'ipfs:abc' } })).toMatchObject([
        { severity: 'error', file: 'package-lock.json', line: 7, package: name },
      ])
    },
  )

  test.for(['@jsr/luca__cases', 'lodash'])('of %s with credentials is caught', (name) => {
    const [finding, ...more] = run({
      name,
      source: remote('https://npm.corp.example@evil.example/x'),
    })
    expect(finding?.message).toContain('go to evil.example: https://evil.example/x')
    expect(more).toEqual([])
    expect(run({ name, source: remote('https://u:p@npm.corp.example/npm/x') })).toHaveLength(1)
  })

  test('of @jsr inside the tarball of another package is caught', () => {
    expect(run({ source: { type: 'bundled' } })).toHaveLength(1)
  })

  test('of @jsr whose route can’t be told is caught', () => {
    const clients = [createClient({ routeOf: () => createRoute('${REGISTRY}') })]
    expect(run({ source: { type: 'route' } }, { clients })).toHaveLength(1)
    expect(run({ source: { type: 'route' } }, { clients: [] })).toHaveLength(1)
  })

  test('of another package whose route can’t be told is not judged', () => {
    const clients = [createClient({ routeOf: () => createRoute('${REGISTRY}') })]
    expect(run({ name: 'lodash', source: { type: 'route' } }, { clients })).toEqual([])
  })
})

describe('a lockfile', () => {
  test('that can’t be read is caught, with reason, line and hint', () => {
    const content = {
      type: 'unreadable',
      reason: 'holds a merge conflict',
      line: 3,
      hint: 'resolve it',
    } as const
    const lockfiles = [{ ...createLockfile([]), content }]
    expect(check('unknown-source', createContext({ lockfiles }))).toMatchObject([
      {
        severity: 'error',
        message: "the lockfile can't be read: holds a merge conflict",
        hint: 'resolve it',
        file: 'package-lock.json',
        line: 3,
      },
    ])
  })
})

describe('a route', () => {
  const manifests = [createManifest({ dependencies: { '@luca/cases': 'jsr:^1' } })]
  const clients = [createClient({ route: createRoute('${REGISTRY}', { kind: 'default' }) })]

  test('that is no web address is caught', () => {
    expect(check('unknown-source', createContext({ manifests, clients }))).toMatchObject([
      { message: expect.stringContaining('${REGISTRY}') as string, file: '.npmrc', line: 1 },
    ])
  })

  test('of a project that has nothing to do with JSR is not judged', () => {
    expect(check('unknown-source', createContext({ clients }))).toEqual([])
  })
})
