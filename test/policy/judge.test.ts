import { describe, expect, test } from 'vitest'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { judgeContext } from '../../src/policy/judge.ts'
import {
  createBuiltIn,
  createClient,
  createContext,
  createLocked,
  createLockedContext,
  createLockfile,
  createManifest,
  createRoute,
  registry,
  remote,
} from './context.ts'

/** An entry that has nothing to do with JSR unless something is changed. */
function plain(parts: Partial<LockedPackage> = {}): LockedPackage {
  return createLocked({ name: 'cases', ...parts })
}

describe('counts as @jsr', () => {
  test.for<readonly [string, Partial<LockedPackage>]>([
    ['by its name', { name: '@jsr/luca__cases' }],
    ['by its name in another case', { name: '@JSR/luca__cases' }],
    ['by a name that JSR would not give', { name: '@jsr/x' }],
    ['by its alias', { alias: '@jsr/luca__cases' }],
    ['by an address on JSR', { source: remote('https://npm.jsr.io/x') }],
    ['by an address on JSR, spelled otherwise', { source: remote('http://NPM.JSR.IO.:81/x') }],
    ['by an address with the scope', { source: remote('https://a.example/@jsr/luca__cases') }],
    ['by an address with the scope encoded', { source: remote('https://a.example/%40jsr%2fx') }],
    ['by an address that can’t be decoded', { source: remote('https://a.example/%zz') }],
    ['by a git repository on JSR', { source: { type: 'git', url: 'git+ssh://git@jsr.io/x' } }],
  ])('%s', ([, parts]) => {
    const { judged } = judgeContext(createLockedContext([plain(parts)]))
    expect(judged[0]?.jsrPackages).toHaveLength(1)
  })

  test('by a route of its own to JSR', () => {
    const client = createClient({ routeOf: () => createRoute('https://npm.jsr.io/') })
    const locked = plain({ source: { type: 'route' } })
    const { judged } = judgeContext(createLockedContext([locked], { clients: [client] }))
    expect(judged[0]?.jsrPackages).toHaveLength(1)
  })

  test.for<readonly [string, Partial<LockedPackage>]>([
    ['a plain package', {}],
    ['a near miss of the scope', { name: '@jsrx/luca__cases' }],
    ['a near miss of the host', { source: remote('https://npm.jsr.io.evil.example/x') }],
    ['an entry without an address', { source: { type: 'route' } }],
    ['a local package', { source: { type: 'local', path: 'jsr.io' } }],
  ])('%s does not', ([, parts]) => {
    const { judged } = judgeContext(createLockedContext([plain(parts)]))
    expect(judged[0]?.jsrPackages).toEqual([])
  })
})

describe('what a manifest asks for', () => {
  const asks = (specifier: string, folder = '') =>
    createManifest(
      { dependencies: { cases: specifier } },
      { folder, file: folder === '' ? 'package.json' : `${folder}/package.json` },
    )

  function askedNames(
    keys: readonly string[],
    manifests: ReturnType<typeof asks>[],
    file = 'package-lock.json',
  ): Record<string, string | undefined> {
    const lockfiles = [
      createLockfile(
        keys.map((key) => plain({ key })),
        { file },
      ),
    ]
    const { judged } = judgeContext(createContext({ manifests, lockfiles }))
    return Object.fromEntries(
      (judged[0]?.jsrPackages ?? []).map(({ locked, askedName }) => [locked.key, askedName]),
    )
  }

  const a = 'npm:@jsr/luca__a@^1'

  test.for(['npm:@jsr/luca__a@^1', 'jsr:@luca/a@^1', 'NPM:@jsr/luca__a', 'JSR:@luca/a'])(
    '%s makes the entry in its place @jsr',
    (specifier) => {
      expect(askedNames(['node_modules/cases'], [asks(specifier)])).toEqual({
        'node_modules/cases': '@jsr/luca__a',
      })
    },
  )

  test('leaves entries of the same alias elsewhere alone', () => {
    expect(askedNames(['node_modules/x/node_modules/cases'], [asks(a)])).toEqual({})
  })

  test('finds the nearest entry of a workspace', () => {
    const keys = ['node_modules/cases', 'packages/w/node_modules/cases']
    expect(askedNames(keys, [asks(a, 'packages/w')])).toEqual({
      'packages/w/node_modules/cases': '@jsr/luca__a',
    })
  })

  test('finds the entry of a workspace that stands at the root', () => {
    expect(askedNames(['node_modules/cases'], [asks(a, 'packages/w')])).toEqual({
      'node_modules/cases': '@jsr/luca__a',
    })
  })

  test('names nothing where two manifests ask for different packages, and judges it still', () => {
    const manifests = [asks(a), asks('npm:@jsr/luca__b@^1', 'packages/w')]
    expect(askedNames(['node_modules/cases'], manifests)).toEqual({
      'node_modules/cases': undefined,
    })
  })

  test.for(['node_modules/.package-lock.json', 'npm-shrinkwrap.json'])('holds in %s', (file) => {
    expect(askedNames(['node_modules/cases'], [asks(a)], file)).toEqual({
      'node_modules/cases': '@jsr/luca__a',
    })
  })

  test('is taken from the lockfile’s folder on', () => {
    const asked = askedNames(['node_modules/cases'], [asks(a, 'tools')], 'tools/package-lock.json')
    expect(asked).toEqual({ 'node_modules/cases': '@jsr/luca__a' })
    expect(askedNames(['node_modules/cases'], [asks(a)], 'tools/package-lock.json')).toEqual({})
  })
})

describe('routes matter', () => {
  const ordinary = {
    registry: undefined,
    clients: [createClient({ route: createBuiltIn('https://npm.client.example/') })],
  }

  test('not to an ordinary project', () => {
    const manifests = [createManifest({ dependencies: { lodash: '^4' } })]
    const lockfiles = [createLockfile([createLocked({ name: 'lodash' })])]
    expect(judgeContext(createContext({ ...ordinary, manifests, lockfiles })).hasJsr).toBe(false)
  })

  test.for([
    ['jsr:^1', '@luca/cases'],
    [' jsr:^1', '@luca/cases'],
    ['jsr:/nonsense', 'cases'],
    ['npm:@jsr/luca__cases@^1', 'cases'],
    ['npm:@jsr/nonsense', 'cases'],
    ['^1', '@jsr/luca__cases'],
    ['workspace:*', '@jsr/luca__cases'],
    ['https://npm.jsr.io/x.tgz', 'cases'],
  ] as const)('where a manifest says %j', ([specifier, alias]) => {
    const manifests = [createManifest({ devDependencies: { [alias]: specifier } })]
    expect(judgeContext(createContext({ ...ordinary, manifests })).hasJsr).toBe(true)
  })

  test('where an @jsr package is locked, under whatever name', () => {
    const locked = plain({ source: remote(`${registry}@jsr/luca__cases/-/1.0.1.tgz`) })
    const lockfiles = [createLockfile([locked])]
    expect(judgeContext(createContext({ ...ordinary, lockfiles })).hasJsr).toBe(true)
  })

  test('where a locked package asks for one', () => {
    const asks = { from: 'a@1.0.0', alias: '@luca/cases', specifier: 'jsr:^1', line: () => 1 }
    const lockfiles = [createLockfile([], { transitiveSpecifiers: [asks] })]
    expect(judgeContext(createContext({ ...ordinary, lockfiles })).hasJsr).toBe(true)
  })

  test('where a lockfile can’t be read', () => {
    const content = { type: 'unreadable', reason: '', line: undefined, hint: undefined } as const
    const lockfiles = [{ ...createLockfile([]), content }]
    expect(judgeContext(createContext({ ...ordinary, lockfiles })).hasJsr).toBe(true)
  })

  test('where the registry is pinned', () => {
    expect(judgeContext(createContext({ ...ordinary, isRegistryPinned: true })).hasJsr).toBe(true)
  })

  test('where the scope is mapped', () => {
    const clients = [createClient({ route: createRoute('https://npm.jsr.io/') })]
    expect(judgeContext(createContext({ ...ordinary, clients })).hasJsr).toBe(true)
  })
})
