import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())
const hookFile = fileURLToPath(new URL('../../dist/pnpmfile.cjs', import.meta.url))

describe.for(pnpmClients)('pnpm $version', (client) => {
  test('smoke', { timeout: 120_000 }, async () => {
    const cwd = await createProject({
      'package.json': {
        name: 'p',
        dependencies: { '@luca/cases': 'jsr:^1', 'needs-jsr': '1', alias: 'jsr:@std/path@^1' },
      },
      '.npmrc': `registry=${world.registry('good')}\n`,
      '.pnpmfile.cjs': await readFile(hookFile, 'utf8'),
    })
    const env = world.env()
    const say = (args: unknown, r: Awaited<ReturnType<typeof runClient>>) =>
      process.stderr.write(
        `${client.version} ${JSON.stringify(args)} exit ${r.exitCode} jsr ${world.askedJsr().length}\n${r.exitCode === 0 ? r.stdout.slice(0, 150) : r.stdout.slice(0, 1500)}\n${r.stderr.slice(0, 1500)}\n`,
      )
    for (const args of [
      ['install'],
      ['install', '--frozen-lockfile'],
      ['list', '--json'],
      ['add', 'jsr:@std/internal@^1'],
    ]) {
      const r = await runClient(client, args, { cwd, env })
      say(args, r)
      if (args.length === 1)
        process.stderr.write(
          String(await readFile(join(cwd, 'pnpm-lock.yaml'), 'utf8').catch(String)),
        )
    }
    await rm(join(cwd, 'node_modules'), { recursive: true, force: true })
    say('frozen', await runClient(client, ['install', '--frozen-lockfile'], { cwd, env }))
  })
})
