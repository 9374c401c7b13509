import { describe, expect, test } from 'vitest'
import { rewriteFile } from '../../src/manifest/rewrite-files.ts'

describe('to npm:', () => {
  test.for<readonly [file: string, from: string, to: string]>([
    [
      '.yarnrc.yml',
      `catalog:\n  "@luca/cases": "jsr:^1" # x\n  b: 'jsr:@luca/b@1'\ncatalogs:\n  c:\n    "@luca/c": jsr:^1\n`,
      `catalog:\n  "@luca/cases": "npm:@jsr/luca__cases@^1" # x\n  b: 'npm:@jsr/luca__b@1'\ncatalogs:\n  c:\n    "@luca/c": "npm:@jsr/luca__c@^1"\n`,
    ],
    [
      'pnpm-workspace.yaml',
      `overrides:\n  '@luca/cases': jsr:^1\n`,
      `overrides:\n  '@luca/cases': "npm:@jsr/luca__cases@^1"\n`,
    ],
    [
      'deno.jsonc',
      '{ // x\n  "imports": { "c": "jsr:/@luca/cases", "d": "jsr:@luca/d@1", },\n}\n',
      '{ // x\n  "imports": { "c": "jsr:/@luca/cases", "d": "npm:@jsr/luca__d@1", },\n}\n',
    ],
    [
      'vlt.json',
      '{"modifiers": {"#a > #@luca/cases": "jsr:^1"}, "catalog": {"@luca/b": "jsr:^2"}}',
      '{"modifiers": {"#a > #@luca/cases": "npm:@jsr/luca__cases@^1"}, "catalog": {"@luca/b": "npm:@jsr/luca__b@^2"}}',
    ],
  ])('%s', ([file, from, to]) => {
    expect(rewriteFile(from, file, 'npm').text).toBe(to)
  })

  test('what would lose a part is left to people', () => {
    const { text, changes, problems } = rewriteFile(
      '{"imports": {"c": "jsr:@luca/cases@1/sub"}}',
      'deno.json',
      'npm',
    )
    expect({ text, changes }).toEqual({
      text: '{"imports": {"c": "jsr:@luca/cases@1/sub"}}',
      changes: [],
    })
    expect(problems).toMatchObject([{ path: ['imports', 'c'], line: 1 }])
  })
})

test('Deno’s files are never made to ask JSR itself', () => {
  const text = '{"imports": {"c": "npm:@jsr/luca__cases@1"}}'
  expect(rewriteFile(text, 'deno.json', 'jsr')).toEqual({ text, changes: [], problems: [] })
})
