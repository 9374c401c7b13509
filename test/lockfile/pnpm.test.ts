import { describe, expect, test } from 'vitest'
import type { LockedPackage } from '../../src/lockfile/locked-package.ts'
import { readPnpmLockfile } from '../../src/lockfile/pnpm.ts'
import { judgeSource } from '../../src/policy/verdict.ts'
import {
  createBuiltIn,
  createClient,
  createContext,
  createRoute,
  registry,
} from '../policy/context.ts'

const hash = `sha512-${'A'.repeat(86)}==`
const cases = '@jsr/luca__cases'
const jsrTarball = `https://npm.jsr.io/~/11/${cases}/1.0.1.tgz`
const privateTarball = `${registry}${cases}/-/luca__cases-1.0.1.tgz`

/** A lockfile of version 9 with one entry, and one project that asks for it. */
function lock9({
  key = `${cases}@1.0.1`,
  resolution = `{integrity: ${hash}}`,
  version = key,
  entry = '',
  snapshot = ' {}',
}: Partial<Record<'key' | 'resolution' | 'version' | 'entry' | 'snapshot', string>>): string {
  return `lockfileVersion: '9.0'

importers:

  .:
    dependencies:
      '@luca/cases':
        specifier: jsr:^1
        version: '${version}'

packages:

  '${key}':
    resolution: ${resolution}
${entry}
snapshots:

  '${key}':${snapshot}
`
}

function read(text: string): readonly LockedPackage[] {
  return readPnpmLockfile(text).packages
}

function only(text: string): LockedPackage {
  const [locked, ...more] = read(text)
  if (locked === undefined || more.length > 0) throw new Error('not one package')
  return locked
}

test('an entry without a tarball comes from wherever the route leads', () => {
  const { projects } = readPnpmLockfile(lock9({}))
  const { line, ...locked } = only(lock9({}))
  expect(locked).toEqual({
    alias: '@luca/cases',
    name: cases,
    version: '1.0.1',
    source: { type: 'route' },
    integrity: [hash],
    key: `${cases}@1.0.1`,
  })
  expect(line()).toBe(13)
  expect(projects).toMatchObject([
    {
      folder: '',
      dependencies: new Map([['@luca/cases', 'jsr:^1']]),
      keys: new Map([['@luca/cases', `${cases}@1.0.1`]]),
    },
  ])
  expect(projects[0]?.line()).toBe(5)
})

describe('where a tarball lies', () => {
  const remote = (text: string) => ({ type: 'remote', url: new URL(text), hasCredentials: false })
  test.for([
    ['absolute', jsrTarball, remote(jsrTarball)],
    ['plain http', `http://npm.jsr.io/a.tgz`, remote('http://npm.jsr.io/a.tgz')],
    [
      'relative',
      `${cases}/-/luca__cases-1.0.1.tgz`,
      { type: 'route', path: `${cases}/-/luca__cases-1.0.1.tgz` },
    ],
    [
      'relative, in JSR’s layout',
      `~/11/${cases}/1.0.1.tgz`,
      { type: 'route', path: `~/11/${cases}/1.0.1.tgz` },
    ],
  ] as const)('%s', ([, tarball, expected]) => {
    const text = lock9({ resolution: `{integrity: ${hash}, tarball: '${tarball}'}` })
    const { source } = only(text)
    if (source.type !== 'remote') return expect(source).toEqual(expected)
    // No plain object: it may parse the address only when it is asked for it.
    const { type, url, hasCredentials } = source
    return expect({ type, url, hasCredentials }).toEqual(expected)
  })

  test('credentials are taken off, and told of', () => {
    const text = lock9({ resolution: `{tarball: 'https://user:secret@npm.jsr.io/a.tgz'}` })
    expect(only(text).source).toMatchObject({ type: 'remote', hasCredentials: true })
    expect(JSON.stringify(only(text).source)).not.toContain('secret')
  })

  test.for([
    '//npm.jsr.io/a.tgz',
    '\\\\npm.jsr.io\\a.tgz',
    'http:\\\\npm.jsr.io\\a.tgz',
    'https:npm.jsr.io/a.tgz',
    'https:/npm.jsr.io/a.tgz',
    'https:///npm.jsr.io/a.tgz',
    'HTTP://npm.jsr.io/a.tgz',
    'https://NPM.jsr.io/a.tgz',
    'https://npm.jsr.io:443/a.tgz',
    'https://2130706433/a.tgz',
    '  https://npm.jsr.io/a.tgz',
    'https://npm.jsr.io/a/../b.tgz',
    'https://npm.jsr.io/a b.tgz',
    '/a.tgz',
    '/\\npm.jsr.io/a.tgz',
    '../../a.tgz',
    'a/./b.tgz',
    './a.tgz',
    'javascript:a',
    'ftp://npm.jsr.io/a.tgz',
    'file:a.tgz',
    'http://private@npm.jsr.io:80/a.tgz',
  ])('%j is no address that all readers take alike', (tarball) => {
    const text = lock9({ resolution: `{tarball: '${tarball}'}` })
    expect(only(text).source.type).toBe('unknown')
  })

  test.for([
    ['an escape is read before the address', '"\\x68ttps://npm.jsr.io/a.tgz"', 'remote'],
    ['a tab in the scheme', '"ht\\ttps://npm.jsr.io/a.tgz"', 'unknown'],
    ['a number', '1', 'unknown'],
    ['a list', '[https://npm.jsr.io/a.tgz]', 'unknown'],
    ['true', 'true', 'unknown'],
    ['none', '~', 'route'],
    ['an empty text', "''", 'route'],
  ] as const)('%s', ([, yaml, type]) => {
    expect(only(lock9({ resolution: `{tarball: ${yaml}}` })).source.type).toBe(type)
  })
})

describe('a path below the route is judged with the route', () => {
  const locked = only(lock9({ resolution: `{integrity: ${hash}, tarball: x/-/x-1.0.0.tgz}` }))
  test.for([
    ['the private registry', createRoute(registry), 'private'],
    ['JSR', createBuiltIn('https://npm.jsr.io/'), 'direct'],
    ['another', createRoute('https://npm.other.example/'), 'foreign'],
    [
      'one whose name begins like it',
      createRoute('https://npm.corp.example.evil.test/npm/'),
      'foreign',
    ],
  ] as const)('%s', ([, route, verdict]) => {
    const client = createClient({ name: 'pnpm', route })
    expect(judgeSource(locked, createContext(), client).verdict).toBe(verdict)
  })
})

describe('what an entry may be', () => {
  test.for([
    [
      'keyed by its address',
      {
        key: `${cases}@${jsrTarball}`,
        resolution: `{tarball: ${jsrTarball}}`,
        entry: '    version: 1.0.1',
      },
      { name: cases, version: '1.0.1', source: { type: 'remote' } },
    ],
    [
      'keyed by one address and fetched from another',
      { key: `${cases}@${privateTarball}`, resolution: `{tarball: ${jsrTarball}}` },
      { source: { type: 'unknown' } },
    ],
    [
      'keyed by an address, without one',
      { key: `${cases}@${jsrTarball}`, entry: '    version: 1.0.1' },
      { source: { type: 'unknown' } },
    ],
    [
      'of a named registry',
      { key: `${cases}@jj:1.0.0` },
      { name: cases, source: { type: 'unknown' } },
    ],
    ['of npmjs:', { key: 'a@npmjs:1.0.0' }, { name: 'a', source: { type: 'unknown' } }],
    ['of gh:', { key: '@jsr/a@gh:1.0.0' }, { source: { type: 'unknown' } }],
    [
      'a repository',
      {
        key: 'a@git+https://git.corp.example/a.git#0123',
        resolution: '{commit: 0123abc, repo: https://git.corp.example/a.git, type: git}',
      },
      { source: { type: 'git', url: 'https://git.corp.example/a.git' } },
    ],
    [
      'a repository by ssh',
      { key: 'a@git+ssh://x', resolution: '{commit: a1, repo: git@npm.jsr.io:a/b.git, type: git}' },
      { source: { type: 'git', url: 'git@npm.jsr.io:a/b.git' } },
    ],
    [
      'a folder',
      { key: 'a@file:a', resolution: '{directory: a, type: directory}' },
      { source: { type: 'local', path: 'a' } },
    ],
    [
      'a packed file',
      { key: 'a@file:a.tgz', resolution: `{integrity: ${hash}, tarball: file:a.tgz}` },
      { source: { type: 'local', path: 'a.tgz' } },
    ],
    [
      'a packed file that some versions fetch from elsewhere',
      { key: 'a@file:a.tgz', resolution: `{tarball: ${jsrTarball}}` },
      { source: { type: 'unknown' } },
    ],
    [
      'one of another type',
      { resolution: `{type: custom:x, url: ${jsrTarball}}` },
      { source: { type: 'unknown' } },
    ],
    [
      'with a field that is not known',
      { resolution: `{integrity: ${hash}, registry: https://npm.jsr.io/}` },
      { source: { type: 'unknown' } },
    ],
    ['with another name', { entry: '    name: other' }, { source: { type: 'unknown' } }],
    [
      'with another version',
      { entry: '    version: 1.0.0/../../x' },
      { source: { type: 'unknown' } },
    ],
    ['without resolution', { resolution: '~' }, { source: { type: 'unknown' } }],
    ['without integrity', { resolution: '{}' }, { source: { type: 'route' }, integrity: [] }],
    ['of a name that climbs', { key: '@jsr/..@1.0.0' }, { source: { type: 'unknown' } }],
    ['of no exact version', { key: `${cases}@v1.0.0` }, { source: { type: 'unknown' } }],
  ] as const)('%s', ([, parts, expected]) => {
    expect(only(lock9(parts))).toMatchObject(expected)
  })

  test('one source for each platform', () => {
    const variant = (url: string) =>
      `{targets: [{os: linux}], resolution: {type: binary, url: '${url}', integrity: ${hash}, archive: tarball, bin: bin/node}}`
    const variants = [jsrTarball, 'https://node.corp.example/a.tgz'].map(variant).join(', ')
    const text = lock9({
      key: 'node@runtime:22.0.0',
      resolution: `{type: variations, variants: [${variants}]}`,
    })
    expect(read(text).map(({ source }) => source)).toMatchObject([
      { type: 'remote', url: new URL(jsrTarball) },
      { type: 'remote', url: new URL('https://node.corp.example/a.tgz') },
    ])
    const empty = lock9({ resolution: '{type: variations, variants: []}' })
    expect(only(empty).source.type).toBe('unknown')
  })
})

describe('what is asked for and has no entry is a package whose source is unknown', () => {
  test.for([
    ['a project asks for an address', lock9({ version: jsrTarball })],
    ['a project asks for another entry', lock9({ version: 'evil@1.0.0' })],
    [
      'a package depends on an address',
      lock9({ snapshot: `\n    dependencies:\n      x: ${jsrTarball}` }),
    ],
    [
      'a package depends on another entry',
      lock9({ snapshot: '\n    dependencies:\n      x: 1.0.0' }),
    ],
    [
      'a snapshot has a resolution',
      lock9({ snapshot: `\n    resolution: {tarball: ${jsrTarball}}` }),
    ],
    ['a version is a number', lock9({}).replace(/version: '@.*/, 'version: 1')],
  ] as const)('%s', ([, text]) => {
    expect(read(text).map(({ source }) => source.type)).toContain('unknown')
  })

  test('a snapshot without a package', () => {
    const text = lock9({}).replace(/packages:[^]*snapshots/, 'packages: {}\n\nsnapshots')
    expect(read(text)).toMatchObject([{ source: { type: 'unknown' } }])
  })
})

test('what stands where a manifest asks for something else can be told by its key', () => {
  const text = lock9({ key: 'evil@1.0.0', version: 'evil@1.0.0' })
  expect(readPnpmLockfile(text).projects[0]?.keys?.get('@luca/cases')).toBe('evil@1.0.0')
  expect(only(text)).toMatchObject({ alias: '@luca/cases', name: 'evil' })
})

test('peers and patches are no part of the key', () => {
  const text = lock9({ version: `${cases}@1.0.1(a@1.0.0)(b@2.0.0(c@3.0.0))` }).replace(
    `'${cases}@1.0.1': {}`,
    `'${cases}@1.0.1(a@1.0.0)(b@2.0.0(c@3.0.0))': {}`,
  )
  expect(only(text)).toMatchObject({ name: cases, version: '1.0.1', source: { type: 'route' } })
})

describe('several documents', () => {
  const env = lock9({ key: 'conf@1.0.0' }).replace("'@luca/cases'", 'conf')
  const main = lock9({})

  test('the packages of both count, each at its line', () => {
    const text = `---\n${env}\n---\n${main}`
    const packages = read(text)
    expect(packages.map(({ name }) => name)).toEqual(['conf', cases])
    const lines = text.split('\n')
    expect(packages.map(({ line }) => lines[(line() ?? 0) - 1])).toEqual([
      "  'conf@1.0.0':",
      `  '${cases}@1.0.1':`,
    ])
  })

  test.for([
    ['the first alone', `---\n${env}`, ['conf']],
    ['the first, and nothing behind the second mark', `---\n${env}\n---\n`, ['conf']],
    ['line ends of Windows', `---\n${env}\n---\n${main}`.replaceAll('\n', '\r\n'), ['conf', cases]],
    ['a mark at the start', `\uFEFF---\n${env}\n---\n${main}`, ['conf', cases]],
  ] as const)('%s', ([, text, names]) => {
    expect(read(text).map(({ name }) => name)).toEqual(names)
  })

  test.for([
    ['a third', `---\n${env}\n---\n${main}\n---\n${main}`],
    ['a first that does not begin with the mark', `${env}\n---\n${main}`],
    ['a first with another mark', `--- # env\n${env}\n---\n${main}`],
    ['a second behind three dots', `${main}\n...\n${main}`],
    ['a first that is no lockfile', `---\na: 1\n---\n${main}`],
  ] as const)('%s is refused', ([, text]) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'JsrGuardError' }))
  })
})

describe('what is refused as a whole', () => {
  const syntax = 'ERR_JSR_GUARD_LOCKFILE_SYNTAX'
  const version = 'ERR_JSR_GUARD_LOCKFILE_VERSION'
  test.for([
    ['an empty file', '', syntax],
    ['a comment', '# nothing', syntax],
    ['a list', '- a', syntax],
    ['a key twice', `${lock9({})}packages: {}\n`, syntax],
    ['an entry twice', lock9({ entry: `\n  '${cases}@1.0.1': {}` }), syntax],
    ['an alias', lock9({ resolution: '&a {}' }).replace(': {}\n', ': *a\n'), syntax],
    ['a merge key', lock9({ entry: '    <<: {resolution: {}}' }), syntax],
    ['a tag', lock9({ resolution: '!!js/function x' }), syntax],
    ['binary text', lock9({ resolution: '{tarball: !!binary aHR0cA==}' }), syntax],
    ['a merge conflict', `<<<<<<< ours\n${lock9({})}`, syntax],
    ['an entry that is no mapping', lock9({}).replace(/resolution:.*\n/, 'x\n'), syntax],
    ['packages that are no mapping', "lockfileVersion: '9.0'\npackages: []\n", syntax],
    ['packages without snapshots', lock9({}).replace(/snapshots:[^]*/, ''), syntax],
    ['no version', 'packages: {}\n', version],
    ['a version to come', "lockfileVersion: '14.0'\n", version],
    ['a version between', "lockfileVersion: '7.0'\n", version],
    ['version 13 with the tables of version 9', lock9({}).replace('9.0', '13.0'), syntax],
    ['version 9 with the tables of version 13', "lockfileVersion: '9.0'\nprojects: {}\n", syntax],
    ['version 6 with snapshots', "lockfileVersion: '6.0'\nsnapshots: {}\n", syntax],
  ] as const)('%s', ([, text, code]) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code }))
  })
})

describe('older formats', () => {
  const v6 = (key: string, entry: string, version: string) =>
    `lockfileVersion: '6.0'\n\ndependencies:\n  '@luca/cases':\n    specifier: npm:${cases}@^1\n    version: '${version}'\n\npackages:\n\n  ${key}:\n    ${entry}\n`
  const v5 = (key: string, entry: string, version: string) =>
    `lockfileVersion: 5.4\n\nspecifiers:\n  '@luca/cases': npm:${cases}@^1\n\ndependencies:\n  '@luca/cases': '${version}'\n\npackages:\n\n  ${key}:\n    ${entry}\n`
  const pinned = `resolution: {integrity: ${hash}}`
  const named = { name: cases, version: '1.0.1', alias: '@luca/cases', source: { type: 'route' } }

  test.for([
    ['6', v6(`/${cases}@1.0.1`, pinned, `/${cases}@1.0.1`), named],
    ['6 with peers', v6(`/${cases}@1.0.1(a@1.0.0)`, pinned, `/${cases}@1.0.1(a@1.0.0)`), named],
    ['5', v5(`/${cases}/1.0.1`, pinned, `/${cases}/1.0.1`), named],
    ['5 with peers', v5(`/${cases}/1.0.1_a@1.0.0`, pinned, `/${cases}/1.0.1_a@1.0.0`), named],
    [
      '6, an address',
      v6(
        `'@npm.jsr.io/a'`,
        `resolution: {tarball: ${jsrTarball}}\n    name: '${cases}'\n    version: 1.0.1`,
        '@npm.jsr.io/a',
      ),
      { name: cases, version: '1.0.1', source: { type: 'remote', url: new URL(jsrTarball) } },
    ],
    [
      '6, a key without name',
      v6(`x${cases}@1.0.1`, pinned, `x${cases}@1.0.1`),
      { source: { type: 'unknown' } },
    ],
    [
      '5, another registry’s',
      v5(`npm.jsr.io/${cases}/1.0.1`, pinned, `npm.jsr.io/${cases}/1.0.1`),
      { source: { type: 'unknown' } },
    ],
  ] as const)('version %s', ([, text, expected]) => {
    expect(only(text)).toMatchObject(expected)
    const { projects } = readPnpmLockfile(text)
    expect(projects).toMatchObject([
      { folder: '', dependencies: new Map([['@luca/cases', `npm:${cases}@^1`]]) },
    ])
  })
})

describe('version 13', () => {
  const v13 = (entry: string) =>
    `{\n\t"lockfileVersion": "13.0",\n\n\t"projects": {\n\t\t".": {\n\t\t\t"dependencies": {\n\t\t\t\t"@luca/cases": {\n\t\t\t\t\t"specifier": "jsr:^1",\n\t\t\t\t\t"version": "${cases}@1.0.1",\n\t\t\t\t},\n\t\t\t},\n\t\t},\n\t},\n\n\t"packages": {\n\t\t"${cases}@1.0.1": {\n\t\t\t${entry}\n\t\t},\n\t},\n}\n`

  test.for([
    [
      'without resolution',
      `"integrity": "${hash}",`,
      { source: { type: 'route' }, integrity: [hash] },
    ],
    [
      'with a tarball',
      `"resolution": {"tarball": "${jsrTarball}"},\n\t\t\t"integrity": "${hash}",`,
      { source: { type: 'remote', url: new URL(jsrTarball) }, integrity: [hash] },
    ],
    ['without hash', '"engines": {"node": ">=1"},', { source: { type: 'route' }, integrity: [] }],
    [
      'with two hashes',
      `"resolution": {"integrity": "${hash}"},\n\t\t\t"integrity": "${hash}",`,
      { source: { type: 'unknown' } },
    ],
    [
      'with a field that is not known',
      '"tarball": "https://npm.jsr.io/a",',
      { source: { type: 'unknown' } },
    ],
  ] as const)('an entry %s', ([, entry, expected]) => {
    const locked = only(v13(entry))
    expect(locked).toMatchObject({ name: cases, version: '1.0.1', ...expected })
    expect(locked.line()).toBe(16)
  })
})
