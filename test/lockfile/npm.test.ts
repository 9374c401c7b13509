import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { JsrGuardError } from '../../src/errors.ts'
import type { LockedPackage, Lockfile } from '../../src/lockfile/locked-package.ts'
import { readNpmLockfile } from '../../src/lockfile/npm.ts'
import { describeSource } from './describe.ts'

const integrity = 'sha512-AAAA'
const registry = 'https://npm.corp.example/npm/'

/** The packages that a lockfile with these entries pins. */
function readEntries(entries: Readonly<Record<string, unknown>>): readonly LockedPackage[] {
  return readLock({ packages: { '': { name: 'p' }, ...entries } }).packages
}

function readLock(fields: Readonly<Record<string, unknown>>): Lockfile {
  return readNpmLockfile(JSON.stringify({ lockfileVersion: 3, ...fields }))
}

describe('lockfiles that npm has made', () => {
  test.for([
    {
      file: 'private-v3/package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 https://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
        'plain@2.0.0 https://npm.corp.example/npm/plain/-/plain-2.0.0.tgz',
      ],
    },
    {
      file: 'private-v2/package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 https://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
      ],
    },
    {
      file: 'extended-v4/package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 https://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
        'asks-jsr@1.0.0 https://npm.corp.example/npm/asks-jsr/-/asks-jsr-1.0.0.tgz',
      ],
    },
    {
      file: 'shrinkwrap/npm-shrinkwrap.json',
      packages: [
        '@jsr/std__text@1.0.2 https://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
      ],
    },
    {
      file: 'direct/package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 https://npm.jsr.io/~/11/@jsr/std__text/1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz',
      ],
    },
    {
      file: 'no-resolved/package-lock.json',
      packages: ['@jsr/std__text@1.0.2 route', '@luca/cases=@jsr/luca__cases@1.0.1 route'],
    },
    {
      file: 'bundled/package-lock.json',
      packages: [
        'bundler@1.0.0 http://npm.corp.example/npm/bundler/-/bundler-1.0.0.tgz',
        'deep-in-bundle@1.0.0 bundled',
        'in-bundle@1.0.0 bundled',
      ],
    },
    {
      file: 'embedded/package-lock.json',
      packages: [
        'shrinkwrapped@1.0.0 http://npm.corp.example/npm/shrinkwrapped/-/shrinkwrapped-1.0.0.tgz',
        'shrinkwrapped@1.0.0 unknown the npm-shrinkwrap.json inside its tarball',
        'plain@2.0.0 http://npm.corp.example/npm/plain/-/plain-2.0.0.tgz',
      ],
    },
    {
      file: 'folders/package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 http://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
        'holds-folder@1.0.0 http://npm.corp.example/npm/holds-folder/-/holds-folder-1.0.0.tgz',
        'inner@undefined bundled',
        'inner@undefined local node_modules/holds-folder/inner',
        'one@undefined local packages/one',
        'outside@undefined local ../outside',
        'packed@1.0.0 local file:packed.tgz',
        'plain@2.0.0 http://npm.corp.example/npm/plain/-/plain-2.0.0.tgz',
      ],
    },
    {
      file: 'hidden/hidden-package-lock.json',
      packages: [
        '@jsr/std__text@1.0.2 http://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
        'bundler@1.0.0 http://npm.corp.example/npm/bundler/-/bundler-1.0.0.tgz',
        'deep-in-bundle@1.0.0 bundled',
        'in-bundle@1.0.0 bundled',
        'one@undefined local packages/one',
      ],
    },
    {
      file: 'hidden-linked/hidden-package-lock.json',
      packages: [
        '@jsr/luca__cases@1.0.1 http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
        '@jsr/std__text@1.0.2 http://npm.corp.example/npm/@jsr/std__text/-/std__text-1.0.2.tgz',
        'bundler@1.0.0 http://npm.corp.example/npm/bundler/-/bundler-1.0.0.tgz',
        '@luca/cases=@jsr/luca__cases@1.0.1 http://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
      ],
    },
  ])('$file pins what npm locked', ({ file, packages }) => {
    expect(readFixture(file).packages.map(summarize)).toEqual(packages)
  })

  test('the hashes are those of the lockfile', () => {
    const { packages } = readFixture('private-v3/package-lock.json')
    for (const { integrity: hashes } of packages) {
      expect(hashes).toEqual([expect.stringMatching(/^sha512-[A-Za-z0-9+/]{86}==$/)])
    }
  })

  test('projects are the root, workspaces, and folders beside them', () => {
    const { projects } = readFixture('folders/package-lock.json')
    expect(
      projects.map(({ folder, dependencies }) => [folder, Object.fromEntries(dependencies)]),
    ).toEqual([
      [
        '',
        {
          'holds-folder': '1.0.0',
          outside: 'file:../outside',
          packed: 'file:packed.tgz',
          plain: '^2.0.0',
        },
      ],
      ['../outside', { '@jsr/std__text': '^1.0.0' }],
      ['packages/one', { '@luca/cases': 'npm:@jsr/luca__cases@^1.0.0' }],
    ])
  })

  test('the record in node_modules has no root, but its workspaces', () => {
    const { projects } = readFixture('hidden/hidden-package-lock.json')
    expect(projects.map(({ folder }) => folder)).toEqual(['packages/one'])
  })

  test('a jsr: specifier of a locked package is found, with who asks', () => {
    const { transitiveSpecifiers } = readFixture('transitive/package-lock.json')
    expect(transitiveSpecifiers).toEqual([
      {
        from: 'asks-jsr@1.0.0',
        alias: '@luca/cases',
        specifier: 'jsr:^1.0.0',
        line: expect.any(Function),
      },
    ])
    expect(transitiveSpecifiers[0]?.line()).toBe(28)
  })
})

function readFixture(file: string): Lockfile {
  return readNpmLockfile(
    readFileSync(new URL(`../fixtures/lockfile/npm/${file}`, import.meta.url), 'utf8'),
  )
}

function summarize({ alias, name, version, source }: LockedPackage): string {
  const called = alias === name ? name : `${alias}=${name}`
  return `${called}@${version} ${describeSource(source)}`
}

describe('where an entry comes from', () => {
  test.for([
    { entry: { version: '1.0.0', resolved: `${registry}a.tgz` }, source: `${registry}a.tgz` },
    { entry: { version: '1.0.0' }, source: 'route' },
    { entry: { version: '1.0.0', integrity }, source: 'route' },
    { entry: { version: '1.0.0-beta.1+5' }, source: 'route' },
    { entry: { name: '@jsr/luca__cases', version: '1.0.0' }, source: 'route' },
    { entry: { name: '', version: '1.0.0' }, source: 'route' },
    { entry: { version: '1.0.0', resolved: 'file:a.tgz' }, source: 'local file:a.tgz' },
    { entry: { resolved: 'packages/a', link: true }, source: 'local packages/a' },
    { entry: { resolved: '../a', link: true }, source: 'local ../a' },
    { entry: { resolved: '', link: true }, source: 'local ' },
    {
      entry: { version: '1.0.0', resolved: 'packages/a', link: false },
      source: 'unknown packages/a',
    },
    {
      entry: { version: '1.0.0', resolved: 'git+ssh://git@git.corp.example/a.git#abc' },
      source: 'git git+ssh://git@git.corp.example/a.git#abc',
    },
  ])('$entry: $source', ({ entry, source }) => {
    expect(
      readEntries({ 'node_modules/a': entry }).map((locked) => describeSource(locked.source)),
    ).toEqual([source])
  })

  test.for([
    { why: 'no version', entry: {} },
    { why: 'an empty version', entry: { version: '' } },
    { why: 'an address as version', entry: { version: 'https://npm.jsr.io/a.tgz' } },
    { why: 'another package as version', entry: { version: 'npm:@jsr/luca__cases@1.0.0' } },
    { why: 'a repository as version', entry: { version: 'github:luca/cases' } },
    { why: 'a path as version', entry: { version: 'file:../a' } },
    { why: 'a range as version', entry: { version: '^1.0.0' } },
    { why: 'a tag as version', entry: { version: 'latest' } },
    { why: 'a padded version', entry: { version: ' 1.0.0' } },
    { why: 'a version with a v', entry: { version: 'v1.0.0' } },
    { why: 'an address as name', entry: { name: 'https://npm.jsr.io/a.tgz?', version: '1.0.0' } },
    {
      why: 'a name with an address',
      entry: { name: 'a@https://npm.jsr.io/a.tgz?', version: '1.0.0' },
    },
    { why: 'a padded name', entry: { name: ' a', version: '1.0.0' } },
    { why: 'an empty address', entry: { version: '1.0.0', resolved: '' } },
    {
      why: 'an address with a space before it',
      entry: { resolved: ' https://npm.corp.example/a' },
    },
    { why: 'a link without a target', entry: { link: true } },
    { why: 'a link to an address', entry: { link: true, resolved: 'https://npm.jsr.io/a.tgz' } },
    { why: 'a link with a scheme', entry: { link: true, resolved: 'file:../a' } },
  ])('$why says nothing for certain', ({ entry }) => {
    expect(readEntries({ 'node_modules/a': entry })).toMatchObject([
      { source: { type: 'unknown' } },
    ])
  })

  test.for([
    'inBundle',
    'optional',
    'peer',
    'dev',
    'devOptional',
    'extraneous',
    'hasInstallScript',
  ])('an entry that is %s counts like any other', (flag) => {
    const entry = { version: '1.0.0', resolved: 'https://npm.jsr.io/a.tgz', [flag]: true }
    expect(readEntries({ 'node_modules/a': entry }).map(summarize)).toEqual([
      'a@1.0.0 https://npm.jsr.io/a.tgz',
    ])
  })

  test.for(['packages/a', '../a', ''])('a source is not lost in the folder %j', (key) => {
    const { packages, projects } = readLock({
      packages: { [key]: { name: 'a', resolved: 'https://npm.jsr.io/a.tgz' } },
    })
    expect(packages.map(summarize)).toEqual(['a@undefined https://npm.jsr.io/a.tgz'])
    expect(projects.map(({ folder }) => folder)).toEqual([key])
  })

  test('a folder inside a package comes with it, unless it says otherwise', () => {
    const packages = readEntries({
      'node_modules/a': { version: '1.0.0', resolved: `${registry}a.tgz` },
      'node_modules/a/x': {},
      'node_modules/a/y': { version: '1.0.0', resolved: 'https://npm.jsr.io/y.tgz' },
    })
    expect(packages.map(summarize)).toEqual([
      `a@1.0.0 ${registry}a.tgz`,
      'x@undefined bundled',
      'y@1.0.0 https://npm.jsr.io/y.tgz',
    ])
  })
})

describe('names', () => {
  test.for([
    { key: 'node_modules/a', name: undefined, alias: 'a', expected: 'a' },
    {
      key: 'node_modules/@luca/cases',
      name: undefined,
      alias: '@luca/cases',
      expected: '@luca/cases',
    },
    {
      key: 'node_modules/cases',
      name: '@jsr/luca__cases',
      alias: 'cases',
      expected: '@jsr/luca__cases',
    },
    { key: 'node_modules/x/node_modules/@a/b', name: undefined, alias: '@a/b', expected: '@a/b' },
    { key: 'packages/p/node_modules/a', name: 'b', alias: 'a', expected: 'b' },
  ])('$key is imported as $alias', ({ key, name, alias, expected }) => {
    const entry = { ...(name !== undefined && { name }), version: '1.0.0' }
    expect(readEntries({ [key]: entry })).toMatchObject([{ key, alias, name: expected }])
  })

  test('keys of Object.prototype are names like any other', () => {
    const text = `{"lockfileVersion":3,"packages":{
      "node_modules/constructor":{"version":"1.0.0"},
      "node_modules/a":{"version":"1.0.0","dependencies":{"__proto__":"jsr:^1","toString":"^1"}}
    }}`
    const { packages, transitiveSpecifiers } = readNpmLockfile(text)
    expect(packages.map(summarize)).toEqual(['constructor@1.0.0 route', 'a@1.0.0 route'])
    expect(transitiveSpecifiers).toMatchObject([{ alias: '__proto__', specifier: 'jsr:^1' }])
  })
})

test.for([
  { text: undefined, hashes: [] },
  { text: '', hashes: [] },
  { text: 'sha512-A', hashes: ['sha512-A'] },
  { text: 'sha512-A sha1-B', hashes: ['sha512-A', 'sha1-B'] },
  { text: ' sha512-A\n\tsha1-B ', hashes: ['sha512-A', 'sha1-B'] },
])('the integrity $text holds $hashes', ({ text, hashes }) => {
  const entry = { version: '1.0.0', ...(text !== undefined && { integrity: text }) }
  expect(readEntries({ 'node_modules/a': entry })).toMatchObject([{ integrity: hashes }])
})

describe('what lies in the tarball around it', () => {
  const bundler = { version: '1.0.0', resolved: `${registry}a.tgz` }
  const inBundle = { version: '1.0.0', inBundle: true }

  test.for([
    { title: 'is named there', fields: { bundleDependencies: ['b'] }, source: 'bundled' },
    {
      title: 'is named in the old spelling',
      fields: { bundledDependencies: ['b'] },
      source: 'bundled',
    },
    {
      title: 'is a dependency of one that bundles all',
      fields: { bundleDependencies: true, dependencies: { b: '1' } },
      source: 'bundled',
    },
    { title: 'is not named', fields: { bundleDependencies: ['x'] }, source: 'route' },
    {
      title: 'is a mere dependency',
      fields: { bundleDependencies: false, dependencies: { b: '1' } },
      source: 'route',
    },
    { title: 'has nothing around it that bundles', fields: {}, source: 'route' },
  ])('an entry that $title: $source', ({ fields, source }) => {
    const packages = readEntries({
      'node_modules/a': { ...bundler, ...fields },
      'node_modules/a/node_modules/b': inBundle,
    })
    expect(describeSource(packages.at(-1)?.source ?? { type: 'route' })).toBe(source)
  })

  test('what a bundled package needs is bundled as well, at any distance', () => {
    const packages = readEntries({
      'node_modules/a': { ...bundler, bundleDependencies: ['b'] },
      'node_modules/a/node_modules/b': { ...inBundle, dependencies: { c: '1' } },
      'node_modules/a/node_modules/c': { ...inBundle, optionalDependencies: { d: '1', e: '1' } },
      'node_modules/a/node_modules/c/node_modules/d': { ...inBundle, dependencies: { a: '1' } },
      'node_modules/a/node_modules/d': inBundle,
      'node_modules/e': inBundle,
    })
    expect(packages.map(({ key, source }) => [key, source.type])).toEqual([
      ['node_modules/a', 'remote'],
      ['node_modules/a/node_modules/b', 'bundled'],
      ['node_modules/a/node_modules/c', 'bundled'],
      ['node_modules/a/node_modules/c/node_modules/d', 'bundled'],
      // npm finds the nearer d, so that nothing bundled needs this one.
      ['node_modules/a/node_modules/d', 'route'],
      ['node_modules/e', 'route'],
    ])
  })

  test.for([
    {
      title: 'the project itself',
      entries: { '': { bundleDependencies: ['b'] } },
      key: 'node_modules/b',
    },
    {
      title: 'a workspace',
      entries: { 'packages/one': { bundleDependencies: ['b'] } },
      key: 'packages/one/node_modules/b',
    },
  ])('$title bundles nothing that is not fetched', ({ entries, key }) => {
    const { packages } = readLock({ packages: { ...entries, [key]: inBundle } })
    expect(packages.map(summarize)).toEqual(['b@1.0.0 route'])
  })

  test('packages that bundle each other come to an end', () => {
    const packages = readEntries({
      'node_modules/a': { ...bundler, bundleDependencies: ['a', 'b'] },
      'node_modules/a/node_modules/a': { ...inBundle, dependencies: { b: '1' } },
      'node_modules/a/node_modules/b': { ...inBundle, dependencies: { a: '1', b: '1' } },
    })
    expect(packages.map(({ source }) => source.type)).toEqual(['remote', 'bundled', 'bundled'])
  })
})

describe('links to other entries', () => {
  const target = { version: '1.0.0', resolved: 'https://npm.jsr.io/a.tgz', integrity }

  test('under the same name they are that entry', () => {
    const packages = readEntries({
      'node_modules/.store/a@1.0.0-h': {},
      'node_modules/.store/a@1.0.0-h/node_modules/a': target,
      'node_modules/a': { link: true, resolved: 'node_modules/.store/a@1.0.0-h/node_modules/a' },
    })
    expect(packages.map(summarize)).toEqual(['a@1.0.0 https://npm.jsr.io/a.tgz'])
  })

  test('under another name they are that package again', () => {
    const packages = readEntries({
      'node_modules/a': target,
      'node_modules/b': { link: true, resolved: 'node_modules/a' },
    })
    expect(packages).toMatchObject([
      { alias: 'a', name: 'a', key: 'node_modules/a' },
      { alias: 'b', name: 'a', key: 'node_modules/b', version: '1.0.0', integrity: [integrity] },
    ])
    expect(packages[1]?.source).toMatchObject({ type: 'remote' })
  })

  test.for(['node_modules/b', './node_modules/a', 'node_modules/c', '__proto__'])(
    'a link to %s is one to a folder',
    (path) => {
      const packages = readEntries({
        'node_modules/a': target,
        'node_modules/b': { link: true, resolved: path },
      })
      expect(packages.at(-1)?.source).toEqual({ type: 'local', path })
    },
  )
})

describe('what a locked package asks for itself', () => {
  test.for([
    { field: 'dependencies', specifier: 'jsr:^1' },
    { field: 'optionalDependencies', specifier: 'JSR:@luca/cases@^1' },
    { field: 'peerDependencies', specifier: ' jsr:^1' },
    { field: 'dependencies', specifier: '\tJsr:^1' },
  ])('$specifier in $field is found', ({ field, specifier }) => {
    const { transitiveSpecifiers } = readLock({
      packages: { 'node_modules/a': { version: '1.0.0', [field]: { '@luca/cases': specifier } } },
    })
    expect(transitiveSpecifiers).toMatchObject([
      { from: 'a@1.0.0', alias: '@luca/cases', specifier },
    ])
  })

  test('npm installs no devDependencies of a package, and projects are read as projects', () => {
    const asks = { '@luca/cases': 'jsr:^1' }
    const { transitiveSpecifiers } = readLock({
      packages: {
        '': { dependencies: asks },
        'packages/one': { dependencies: asks },
        'node_modules/a': { version: '1.0.0', devDependencies: asks },
      },
    })
    expect(transitiveSpecifiers).toEqual([])
  })

  test.for([
    { alias: 'x', specifier: 'https://npm.jsr.io/x.tgz' },
    { alias: 'x', specifier: 'HTTPS:\\\\NPM.JSR.IO/x.tgz' },
    { alias: '@jsr/luca__cases', specifier: 'https://evil.test/x.tgz' },
  ])(
    '$specifier under $alias counts as a package where no entry locks it',
    ({ alias, specifier }) => {
      const asking = { version: '1.0.0', dependencies: { [alias]: specifier } }
      const unlocked = [
        { key: 'node_modules/a', alias: 'a' },
        { key: 'node_modules/a', alias, name: alias },
      ]
      expect(readEntries({ 'node_modules/a': asking })).toMatchObject(unlocked)
      const other = { version: '1.0.0', resolved: `${registry}x.tgz` }
      const both = { 'node_modules/a': asking, [`node_modules/${alias}`]: other }
      expect(readEntries(both)).toMatchObject([...unlocked, { key: `node_modules/${alias}` }])
    },
  )

  test('what is locked at the very address counts once', () => {
    const specifier = 'https://npm.jsr.io/x.tgz'
    const packages = readEntries({
      'node_modules/a': { version: '1.0.0', dependencies: { x: specifier } },
      'node_modules/a/node_modules/b': { version: '1.0.0', peerDependencies: { x: specifier } },
      'node_modules/x': { version: '1.0.0', resolved: specifier },
    })
    expect(packages.map(({ key }) => key)).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/b',
      'node_modules/x',
    ])
  })

  test.for(['^1', 'latest', 'npm:@jsr/luca__cases@^1', 'file:../x', 'https://corp.example/x.tgz'])(
    '%s is no cause for alarm',
    (specifier) => {
      const asking = { version: '1.0.0', dependencies: { x: specifier } }
      expect(readEntries({ 'node_modules/a': asking })).toHaveLength(1)
    },
  )
})

describe('projects', () => {
  test('fields are merged as npm does, the last of them first', () => {
    const { projects } = readLock({
      packages: {
        '': {
          dependencies: { a: '1', b: '1', c: '1' },
          devDependencies: { a: '2' },
          optionalDependencies: { b: '3' },
          peerDependencies: { c: '4', d: '4' },
        },
      },
    })
    expect(Object.fromEntries(projects[0]?.dependencies ?? [])).toEqual({
      a: '2',
      b: '3',
      c: '1',
      d: '4',
    })
  })

  test('lines lead to the entries', () => {
    const text = JSON.stringify(
      { lockfileVersion: 3, packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } },
      undefined,
      2,
    )
    const { packages, projects } = readNpmLockfile(text)
    expect(projects[0]?.line()).toBe(4)
    expect(packages[0]?.line()).toBe(5)
  })
})

describe('versions', () => {
  test.for([2, 3, 4])('version %d is read', (lockfileVersion) => {
    expect(readLock({ lockfileVersion, packages: {} }).packages).toEqual([])
  })

  test.for([0, -1, 5, 6, 2.5, 1e9, '2', '3', null, true, [3], { v: 3 }, undefined])(
    'version %j is refused',
    (lockfileVersion) => {
      const error = catchError(JSON.stringify({ lockfileVersion, packages: {} }))
      expect(error.code).toBe('ERR_JSR_GUARD_LOCKFILE_VERSION')
      expect(error.hint).toContain('npm install --package-lock-only --ignore-scripts')
    },
  )

  test('in version 2 only what npm reads is read', () => {
    const { packages } = readLock({
      lockfileVersion: 2,
      packages: { 'node_modules/a': { version: '1.0.0', resolved: `${registry}a.tgz` } },
      dependencies: { a: { version: '1.0.0', resolved: 'https://npm.jsr.io/a.tgz' } },
    })
    expect(packages.map(summarize)).toEqual([`a@1.0.0 ${registry}a.tgz`])
  })

  test('version 1 is refused with the command that converts it', () => {
    const error = catchFixture('plain-v1/package-lock.json')
    expect(error).toMatchObject({
      code: 'ERR_JSR_GUARD_LOCKFILE_VERSION',
      line: 4,
      hint: 'convert it with: npm install --package-lock-only --ignore-scripts --lockfile-version=3',
    })
  })

  test('version 1 with an alias must not be converted, since npm would ask for the alias', () => {
    const error = catchFixture('alias-v1/package-lock.json')
    expect(error.code).toBe('ERR_JSR_GUARD_LOCKFILE_VERSION')
    expect(error.message).toContain('"@luca/cases", which is only an alias')
    expect(error.hint).toMatch(/^remove it, then lock anew/)
  })

  test('an alias deep inside version 1 is found', () => {
    const deep = { b: { version: '1.0.0', dependencies: { c: { version: 'NPM:@jsr/x__y@1' } } } }
    const text = JSON.stringify({ lockfileVersion: 1, dependencies: { a: { dependencies: deep } } })
    expect(catchError(text).message).toContain('"c"')
  })
})

describe('what is refused', () => {
  test.for([
    { why: 'nothing', text: '' },
    { why: 'no JSON', text: 'lockfileVersion: 3' },
    { why: 'a list', text: '[]' },
    { why: 'null', text: 'null' },
    { why: 'a text', text: '"packages"' },
    { why: 'no packages', text: '{"lockfileVersion":3}' },
    { why: 'null as packages', text: '{"lockfileVersion":3,"packages":null}' },
    { why: 'a list as packages', text: '{"lockfileVersion":3,"packages":[]}' },
    { why: 'a text as packages', text: '{"lockfileVersion":3,"packages":"x"}' },
    { why: 'something after the end', text: '{"lockfileVersion":3,"packages":{}}{}' },
    { why: 'two byte order marks', text: '\uFEFF\uFEFF{"lockfileVersion":3,"packages":{}}' },
  ])('$why', ({ text }) => {
    expect(catchError(text).code).toBe('ERR_JSR_GUARD_LOCKFILE_SYNTAX')
  })

  test('a byte order mark is passed over, as npm does', () => {
    expect(readNpmLockfile('\uFEFF{"lockfileVersion":3,"packages":{}}').packages).toEqual([])
  })

  test.for([
    {
      title: 'in an entry',
      text: '{"resolved": "https://a.example/a",\n"resolved": "https://npm.jsr.io/a"}',
    },
    { title: 'among the entries', text: '{},\n"node_modules/a": {}' },
  ])('a key that stands twice $title, at its line', ({ text }) => {
    const error = catchError(`{"lockfileVersion":3,"packages":{"node_modules/a":${text}}}`)
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', line: 2 })
    expect(error.cause).toBeInstanceOf(JsrGuardError)
  })

  test('a merge conflict, at its line', () => {
    const text = '{\n<<<<<<< HEAD\n"lockfileVersion": 3,\n=======\n>>>>>>> main\n"packages": {}\n}'
    expect(catchError(text)).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', line: 2 })
  })

  test.for([null, 'https://npm.jsr.io/a.tgz', 1, true, [], [{}]])('the entry %j', (entry) => {
    expect(catchEntry('node_modules/a', entry)).toMatchObject({
      code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX',
      line: 4,
    })
  })

  test.for([
    { resolved: null },
    { resolved: 5 },
    { resolved: false },
    { resolved: ['https://npm.jsr.io/a.tgz'] },
    { resolved: { raw: 'https://npm.jsr.io/a.tgz' } },
    { version: 1 },
    { version: null },
    { name: 5 },
    { name: ['a'] },
    { integrity: ['sha512-A'] },
    { integrity: {} },
    { link: 1 },
    { link: 'true' },
    { inBundle: 'yes' },
    { hasShrinkwrap: 0 },
    { dependencies: ['a'] },
    { dependencies: 'a' },
    { dependencies: null },
    { dependencies: { a: 1 } },
    { devDependencies: { a: null } },
    { optionalDependencies: { a: {} } },
    { peerDependencies: { a: [] } },
    { _resolved: 'https://npm.jsr.io/a.tgz' },
    { _integrity: 'sha512-A' },
    { _hasShrinkwrap: true },
  ])('an entry with %j', (fields) => {
    const error = catchEntry('node_modules/a', { version: '1.0.0', ...fields })
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', line: 4 })
    expect(error.message).toContain('"node_modules/a"')
    expect(error.message).toContain(`"${Object.keys(fields)[0]}"`)
  })

  test.for([
    'node_modules/../../x',
    'node_modules/../node_modules/a',
    'packages/../node_modules/a',
    '/node_modules/a',
    'C:/node_modules/a',
    'node_modules\\a',
    'node_modules//a',
    'node_modules/a/',
    './node_modules/a',
    'node_modules',
    'node_modules/@a',
    'node_modules/.bin/a',
    'node_modules/a\u0000',
  ])('the key %j, by name', (key) => {
    const error = catchEntry(key, { version: '1.0.0', resolved: `${registry}a.tgz` })
    expect(error).toMatchObject({ code: 'ERR_JSR_GUARD_LOCKFILE_SYNTAX', line: 4 })
    expect(error.message).toContain(JSON.stringify(key))
  })

  test('a folder inside a package that is not there', () => {
    expect(catchEntry('node_modules/a/b', {}).code).toBe('ERR_JSR_GUARD_LOCKFILE_SYNTAX')
  })

  test('a folder of the store that is said to be a package', () => {
    const error = catchEntry('node_modules/.store/a@1.0.0-h', { resolved: 'https://npm.jsr.io/a' })
    expect(error.code).toBe('ERR_JSR_GUARD_LOCKFILE_SYNTAX')
  })

  test('a long key is cut in the message', () => {
    expect(catchEntry(`node_modules/${'/'.repeat(10_000)}`, {}).message.length).toBeLessThan(200)
  })
})

function catchEntry(key: string, entry: unknown): JsrGuardError {
  return catchError(
    JSON.stringify({ lockfileVersion: 3, packages: { [key]: entry } }, undefined, 2),
  )
}

function catchFixture(file: string): JsrGuardError {
  return catchError(
    readFileSync(new URL(`../fixtures/lockfile/npm/${file}`, import.meta.url), 'utf8'),
  )
}

function catchError(text: string): JsrGuardError {
  try {
    readNpmLockfile(text)
  } catch (error) {
    if (error instanceof JsrGuardError) return error
    throw error
  }
  throw new Error(`accepted ${text.slice(0, 200)}`)
}
