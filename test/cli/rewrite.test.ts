import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createProject } from '../world/project.ts'
import { runAlone } from './guard.ts'

const before = { dependencies: { '@luca/cases': 'jsr:^1', a: '^1' } }
const after = { dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1', a: '^1' } }

async function readManifest(cwd: string): Promise<unknown> {
  return JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
}

test('rewrite --write writes aliases, and says what it changed', async () => {
  const cwd = await createProject({ 'package.json': before })
  expect(await runAlone(cwd, ['rewrite', '--write'])).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "signal": undefined,
      "stderr": "",
      "stdout": "package.json:3 dependencies > @luca/cases: jsr:^1 -> npm:@jsr/luca__cases@^1
    1 rewritten in 1 manifest
    ",
    }
  `)
  expect(await readManifest(cwd)).toEqual(after)
  expect(await runAlone(cwd, ['rewrite', '--write'])).toMatchObject({
    exitCode: 0,
    stdout: '0 rewritten in 1 manifest\n',
  })
})

test('rewrite --write --to jsr takes it back', async () => {
  const cwd = await createProject({ 'package.json': after })
  expect(await runAlone(cwd, ['rewrite', '--write', '--to', 'jsr'])).toMatchObject({ exitCode: 0 })
  expect(await readManifest(cwd)).toEqual(before)
})

test.for([
  [['--check'], 1],
  [[], 0],
] as const)('rewrite %j changes nothing, and ends with %i', async ([options, expected]) => {
  const cwd = await createProject({ 'package.json': before })
  const { exitCode, stdout } = await runAlone(cwd, ['rewrite', ...options])
  expect(exitCode).toBe(expected)
  expect(stdout).toContain('1 to rewrite in 1 manifest (--write does it)\n')
  expect(await readManifest(cwd)).toEqual(before)
})

test('what can’t be rewritten makes it fail, and is shown harmless', async () => {
  const specifier = 'jsr:\u001B[2J::error::'
  const cwd = await createProject({ 'package.json': { dependencies: { a: specifier } } })
  const { exitCode, stdout } = await runAlone(cwd, ['rewrite', '--quiet'])
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/^error package\.json:3 /)
  expect(stdout.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

test.for([
  [['--to', 'yarn'], 2],
  [['--format', 'json'], 2],
  [['a'], 2],
  [['--check', '--write'], 2],
  [['--cwd', 'nowhere'], 2],
  [['--cwd', 'empty'], 3],
] as const)('rewrite %j is refused with %i', async ([args, expected]) => {
  const cwd = await createProject({ 'empty/readme.md': '' })
  const { exitCode, stdout, stderr } = await runAlone(cwd, ['rewrite', ...args])
  expect({ exitCode, stdout }).toEqual({ exitCode: expected, stdout: '' })
  expect(stderr).not.toContain('this is a bug')
})
