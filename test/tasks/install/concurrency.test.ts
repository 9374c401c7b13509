import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import {
  afterAll,
  assert,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
} from 'vitest'
import { createProject } from '../../world/project.ts'
import { runGuard, startGuard, type Running } from '../../world/run.ts'
import { startWorld, type World, type WorldRequest } from '../../world/world.ts'
import { startHeldRegistry, type HeldRegistry } from './held-registry.ts'
import { isRunning, readClients } from './processes.ts'
import { clientOf, readTree } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
let registry: HeldRegistry
beforeAll(async () => {
  world = await startWorld()
  registry = await startHeldRegistry(world)
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

const npm11 = clientOf('11')

/** Two manifests with jsr:, so that a run can be killed between them. */
function createFiles(): Record<string, string | object> {
  return {
    'package.json': `{\n\t"name": "root",\n\t"workspaces": ["a"],\n\t"dependencies": { "@luca/cases": "jsr:^1", "is-tiny": "1" }\n}`,
    'a/package.json':
      '{ "name": "a", "version": "1.0.0", "dependencies": { "path": "jsr:@std/path@^1" } }\r\n',
    'a/notes.txt': 'not to be lost',
    '.npmrc': world.npmrc('good'),
  }
}

/** Until when a run is let alone. */
type Moment = (running: Running) => Promise<unknown>

const moments: ReadonlyArray<readonly [string, Moment]> = [
  ['as soon as it has started', async () => undefined],
  ['when it begins to resolve', whenPrinted(/making the lockfile/)],
  ['at npm’s first connection', whenAsked(({ kind }) => kind === 'connect')],
  ['when npm asks for a package', whenAsked(({ path }) => path.includes('luca__cases'))],
  ['when npm asks for the last package', whenAsked(({ path }) => path.includes('std__internal'))],
  ['when it begins to ask the registry', whenPrinted(/asking the registry/)],
  ['when it asks for a tarball', whenAsked(isTarballFor('jsr-guard'))],
  ['when it begins to install', whenPrinted(/installing/)],
  ['when npm asks for a tarball', whenAsked(isTarballFor('npm'))],
  ['when npm has installed', whenPrinted(/added/, 'stdout')],
  ...randomTimes({ seed: 20261123, count: 4, maxMs: 1800 }).map((ms): readonly [string, Moment] => [
    `after ${ms} ms`,
    () => delay(ms),
  ]),
]

test.for(moments)('a run that is killed %s is put right by the next', patient, async (row) => {
  const [, moment] = row
  const cwd = await createProject(createFiles())
  const before = await readTree(cwd)
  const env = world.env({}, npm11)
  const running = startGuard(['install'], { cwd, env })
  await moment(running)
  running.process.kill('SIGKILL')
  await running.result
  const next = await runGuard(['install'], { cwd, env })
  expect(next).toMatchObject({ exitCode: 0 })
  expect(next.stdout).toContain('3 @jsr packages locked: 3 private')
  const after = await readTree(cwd)
  expect(after.has('package-lock.json')).toBe(true)
  expect(new Map([...after].filter(([file]) => file !== 'package-lock.json'))).toEqual(before)
  expect(world.askedJsr()).toEqual([])
})

const held = `{
  "name": "held",
  "dependencies": {
    "@luca/cases": "jsr:^1"
  }
}
`

/** Adds a field, and asks for another version. */
function edit(text: string): string {
  return text.replace('"held",', '"held",\n  "description": "edited",').replace('1"\n', '1.0.1"\n')
}

/** Kills a run while it has the manifest translated; npm is left behind. */
async function killOne() {
  const files = { 'package.json': held, '.npmrc': registry.npmrc }
  const cwd = await createProject(files)
  const env = world.env({}, npm11)
  registry.hold('packument', 'npm')
  const running = startGuard(['install'], { cwd, env })
  await registry.held()
  const clients = await readClients(cwd)
  running.process.kill('SIGKILL')
  await running.result
  registry.release()
  return { cwd, env, clients, file: join(cwd, 'package.json') }
}

describe('after a run was killed while npm resolved', patient, () => {
  test('the next one says so, and ends the npm that was left behind', async () => {
    const { cwd, env, clients, file } = await killOne()
    expect(await readFile(file, 'utf8')).toContain('npm:@jsr/luca__cases@^1')
    const next = await runGuard(['install'], { cwd, env })
    expect(next).toMatchObject({ exitCode: 0 })
    expect(next.stderr).toContain('an earlier run was killed: put back package.json')
    expect(clients).toHaveLength(1)
    expect(clients.filter(isRunning)).toEqual([])
    expect(await readFile(file, 'utf8')).toBe(held)
  })

  test('an edit that somebody made in between is kept', async () => {
    const { cwd, env, file } = await killOne()
    const found = await readFile(file, 'utf8')
    await writeFile(file, edit(found))
    expect(await runGuard(['install'], { cwd, env })).toMatchObject({ exitCode: 0 })
    expect(await readFile(file, 'utf8')).toBe(edit(held))
  })

  test('a package.json that somebody has written anew is kept', async () => {
    const { cwd, env, file } = await killOne()
    const anew = '{ "name": "anew", "dependencies": { "cases": "jsr:@luca/cases@1" } }'
    await writeFile(file, anew)
    const next = await runGuard(['install'], { cwd, env })
    expect(next).toMatchObject({ exitCode: 0 })
    expect(next.stdout).toContain('private cases = @jsr/luca__cases 1.0.1')
    expect(await readFile(file, 'utf8')).toBe(anew)
  })

  test('the next one puts it right, even if it fails itself', async () => {
    const { cwd, env, file } = await killOne()
    expect(await runGuard(['ci'], { cwd, env })).toMatchObject({ exitCode: 1 })
    expect(await readFile(file, 'utf8')).toBe(held)
  })
})

test('the scripts of a run that was killed are ended by the next one', patient, async () => {
  const script = `require('node:child_process').spawn(process.execPath, ['-e', '0, setInterval(() => {}, 1000)'])
    .on('spawn', function () { console.log('running', process.pid, this.pid) })`
  const scripts = { postinstall: 'node script.cjs' }
  const files = { 'package.json': { name: 'p', scripts }, 'script.cjs': script }
  const cwd = await createProject({ ...files, '.npmrc': world.npmrc('good') })
  const env = world.env({}, npm11)
  const running = startGuard(['install'], { cwd, env })
  const [, ...found] = await whenPrinted(/^running (\d+) (\d+)$/m, 'stdout')(running)
  const pids = found.map(Number)
  onTestFinished(() => pids.filter(isRunning).forEach((pid) => process.kill(pid, 'SIGKILL')))
  running.process.kill('SIGKILL')
  expect(await runGuard(['install', '--ignore-scripts'], { cwd, env })).toMatchObject({
    exitCode: 0,
  })
  expect(pids.filter(isRunning)).toEqual([])
})

describe('of two runs in one folder', patient, () => {
  test('the second waits for the first, and both end well', async () => {
    const cwd = await createProject({ 'package.json': held, '.npmrc': registry.npmrc })
    const env = world.env({}, npm11)
    registry.hold('packument', 'npm')
    const first = startGuard(['install'], { cwd, env })
    await registry.held()
    const second = startGuard(['install'], { cwd, env })
    await whenPrinted(new RegExp(`waiting for the run with process id ${first.process.pid} `))(
      second,
    )
    registry.release()
    const outcomes = await Promise.all([first.result, second.result])
    expect(outcomes).toMatchObject([{ exitCode: 0 }, { exitCode: 0 }])
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(held)
    expect(await readTree(cwd)).toHaveProperty('size', 3)
  })

  test('the one that waits can be ended, and the other doesn’t care', async () => {
    const cwd = await createProject({ 'package.json': held, '.npmrc': registry.npmrc })
    const env = world.env({}, npm11)
    registry.hold('packument', 'npm')
    const first = startGuard(['install'], { cwd, env })
    await registry.held()
    const second = startGuard(['install'], { cwd, env })
    await whenPrinted(/waiting for the run/)(second)
    second.process.kill('SIGINT')
    expect(await second.result).toMatchObject({ exitCode: 130 })
    registry.release()
    expect(await first.result).toMatchObject({ exitCode: 0 })
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(held)
  })

  test('none loses a manifest when they start at the same time, in root and workspace', async () => {
    const cwd = await createProject(createFiles())
    const before = await readTree(cwd)
    const env = world.env({}, npm11)
    const folders = [cwd, join(cwd, 'a'), cwd]
    const outcomes = await Promise.all(
      folders.map((folder) => runGuard(['install'], { cwd: folder, env })),
    )
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0])
    const after = await readTree(cwd)
    expect(new Map([...after].filter(([file]) => file !== 'package-lock.json'))).toEqual(before)
  })
})

test(
  'a script that runs jsr-guard in the same project is refused, not kept waiting',
  patient,
  async () => {
    const guard = JSON.stringify(join(import.meta.dirname, '../../../dist/bin.js'))
    const scripts = { postinstall: `node ${guard.replaceAll('"', "'")} install` }
    const text = JSON.stringify({ name: 'p', scripts, dependencies: { '@luca/cases': 'jsr:^1' } })
    const cwd = await createProject({ 'package.json': text, '.npmrc': world.npmrc('good') })
    const outcome = await runGuard(['install'], { cwd, env: world.env({}, npm11) })
    expect(outcome).toMatchObject({ exitCode: 2 })
    expect(outcome.stderr).toContain('a script that jsr-guard runs starts jsr-guard again')
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(text)
  },
)

/** Waits until something is printed; an end before that is a failure. */
function whenPrinted(
  pattern: RegExp,
  stream: 'stdout' | 'stderr' = 'stderr',
): (running: Running) => Promise<RegExpExecArray> {
  return async ({ process: child, result }) => {
    const printed = new Promise<RegExpExecArray>((resolve) => {
      let all = ''
      child[stream]?.on('data', (data: Buffer) => {
        all += data.toString()
        const found = pattern.exec(all)
        if (found !== null) resolve(found)
      })
    })
    const end = result.then((outcome) => assert.fail(`it ended: ${JSON.stringify(outcome)}`))
    // Whoever kills it afterwards has heard enough.
    end.catch(() => undefined)
    return await Promise.race([printed, end])
  }
}

function whenAsked(matches: (asked: WorldRequest) => boolean): Moment {
  return () => world.until(matches)
}

function isTarballFor(who: 'npm' | 'jsr-guard'): (asked: WorldRequest) => boolean {
  return ({ path, headers }) =>
    path.endsWith('.tgz') && (headers['user-agent'] === 'jsr-guard') === (who === 'jsr-guard')
}

/** Times that differ, but not from run to run (a linear congruential generator). */
function randomTimes(options: { seed: number; count: number; maxMs: number }): number[] {
  let state = options.seed
  return Array.from({ length: options.count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.round((state / 2 ** 32) * options.maxMs)
  })
}
