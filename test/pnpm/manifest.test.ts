import { expect, test } from 'vitest'
import {
  refuseWanted,
  rewriteConfig,
  rewriteDependencies,
  rewriteImporters,
} from '../../src/pnpm/manifest.ts'

test('every field that pnpm installs from is rewritten, and the rest is left', () => {
  const manifest = {
    name: 'p',
    dependencies: { '@luca/cases': 'jsr:^1', a: '^1' },
    devDependencies: { cases: 'JSR:@luca/cases' },
    optionalDependencies: { b: 'npm:c@1' },
    peerDependencies: { '@std/path': 'jsr:>=1 <2' },
  }
  expect(rewriteDependencies(manifest)).toEqual({
    name: 'p',
    dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1', a: '^1' },
    devDependencies: { cases: 'npm:@jsr/luca__cases@*' },
    optionalDependencies: { b: 'npm:c@1' },
    peerDependencies: { '@std/path': 'npm:@jsr/std__path@>=1 <2' },
  })
})

test('a manifest without jsr: is the very same object', () => {
  const manifest = { dependencies: { a: '^1', b: 'workspace:*', c: 'link:../c' }, x: null }
  expect(rewriteDependencies(manifest)).toBe(manifest)
})

test.for([
  ['jsr:^1', 'names no JSR package'],
  ['jsr:@luca/cases/sub@1', 'names no JSR package'],
  ['https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz', 'asks JSR itself for cases'],
  ['git+https://jsr.io/x.git', 'asks JSR itself for cases'],
  ['jj:@jsr/luca__cases@1', 'asks a registry of its own for cases'],
  ['npmjs:@jsr/luca__cases', 'asks a registry of its own for cases'],
])('%s stops pnpm', ([specifier = '', expected]) => {
  const manifest = { name: 'evil\u001b[2J', version: '1.0.0', dependencies: { cases: specifier } }
  expect(() => rewriteDependencies(manifest)).toThrow(expected)
  expect(() => rewriteDependencies(manifest)).toThrow('evil\\u{1b}[2J@1.0.0')
})

test.for([
  ['https://npm.jsr.io.corp.example/x.tgz'],
  ['npm:@jsr/luca__cases@^1'],
  ['NPM:@jsr/luca__cases@^1'],
  ['workspace:@jsr/mine@*'],
])('%s does not', ([specifier = '']) => {
  expect(rewriteDependencies({ dependencies: { cases: specifier } })).toEqual({
    dependencies: { cases: specifier },
  })
})

test('what is asked for on the command line may be jsr:, and no address on JSR', () => {
  expect(() => refuseWanted({ alias: 'x', bareSpecifier: 'jsr:@luca/cases' })).not.toThrow()
  expect(() => refuseWanted({ bareSpecifier: 'https://npm.jsr.io/x.tgz' })).toThrow('JSR itself')
})

test('catalogs, overrides and extensions are rewritten in pnpm’s configuration', () => {
  const config = {
    catalogs: { default: undefined, old: { '@luca/cases': 'jsr:^0' } },
    overrides: { 'a@1>@luca/cases': 'jsr:^1', b: '-' },
    packageExtensions: { c: { dependencies: { '@std/path': 'jsr:1' } } },
    other: 1,
  }
  expect(rewriteConfig(config)).toEqual({
    catalogs: { default: undefined, old: { '@luca/cases': 'npm:@jsr/luca__cases@^0' } },
    overrides: { 'a@1>@luca/cases': 'npm:@jsr/luca__cases@^1', b: '-' },
    packageExtensions: { c: { dependencies: { '@std/path': 'npm:@jsr/std__path@1' } } },
    other: 1,
  })
})

test('importers say what the next frozen install compares with', () => {
  const lockfile = {
    overrides: { '@std/path': 'jsr:1' },
    importers: {
      '.': { specifiers: { '@luca/cases': 'jsr:^1', '@std/path': 'jsr:1', a: '1' } },
      b: {},
    },
  }
  expect(rewriteImporters(lockfile)).toEqual({
    ...lockfile,
    importers: {
      '.': {
        specifiers: { '@luca/cases': 'npm:@jsr/luca__cases@^1', '@std/path': 'jsr:1', a: '1' },
      },
      b: {},
    },
  })
})
