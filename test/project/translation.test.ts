import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recoverTranslation, translateManifests } from '../../src/project/journal.ts'
import { acquireRunLock } from '../../src/project/lock.ts'
import { loadManifests } from '../../src/project/workspaces.ts'
import { clients, type Client } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'
import { runClient } from '../world/run.ts'
import { startWorld, type World } from '../world/world.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 180_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.close())

const rootText =
  '\uFEFF{\r\n  "name":"p",\t"workspaces": ["w"],\r\n"dependencies": {"cases" : "jsr:@luca/cases"}}'
const workspaceText = '{ "name": "w",\n\n  "devDependencies": { "@luca/cases": "jsr:\\u005e1" } }'

async function createTranslated(): Promise<string> {
  return await createProject({
    'package.json': rootText,
    'w/package.json': workspaceText,
    '.npmrc': world.npmrc('good'),
  })
}

interface ClientRun {
  readonly client: Client
  readonly args: readonly string[]
}

async function runTranslated(root: string, { client, args }: ClientRun) {
  const lock = await acquireRunLock(root)
  await recoverTranslation(root)
  const translation = await translateManifests(root, await loadManifests(root), lock)
  const result = await runClient(client, args, { cwd: root, env: world.env() })
  await translation.restore()
  await lock.release()
  return result
}

async function readManifests(root: string): Promise<string[]> {
  const read = async (file: string): Promise<string> => await readFile(join(root, file), 'utf8')
  return [await read('package.json'), await read('w/package.json')]
}

describe.for(clients)('$name $version', patient, (client) => {
  test('installs what it could not read, and the manifests stay as they are', async () => {
    const root = await createTranslated()
    const plain = await runClient(client, ['install'], { cwd: root, env: world.env() })
    expect(plain.stderr).toContain('EUNSUPPORTEDPROTOCOL')
    for (const args of [['install'], ['ci'], ['update']]) {
      expect(await runTranslated(root, { client, args })).toMatchObject({ exitCode: 0 })
      expect(await readManifests(root)).toEqual([rootText, workspaceText])
    }
    expect(await readdir(root)).not.toContain('.jsr-guard')
    expect(await readdir(join(root, 'node_modules'))).toContain('cases')
  })

  test('adds what it is asked to, which then says jsr: like the rest', async () => {
    const root = await createTranslated()
    const args = [
      'install',
      '@luca/cases@npm:@jsr/luca__cases@^1',
      '--workspace',
      'w',
      '--save-prod',
    ]
    expect(await runTranslated(root, { client, args })).toMatchObject({ exitCode: 0 })
    const [atRoot, inWorkspace = ''] = await readManifests(root)
    expect(atRoot).toBe(rootText)
    expect(JSON.parse(inWorkspace)).toEqual({
      name: 'w',
      dependencies: { '@luca/cases': expect.stringMatching(/^jsr:\^1\.\d+\.\d+$/) },
    })
  })

  test('removes what it is asked to, and nothing else', async () => {
    const root = await createTranslated()
    const args = ['uninstall', 'cases']
    expect(await runTranslated(root, { client, args })).toMatchObject({ exitCode: 0 })
    const [atRoot = '', inWorkspace] = await readManifests(root)
    expect(JSON.parse(atRoot)).toEqual({ name: 'p', workspaces: ['w'] })
    expect(inWorkspace).toBe(workspaceText)
  })
})
