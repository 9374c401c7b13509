import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPackageJson } from '../../src/manifest/package-json.ts'

function read(manifest: unknown) {
  return readPackageJson(JSON.stringify(manifest, undefined, 2), 'package.json')
}

describe('specifiers', () => {
  test.for<readonly [string, object, string]>([
    ['dependencies', { dependencies: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['devDependencies', { devDependencies: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['optionalDependencies', { optionalDependencies: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['peerDependencies', { peerDependencies: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['acceptDependencies', { acceptDependencies: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['an override', { overrides: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['an override of a range', { overrides: { '@luca/cases@^1 || 2': 'jsr:^1' } }, '@luca/cases'],
    [
      'an override inside another',
      { overrides: { a: { '@luca/cases': 'jsr:^1' } } },
      '@luca/cases',
    ],
    ['an override of the package itself', { overrides: { 'b@1': { '.': 'jsr:^1' } } }, 'b'],
    ['a resolution', { resolutions: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['a resolution anywhere', { resolutions: { '**/@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['a resolution below', { resolutions: { '@s/a/@luca/cases@npm:1': 'jsr:^1' } }, '@luca/cases'],
    ['a resolution below a scope', { resolutions: { '@luca/cases/b': 'jsr:^1' } }, 'b'],
    [
      'an override of pnpm',
      { pnpm: { overrides: { 'a@1>@luca/cases@2': 'jsr:^1' } } },
      '@luca/cases',
    ],
    ['a range with >', { pnpm: { overrides: { '@luca/cases@>1 <2': 'jsr:^1' } } }, '@luca/cases'],
    ['a range with >=', { pnpm: { overrides: { 'a@>=1>b@1 || >2': 'jsr:^1' } } }, 'b'],
    [
      'an extension of pnpm',
      { pnpm: { packageExtensions: { 'a@1': { peerDependencies: { '@luca/cases': 'jsr:^1' } } } } },
      '@luca/cases',
    ],
    [
      'an extension of npm',
      { packageExtensions: { 'a@1': { dependencies: { '@luca/cases': 'jsr:^1' } } } },
      '@luca/cases',
    ],
    ['a catalog', { catalog: { '@luca/cases': 'jsr:^1' } }, '@luca/cases'],
    ['a named catalog', { catalogs: { x: { '@luca/cases': 'jsr:^1' } } }, '@luca/cases'],
    ['a catalog of Bun', { workspaces: { catalog: { '@luca/cases': 'jsr:^1' } } }, '@luca/cases'],
    [
      'named catalogs',
      { workspaces: { catalogs: { x: { '@luca/cases': 'jsr:^1' } } } },
      '@luca/cases',
    ],
  ])('are found in %s', ([, manifest, alias]) => {
    expect(read(manifest).dependencies).toMatchObject([{ alias, specifier: 'jsr:^1' }])
  })

  test('say where in the text they stand', () => {
    const text =
      '\uFEFF{\r\n  "name": "p",\r\n  "overrides": { "a": {\r\n    "b": "jsr:\\u005e1" } } }'
    const [dependency] = readPackageJson(text, 'packages/p/package.json').dependencies
    expect(dependency).toMatchObject({ path: ['overrides', 'a', 'b'], alias: 'b', line: 4 })
    expect(dependency?.specifier).toBe('jsr:^1')
    const { offset = 0, length = 0 } = dependency ?? {}
    expect(text.slice(offset, offset + length)).toBe('"jsr:\\u005e1"')
  })

  test('keep the white space around them, for npm takes those for folders', () => {
    const { dependencies } = read({ dependencies: { a: ' jsr:@luca/cases@^1 ' } })
    expect(dependencies.map(({ specifier }) => specifier)).toEqual([' jsr:@luca/cases@^1 '])
  })

  test('are not looked for where no client does', () => {
    const manifest = {
      scripts: { a: 'jsr:^1' },
      config: { dependencies: { a: 'jsr:^1' } },
      peerDependenciesMeta: { a: { optional: true } },
      pnpm: { patchedDependencies: { a: 'jsr:^1' } },
      imports: { '#a': 'jsr:^1' },
      workspaces: ['packages/*'],
    }
    expect(read(manifest).dependencies).toEqual([])
  })

  test('of an optional peer are marked, whatever npm takes for true', () => {
    const peerDependenciesMeta = { a: { optional: true }, b: { optional: 'yes' }, c: {} }
    const names = { a: '1', b: '1', c: '1', d: '1' }
    const { dependencies } = read({
      dependencies: names,
      peerDependencies: names,
      peerDependenciesMeta,
    })
    const optional = dependencies.filter(({ isOptionalPeer }) => isOptionalPeer)
    expect(optional.map(({ path }) => path)).toEqual([
      ['peerDependencies', 'a'],
      ['peerDependencies', 'b'],
    ])
  })

  test('are those that JSON.parse gives, for any text', () => {
    const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'constructor'))
    const names = fc.dictionary(key, fc.string({ unit: 'binary' }), { noNullPrototype: true })
    fc.assert(
      fc.property(names, fc.constantFrom(undefined, 1, '\t'), (dependencies, indent) => {
        const text = JSON.stringify({ dependencies }, undefined, indent)
        const found = readPackageJson(text, 'package.json').dependencies
        const parsed: { dependencies: Record<string, string> } = JSON.parse(text)
        expect(found.map(({ alias, specifier }) => [alias, specifier])).toEqual(
          Object.entries(parsed.dependencies),
        )
        const places = found.map(({ offset, length }) => text.slice(offset, offset + length))
        expect(places.map((place): unknown => JSON.parse(place))).toEqual(
          Object.values(parsed.dependencies),
        )
      }),
    )
  })
})

describe('the rest of a manifest', () => {
  test('name, folder and file are as they are', () => {
    const text = '{ "name": "p" }'
    expect(readPackageJson(text, 'packages/p/package.json')).toMatchObject({
      name: 'p',
      file: 'packages/p/package.json',
      folder: 'packages/p',
    })
    expect(readPackageJson('{}', 'package.json')).toMatchObject({ name: undefined, folder: '' })
  })

  test.for<readonly [object, readonly string[]]>([
    [{ bundleDependencies: ['a'], bundledDependencies: ['b'] }, ['a']],
    [{ bundledDependencies: ['b'] }, ['b']],
    [{ bundleDependencies: true, dependencies: { a: '1', b: '1' } }, ['a', 'b']],
    [{ bundleDependencies: false, dependencies: { a: '1' } }, []],
    [{ bundleDependencies: 'a' }, ['a']],
    [{ bundleDependencies: { a: '1' } }, ['a']],
    [{}, []],
  ])('%j bundles %j', ([manifest, bundled]) => {
    expect(read(manifest).bundled).toEqual(bundled)
  })

  test.for<readonly [object, readonly string[]]>([
    [{ workspaces: ['packages/*', '!packages/b'] }, ['packages/*', '!packages/b']],
    [{ workspaces: { packages: ['a'], nohoist: ['b'] } }, ['a']],
    [{ workspaces: { catalog: { a: '1' } } }, []],
    [{}, []],
  ])('%j has the workspaces %j', ([manifest, workspaces]) => {
    expect(read(manifest).workspaces).toEqual(workspaces)
  })
})

describe('a manifest is refused', () => {
  const refused = expect.objectContaining({
    code: 'ERR_JSR_GUARD_MANIFEST',
    file: 'a/package.json',
  })
  const deep = `{ "a": ${'['.repeat(50_000)}${']'.repeat(50_000)} }`

  test.for<readonly [string, string, number | undefined]>([
    ['with a key that stands twice', '{\n"dependencies": {\n"a": "1",\n"a": "jsr:^1" } }', 4],
    ['with a field that stands twice', '{\n"dependencies": {},\n"dependencies": {} }', 3],
    ['with a key twice where no dependency is', '{ "x": [{\n"a": 1,\n"\\u0061": 2 }] }', 3],
    ['with a merge conflict', '{\n<<<<<<< HEAD\n}', 2],
    ['with comments', '{ // comment\n}', 1],
    ['with something after its end', '{} {}', 1],
    ['without anything in it', '', undefined],
    ['that is an array', '[]', undefined],
    ['that is null', 'null', undefined],
    ['that is nested too deep to be walked', deep, undefined],
    ['with a specifier that is a number', '{ "dependencies": {\n"a": 1 } }', 2],
    ['with a specifier that is null', '{ "dependencies": {\n"a": null } }', 2],
    ['with a specifier that is an object', '{ "dependencies": {\n"a": { "version": "1" } } }', 2],
    ['with a specifier in an array', '{ "dependencies": {\n"a": ["jsr:^1"] } }', 2],
    ['with dependencies in an array', '{ "dependencies":\n["@luca/cases@jsr:^1"] }', 2],
    ['with dependencies in a string', '{ "peerDependencies":\n"jsr:^1" }', 2],
    ['with overrides in an array', '{ "overrides":\n["jsr:^1"] }', 2],
    ['with an override that is a number', '{ "overrides": { "a": {\n"b": 1 } } }', 2],
    ['with an override that is an array', '{ "overrides": {\n"a": ["jsr:^1"] } }', 2],
    ['with a resolution that is an object', '{ "resolutions": {\n"a": {} } }', 2],
    ['with extensions in an array', '{ "packageExtensions": {\n"a": [] } }', 2],
    ['with workspaces in a string', '{ "workspaces": "a" }', 1],
    ['with workspaces that are null', '{ "workspaces": null }', 1],
    ['with a workspace that is a number', '{ "workspaces": ["a", 1] }', 1],
    ['with packages in a string', '{ "workspaces": { "packages": "a" } }', 1],
  ])('%s', ([, text, line]) => {
    const error = catchError(() => readPackageJson(text, 'a/package.json'))
    expect(error).toEqual(refused)
    expect(error).toMatchObject(line === undefined ? {} : { line })
  })

  test.for([
    { dependencies: null, devDependencies: false },
    { catalog: 'of something else', catalogs: { a: { b: { c: 1 } }, d: 2 } },
    { workspaces: { catalog: [] } },
  ])('not with %j, in which no client finds anything', (manifest) => {
    expect(read(manifest).dependencies).toEqual([])
  })
})

function catchError(action: () => unknown): unknown {
  try {
    return action()
  } catch (error) {
    return error
  }
}
