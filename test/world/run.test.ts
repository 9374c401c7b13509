import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, assert, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients } from '../clients/clients.ts'
import { createProject } from './project.ts'
import { runClient } from './run.ts'
import type { RunOptions, RunResult } from './run.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

const [npm] = clients
assert(npm !== undefined)

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

describe('a client', patient, () => {
  const rows = clients.map((client) => [`${client.name} ${client.version}`, client] as const)

  test.for(rows)('%s is the one that runs, by itself and from PATH', async ([, client]) => {
    const env = world.env({}, client)
    const options = { cwd: await createProject({}), env }
    const direct = await runClient(client, ['--version'], options)
    expect(direct.stdout.trim()).toBe(client.version)
    const { stdout } = await execute(client.name, ['--version'], options)
    expect(stdout.trim()).toBe(client.version)
  })

  test('that is not installed fails by name, with what to type', () => {
    const gone = { ...npm, version: '0.0.1', args: [join(world.directory, 'npm-cli.js')] }
    const run = () => runClient(gone, [], { cwd: world.directory, env: {} })
    expect(run).toThrow(/^npm 0\.0\.1 is not installed .*prepare\.mjs --clients/)
  })

  test('that hangs is ended with all that it started', async () => {
    const result = await installFromHanging({ timeoutMs: 1000 })
    expect(result).toMatchObject({ exitCode: undefined, signal: 'SIGKILL' })
  })

  test('is ended as soon as it has asked for something', async () => {
    const controller = new AbortController()
    const running = installFromHanging({ signal: controller.signal })
    const asked = await world.until(({ kind }) => kind === 'request')
    controller.abort()
    expect(asked).toMatchObject({ host: 'hanging.corp.example', status: undefined })
    expect(await running).toMatchObject({ exitCode: undefined, signal: 'SIGTERM' })
  })
})

async function installFromHanging(options: Partial<RunOptions>): Promise<RunResult> {
  const files = {
    'package.json': { dependencies: { 'is-tiny': '1.0.0' } },
    '.npmrc': world.npmrc('hanging'),
  }
  assert(npm !== undefined)
  const place = { cwd: await createProject(files), env: world.env() }
  return await runClient(npm, ['install'], { ...place, ...options })
}

const execute = promisify(execFile)
