import { expect, test } from 'vitest'
import { createProject } from '../world/project.ts'
import { registry, runAlone } from './guard.ts'

test('init prints what it wrote, where npm goes now, and the CI step that was asked for', async () => {
  const cwd = await createProject({ 'package.json': {} })
  const args = ['init', '--registry', registry, '--ci', 'github']
  const { exitCode, stdout, stderr } = await runAlone(cwd, args)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.replace(/jsr-guard@\S+/, 'jsr-guard@VERSION')).toMatchInlineSnapshot(`
    "created   .npmrc
    created   jsr-guard.json
    npm asks https://npm.corp.example/npm/ (.npmrc:1) for @jsr

    Add this step to the job, before the one that installs:

          - name: JSR packages come through the private registry
            run: npx --yes jsr-guard@VERSION check
    "
  `)
})

test('a project that init has set up passes the check', async () => {
  const cwd = await createProject({ 'package.json': {} })
  await runAlone(cwd, ['init', '--registry', registry])
  expect(await runAlone(cwd, ['check'])).toMatchObject({ exitCode: 0, stderr: '' })
})

test('init fails where something else decides', async () => {
  const cwd = await createProject({ 'package.json': {} })
  const env = { 'npm_config_@jsr:registry': 'https://npm.jsr.io/' }
  const { exitCode, stdout } = await runAlone(cwd, ['init', '--registry', registry], env)
  expect(exitCode).toBe(1)
  expect(stdout).toContain(
    'npm asks https://npm.jsr.io/ (npm_config_@jsr:registry (environment)) for @jsr\n',
  )
})

test.for([
  [[], 'init needs the private registry'],
  [['--registry', registry, '--ci', 'jenkins'], '--ci takes github or gitlab'],
  [['--registry', registry, '--format=json'], 'init prints text to standard output only'],
  [['--registry', 'https://user:secret@npm.corp.example/'], "can't be the private registry's"],
] as const)('init %j is wrong usage', async ([args, expected]) => {
  const cwd = await createProject({ 'package.json': {} })
  const { exitCode, stdout, stderr } = await runAlone(cwd, ['init', ...args])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain(expected)
  expect(stderr).not.toContain('secret')
})
