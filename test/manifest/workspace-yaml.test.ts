import { expect, test } from 'vitest'
import { readWorkspaceFile } from '../../src/manifest/workspace-yaml.ts'

const file = 'pnpm-workspace.yaml'

test.for([
  { text: 'allowBuilds:\n  esbuild: true\n', packages: [], aliases: [] },
  {
    text: "packages:\n  - packages/*\n  - '!**/test'\n",
    packages: ['packages/*', '!**/test'],
    aliases: [],
  },
  { text: 'packages: [a, b]\n', packages: ['a', 'b'], aliases: [] },
  { text: 'packages:\n  - 1.0\n  - true\n', packages: ['1.0', 'true'], aliases: [] },
  { text: 'packages:\n  - a: b\n', packages: [], aliases: [] },
  { text: 'packages: a\n', packages: [], aliases: [] },
  { text: 'catalog:\n  a: jsr:^1\n', packages: [], aliases: ['a'] },
  { text: 'packages:\n  - a\ncatalogs:\n  b:\n    c: jsr:^1\n', packages: ['a'], aliases: ['c'] },
  { text: 'overrides:\n  a@1>b: jsr:^1\n', packages: [], aliases: ['b'] },
  {
    text: 'packageExtensions:\n  a:\n    dependencies:\n      c: jsr:^1\n',
    packages: [],
    aliases: ['c'],
  },
])('$text is read alike with and without a comment', ({ text, packages, aliases }) => {
  const read = readWorkspaceFile(text, file)
  expect(read.packages).toEqual(packages)
  expect(read.dependencies.map(({ alias }) => alias)).toEqual(aliases)
  // With one, nothing is read in the quick way.
  expect(readWorkspaceFile(`${text}# a comment\n`, file)).toEqual(read)
  expect(readWorkspaceFile(`\uFEFF${text}`, file).packages).toEqual(packages)
})
