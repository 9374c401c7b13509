import { expect, test } from 'vitest'
import { rewriteWorkspaceYaml } from '../../src/manifest/rewrite-workspace-yaml.ts'

const written = `# ours
packages: [packages/*] # all of them
catalog:
  '@luca/cases': jsr:^1 # plain
  cases: 'jsr:@luca/cases@^1'
  lodash: ^4
catalogs: { old: { '@std/path': "jsr:~1.0", x: '1' } }
overrides:
  "a@1>@std/path": jsr:1
`

test('specifiers are rewritten, and nothing else', () => {
  const { text, changes, problems } = rewriteWorkspaceYaml(written, 'pnpm-workspace.yaml', 'npm')
  expect(text).toBe(`# ours
packages: [packages/*] # all of them
catalog:
  '@luca/cases': npm:@jsr/luca__cases@^1 # plain
  cases: 'npm:@jsr/luca__cases@^1'
  lodash: ^4
catalogs: { old: { '@std/path': "npm:@jsr/std__path@~1.0", x: '1' } }
overrides:
  "a@1>@std/path": npm:@jsr/std__path@1
`)
  expect(problems).toEqual([])
  expect(changes.map(({ path, line }) => `${path.join('.')}:${line}`)).toEqual([
    'catalog.@luca/cases:4',
    'catalog.cases:5',
    'catalogs.old.@std/path:7',
    'overrides.a@1>@std/path:9',
  ])
})

test('and back', () => {
  const { text } = rewriteWorkspaceYaml(written, 'pnpm-workspace.yaml', 'npm')
  const back = rewriteWorkspaceYaml(text, 'pnpm-workspace.yaml', 'jsr')
  expect(back.text).toBe(written.replace('jsr:@luca/cases@^1', 'jsr:@luca/cases@^1'))
})

test('a byte order mark and other ends of lines stay', () => {
  const text = "\uFEFFcatalog:\r\n  '@luca/cases': jsr:^1\r\n"
  const expected = "\uFEFFcatalog:\r\n  '@luca/cases': npm:@jsr/luca__cases@^1\r\n"
  expect(rewriteWorkspaceYaml(text, 'pnpm-workspace.yaml', 'npm').text).toBe(expected)
})

test('what names no package, and what stands in a block of lines, is left for people', () => {
  const text = "catalog:\n  cases: jsr:^1\n  '@luca/cases': >-\n    jsr:^1\n"
  const result = rewriteWorkspaceYaml(text, 'pnpm-workspace.yaml', 'npm')
  expect(result.text).toBe(text)
  expect(result.problems).toMatchObject([
    { path: ['catalog', 'cases'], line: 2 },
    { path: ['catalog', '@luca/cases'], line: 3 },
  ])
})
