import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readBunLockfile, refuseBunBinary } from '../../src/lockfile/bun.ts'
import { describeLockfile } from './describe.ts'

const hash = `sha512-${'A'.repeat(86)}==`
const url = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'

const lock = (packages: string, version: number | string = 1): string => `{
  "lockfileVersion": ${version},
  "workspaces": {
    "": {
      "name": "p",
      "dependencies": { "@luca/cases": "npm:@jsr/luca__cases@^1", "c": "^1", },
    },
    "packages/b": { "name": "b", "dependencies": { "c": "^2" } },
  },
  "packages": {
    ${packages}
  }
}
`

test.for([0, 1, 2])('entries as Bun writes them, in version %i', (version) => {
  const lockfile = readBunLockfile(
    lock(
      [
        `"@luca/cases": ["@jsr/luca__cases@1.0.1", "${url}", {}, "${hash}"],`,
        `"c": ["c@1.0.0", "", { "dependencies": { "@luca/x": "jsr:^1" } }, "${hash}"], // of the root`,
        `"b/c": ["c@2.0.0", "", {}, "${hash}"],`,
        '"b": ["b@workspace:packages/b"],',
        `"tarball": ["@jsr/luca__cases@${url}", {}, "${hash}"],`,
        '"folder": ["folder@file:folder", {}],',
        '"git": ["git@github:x/git#abcdef0", {}, "x-git-abcdef0"],',
        '"inner": ["inner@1.0.0", "", { "bundled": true }, "sha512-x"],',
      ].join('\n    '),
      version,
    ),
  )
  expect(describeLockfile(lockfile)).toEqual([
    `@luca/cases = @jsr/luca__cases@1.0.1 ${url} :11`,
    'c@1.0.0 route :12',
    'c@2.0.0 route :13',
    'b@undefined local packages/b :14',
    `tarball = @jsr/luca__cases@undefined ${url} :15`,
    'folder@undefined local file:folder :16',
    'git@undefined git github:x/git#abcdef0 :17',
    'inner@1.0.0 bundled :18',
  ])
  expect(lockfile.packages[0]?.integrity).toEqual([hash])
  expect(lockfile.transitiveSpecifiers).toMatchObject([{ from: 'c@1.0.0', specifier: 'jsr:^1' }])
  expect(lockfile.projects.map(({ folder, keys }) => [folder, ...(keys ?? [])])).toEqual([
    ['', ['@luca/cases', '@luca/cases'], ['c', 'c']],
    ['packages/b', ['c', 'b/c']],
  ])
})

test.for([
  ['no address', `["a@1.0.0", "not a url", {}, "${hash}"]`],
  ['a path', `["a@1.0.0", "../a.tgz", {}, "${hash}"]`],
  ['no version', `["a@latest", "", {}, "${hash}"]`],
  ['nothing else', '["a@1.0.0"]'],
  ['other order', `["a@1.0.0", {}, "", "${hash}"]`],
  ['a number', `["a@1.0.0", 1, {}, "${hash}"]`],
  ['a host called jsr', '["a@git+https:jsr/^1", {}, "x"]'],
  ['a name that is a path', `["../a@1.0.0", "", {}, "${hash}"]`],
])('%s is a source that can’t be told', ([, entry]) => {
  const { packages } = readBunLockfile(lock(`"a": ${entry}`))
  expect(packages.map(({ source }) => source.type)).toEqual(['unknown'])
})

test('a package is imported by the last name of its path, with its scope', () => {
  const key = fc
    .array(fc.constantFrom('/', '/', '@', '@s', 'a', 'parent', '@s/n', ''), { maxLength: 6 })
    .map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(key, (text) => {
      const [name = '', scope] = text.split('/').toReversed()
      const expected = scope?.startsWith('@') === true ? `${scope}/${name}` : name
      const { packages } = readBunLockfile(lock(`${JSON.stringify(text)}: ["a@1.0.0", "", {}]`))
      expect(packages[0]?.alias).toBe(expected)
    }),
    { numRuns: 1000, seed: 20_261_128 },
  )
})

describe('refused', () => {
  const entry = `"a": ["a@1.0.0", "", {}, "${hash}"]`
  test.for<readonly [title: string, text: string]>([
    ['two tables of packages, of which Bun takes the first', lock(`}, "packages": {${entry}`)],
    ['a package twice', lock(`${entry}, ${entry}`)],
    ['a package twice, with an escape', lock(`${entry}, ${entry.replace('"a"', '"\\u0061"')}`)],
    ['an option twice', lock('"a": ["a@1.0.0", "", {"os": "x", "os": "y"}, ""]')],
    ['version 3', lock(entry, 3)],
    ['a version that is a text', lock(entry, '"1"')],
    ['a table that Bun does not write', lock(entry).replace('"workspaces"', '"other"')],
    ['an entry that is no list', lock('"a": {}')],
    ['an entry of numbers', lock('"a": [1]')],
    ['two commas', lock(`${entry},,`)],
    ['a comment that never ends', lock(`${entry} /*`)],
    ['single quotes', lock(entry.replaceAll('"', "'"))],
    ['a merge conflict', `<<<<<<< HEAD\n${lock(entry)}`],
    ['nothing', ''],
    ['a list', '[]'],
  ])('%s', ([, text]) => {
    expect(() => readBunLockfile(text)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^ERR_JSR_GUARD_LOCKFILE_/) }),
    )
  })

  test('the binary one, with the command that makes it text', () => {
    expect(refuseBunBinary).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('--save-text-lockfile') }),
    )
  })
})
