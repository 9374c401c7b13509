import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clients, type Client } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

const patient = { timeout: 60_000 }
const guard = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

/** A project that checks itself before it is installed, and whose lockfile leads to JSR. */
async function createLeakyProject(): Promise<string> {
  const dependencies = { '@luca/cases': 'npm:@jsr/luca__cases@^1' }
  const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
  const resolved = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'
  const locked = { name: '@jsr/luca__cases', version: '1.0.1', resolved, integrity }
  const scripts = { preinstall: `"${process.execPath}" "${guard}" check` }
  return await createProject({
    'package.json': { name: 'p', scripts, dependencies },
    'package-lock.json': {
      name: 'p',
      lockfileVersion: 3,
      packages: {
        '': { name: 'p', hasInstallScript: true, dependencies },
        'node_modules/@luca/cases': locked,
      },
    },
    '.npmrc': world.npmrc('good'),
  })
}

const rows: ReadonlyArray<readonly [string, Client | undefined, boolean]> = [
  ['npm 12 is stopped by a check in the preinstall of the root', clients[2], false],
  ['npm 11 runs it when everything has been fetched already', clients[1], true],
]

test.for(rows)('%s', patient, async ([, client, isFetched]) => {
  if (client === undefined) throw new Error('there is no such npm')
  const cwd = await createLeakyProject()
  const env = world.env({}, client)
  const args = ['ci', '--allow-remote=all', '--foreground-scripts']
  const result = await runClient(client, args, { cwd, env })
  expect(result.exitCode).not.toBe(0)
  expect(`${result.stdout}${result.stderr}`).toContain('error[direct-resolution]')
  expect(world.askedJsr().length > 0).toBe(isFetched)
})
