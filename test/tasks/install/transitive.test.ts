import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, assert, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runGuard } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { clientOf, readTree } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
  world.publish({
    name: 'deep',
    version: '2.0.0',
    manifest: { dependencies: { 'needs-jsr': '^1' } },
  })
  world.publish({
    name: '@corp/named',
    version: '1.2.3',
    manifest: { optionalDependencies: { cased: 'jsr:@luca/cases@^1.0.0' } },
  })
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

/** The dependencies of a project, whose fault it is that npm fails, and what is proposed. */
const cases = [
  {
    title: 'a dependency',
    dependencies: { 'needs-jsr': '^1' },
    owner: 'needs-jsr@1.0.0',
    overrides: { 'needs-jsr': { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
  },
  {
    // npm alone has been seen to end without a word here.
    title: 'a dependency whose alias is that of one of the project’s own',
    dependencies: { '@luca/cases': 'jsr:^1', 'needs-jsr': '^1' },
    owner: 'needs-jsr@1.0.0',
    overrides: { 'needs-jsr': { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
  },
  {
    title: 'a dependency of a dependency, by another name',
    dependencies: { mine: 'npm:deep@^2' },
    owner: 'needs-jsr@1.0.0',
    overrides: { 'needs-jsr': { '@luca/cases': 'npm:@jsr/luca__cases@^1' } },
  },
  {
    title: 'an optional dependency of a scoped package',
    dependencies: { '@corp/named': '1.x' },
    owner: '@corp/named@1.2.3',
    overrides: { '@corp/named': { cased: 'npm:@jsr/luca__cases@^1.0.0' } },
  },
] as const

const rows = clients.flatMap((client) =>
  cases
    // Once with each npm, and all with one.
    .filter(({ title }) => client === clientOf('11') || /own$|^a dependency$/.test(title))
    .map((row) => [`${client.name} ${client.version}`, row.title, { client, ...row }] as const),
)

describe.for(rows)('%s, jsr: in %s', patient, ([, , row]) => {
  const { client, dependencies, owner, overrides } = row

  test('fails with its name and what to type, and what is typed is enough', async () => {
    const manifest = { name: 'p', dependencies }
    const cwd = await createProject({ 'package.json': manifest, '.npmrc': world.npmrc('good') })
    const before = await readTree(cwd)
    const env = world.env({}, client)
    const failed = await runGuard(['install'], { cwd, env })
    expect(failed).toMatchObject({ exitCode: 1 })
    expect(failed.stdout).toContain('error[jsr-specifier] package.json')
    expect(failed.stdout).toContain(`${owner}, a published package, asks for`)
    expect(await readTree(cwd)).toEqual(before)

    const proposed = readProposal(failed.stdout)
    expect(proposed).toEqual({ overrides })
    const mended = `${JSON.stringify({ ...manifest, ...proposed }, undefined, 2)}\n`
    await writeFile(join(cwd, 'package.json'), mended)
    const installed = await runGuard(['install'], { cwd, env })
    expect(installed).toMatchObject({ exitCode: 0 })
    expect(installed.stdout).toContain('1 @jsr package locked: 1 private')
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(mended)
    expect(world.askedJsr()).toEqual([])
  })
})

test.for([
  ['by its name', 'needs-jsr'],
  ['with a range', 'needs-jsr@^1'],
  ['by an alias', 'mine@npm:needs-jsr@1'],
] as const)('a package added %s is named as well', patient, async ([, argument]) => {
  const cwd = await createProject({ 'package.json': { name: 'p' }, '.npmrc': world.npmrc('good') })
  const before = await readTree(cwd)
  const env = world.env({}, clientOf('11'))
  const { exitCode, stdout } = await runGuard(['add', argument], { cwd, env })
  expect(exitCode).toBe(1)
  expect(stdout).toContain('needs-jsr@1.0.0, a published package, asks for "jsr:^1"')
  expect(await readTree(cwd)).toEqual(before)
})

test('an override may say jsr: itself, and stays as it is', patient, async () => {
  const text = `${JSON.stringify({
    name: 'p',
    dependencies: { '@luca/cases': 'jsr:^1', 'needs-jsr': '^1' },
    overrides: { 'needs-jsr': { '@luca/cases': 'jsr:^1.0.0' } },
  })}\n`
  const cwd = await createProject({ 'package.json': text, '.npmrc': world.npmrc('good') })
  const env = world.env({}, clientOf('11'))
  const { exitCode } = await runGuard(['install'], { cwd, env })
  expect(exitCode).toBe(0)
  expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(text)
})

test('another failure of npm’s is not explained by it', patient, async () => {
  const dependencies = { 'is-tiny': 'no tag!', 'needs-jsr': '^1' }
  const project = { 'package.json': { name: 'p', dependencies }, '.npmrc': world.npmrc('good') }
  const cwd = await createProject(project)
  const env = world.env({}, clientOf('11'))
  const { exitCode, stderr, stdout } = await runGuard(['install'], { cwd, env })
  expect(exitCode).toBe(1)
  expect(stderr).toContain('npm error code EINVALIDTAGNAME')
  expect(stdout).not.toContain('jsr-specifier')
})

/** The text that the hint says to add to package.json. */
function readProposal(stdout: string): object {
  const proposal = /add to package\.json: (".*\})$/m.exec(stdout)?.[1]
  assert(proposal !== undefined, stdout)
  return JSON.parse(`{${proposal}}`)
}
