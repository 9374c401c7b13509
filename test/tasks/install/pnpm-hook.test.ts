import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pnpmClients } from '../../clients/pnpm.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'

const patient = { timeout: 120_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
afterAll(() => world.close(), patient.timeout)

test.for(pnpmClients)(
  'with the hook that init has written, pnpm $version installs as well by itself as with the wrapper',
  patient,
  async (client) => {
    const cwd = await createProject({
      'package.json': {
        name: 'p',
        private: true,
        dependencies: { '@luca/cases': 'jsr:1.0.0', 'is-tiny': '^1', path: 'jsr:@std/path@^1' },
      },
    })
    const env = world.env({}, client)
    const guard = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await runGuard(args, { cwd, env })
      expect({ args, exitCode, stderr, stdout }).toMatchObject({ exitCode: 0 })
    }
    const pnpm = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await runClient(client, args, { cwd, env })
      expect({ args, exitCode, stdout, stderr }).toMatchObject({ exitCode: 0 })
    }
    await guard('--client', 'pnpm', '--registry', world.registry('good'), 'init')
    const manifest = await readFile(join(cwd, 'package.json'), 'utf8')
    await guard('--client', 'pnpm', 'install')
    // The lockfile that the wrapper makes is the one that the hook expects, and the other way round.
    await rm(join(cwd, 'node_modules'), { recursive: true })
    await pnpm('install', '--frozen-lockfile')
    await rm(join(cwd, 'pnpm-lock.yaml'))
    await pnpm('install', '--no-frozen-lockfile')
    await rm(join(cwd, 'node_modules'), { recursive: true })
    await guard('ci')
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(manifest)
    await guard('update')
    await guard('add', 'jsr:@std/internal@^1')
    await guard('ci')
    await pnpm('install', '--frozen-lockfile')
    const { dependencies } = JSON.parse(await readFile(join(cwd, 'package.json'), 'utf8'))
    expect(Object.keys(dependencies)).toEqual(['@luca/cases', '@std/internal', 'is-tiny', 'path'])
    for (const alias of ['@luca/cases', 'path']) expect(dependencies[alias]).toMatch(/^jsr:/)
    expect(world.askedJsr()).toEqual([])
  },
)
