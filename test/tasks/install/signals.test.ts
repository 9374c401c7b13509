import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
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
import { clients, type Client } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runGuard, startGuard, type Running } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
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

/** A postinstall that says that it runs, starts a child that says so too, and never ends. */
const endless = `const { spawn } = require('node:child_process')
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
console.log('running', process.pid, child.pid)
setInterval(() => {}, 1000)
`

/** The same, and it ignores what it is told. */
const stubborn = `for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => {})
${endless}`

const moments = [
  'while npm resolves',
  'while the registry is asked',
  'while npm downloads',
  'while a script runs',
] as const

type Moment = (typeof moments)[number]

const signals = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const

// Windows has no signals that a program could catch.
describe.skipIf(process.platform === 'win32')('a run', patient, () => {
  const [, npm11] = clients
  const rows = clients.flatMap((client, index) =>
    moments.flatMap((moment) =>
      signals
        // All of them with one npm; with each of the others one signal, where npm itself runs.
        .filter(([signal]) => client === npm11 || signal === signals[index === 0 ? 0 : 1]?.[0])
        .filter(() => client === npm11 || moment !== 'while the registry is asked')
        .map(
          ([signal, exitCode]) => [signal, moment, client.version, { client, exitCode }] as const,
        ),
    ),
  )

  test.for(rows)('that gets %s %s of npm %s leaves all as it was', async (row) => {
    const [signal, moment, , { client, exitCode }] = row
    const { cwd, running, before } = await start(client, moment, endless)
    const started = await reach(moment, running)
    const pids = [...started, ...(await readClients(cwd))]
    expect(pids.filter(isRunning)).toEqual(pids)
    running.process.kill(signal)
    const outcome = await running.result
    registry.release()
    expect(outcome).toMatchObject({ exitCode })
    expect(pids.filter(isRunning)).toEqual([])
    expect(await readTree(cwd)).toEqual(before)
  })

  test('that a terminal interrupts, with all in its process group, ends alike', async () => {
    const { cwd, running, before } = await start(clientOf('11'), 'while npm resolves', endless)
    const pids = [...(await reach('while npm resolves', running)), ...(await readClients(cwd))]
    assert(running.process.pid !== undefined)
    process.kill(-running.process.pid, 'SIGINT')
    expect(await running.result).toMatchObject({ exitCode: 130 })
    registry.release()
    expect(pids.filter(isRunning)).toEqual([])
    expect(await readTree(cwd)).toEqual(before)
  })

  test.for(signals)('that gets %s ends scripts that ignore it', async ([signal, exitCode]) => {
    const moment = 'while a script runs'
    const { cwd, running, before } = await start(clientOf('11'), moment, stubborn)
    const pids = [...(await reach(moment, running)), ...(await readClients(cwd))]
    running.process.kill(signal)
    expect(await running.result).toMatchObject({ exitCode })
    expect(pids.filter(isRunning)).toEqual([])
    expect(await readTree(cwd)).toEqual(before)
  })

  test('that is ended keeps what somebody has edited meanwhile', async () => {
    const { cwd, running } = await start(clientOf('11'), 'while npm resolves', endless)
    await reach('while npm resolves', running)
    const file = join(cwd, 'package.json')
    const text = await readFile(file, 'utf8')
    expect(text).toContain('npm:@jsr/luca__cases@^1')
    await writeFile(file, text.replace('"held"', '"renamed"'))
    running.process.kill('SIGTERM')
    expect(await running.result).toMatchObject({ exitCode: 143 })
    registry.release()
    expect(await readFile(file, 'utf8')).toBe(format({ ...manifest, name: 'renamed' }))
  })

  test('that is ended while it adds a package takes back what npm saved, and no edit', async () => {
    const moment = 'while the registry is asked'
    const { cwd, running } = await start(clientOf('11'), moment, endless, [
      'add',
      'c@jsr:@luca/cases',
    ])
    await reach(moment, running)
    const file = join(cwd, 'package.json')
    expect(await readFile(file, 'utf8')).toContain('"c": "npm:@jsr/luca__cases')
    running.process.kill('SIGTERM')
    expect(await running.result).toMatchObject({ exitCode: 143 })
    registry.release()
    expect(await readFile(file, 'utf8')).toBe(format(manifest))
  })

  test('that was ended can be made again', async () => {
    const { cwd, env, running } = await start(clientOf('11'), 'while npm downloads', endless)
    await reach('while npm downloads', running)
    running.process.kill('SIGINT')
    await running.result
    registry.release()
    const again = await runGuard(['install', '--ignore-scripts'], { cwd, env })
    expect(again).toMatchObject({ exitCode: 0 })
    expect(again.stderr).not.toContain('an earlier run was killed')
  })
})

const manifest = {
  name: 'held',
  scripts: { postinstall: 'node script.cjs' },
  dependencies: { '@luca/cases': 'jsr:^1' },
}

interface Started {
  readonly cwd: string
  readonly env: Record<string, string>
  readonly running: Running
  /** The project as it was. */
  readonly before: ReadonlyMap<string, string>
}

/** Starts a run that will get as far as the moment, and no further. */
async function start(
  client: Client,
  moment: Moment,
  ...[script, args = ['install']]: [script: string, args?: readonly string[]]
): Promise<Started> {
  const cwd = await createProject({
    'package.json': manifest,
    'script.cjs': script,
    '.npmrc': registry.npmrc,
  })
  const before = await readTree(cwd)
  const env = world.env({}, client)
  if (moment === 'while npm resolves') registry.hold('packument', 'npm')
  if (moment === 'while the registry is asked') registry.hold('tarball', 'jsr-guard')
  if (moment === 'while npm downloads') registry.hold('tarball', 'npm')
  const running = startGuard(args, { cwd, env })
  onTestFinished(() => registry.release())
  return { cwd, env, running, before }
}

/** Waits for the moment; gives the processes that are known to run then. */
async function reach(moment: Moment, { process: child }: Running): Promise<number[]> {
  assert(child.pid !== undefined)
  if (moment !== 'while a script runs') {
    await registry.held()
    return [child.pid]
  }
  let printed = ''
  assert(child.stdout !== null)
  for await (const data of child.stdout) {
    printed += String(data)
    const [, ...pids] = /^running (\d+) (\d+)$/m.exec(printed) ?? []
    if (pids.length > 0) return [child.pid, ...pids.map(Number)]
  }
  throw new Error(`it ended before the script ran:\n${printed}`)
}

function format(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}
