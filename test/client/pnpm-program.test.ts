import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { findPnpm } from '../../src/client/pnpm-program.ts'
import { findClientProgram } from '../clients/clients.ts'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'

const { platform, execPath: nodePath } = process

async function find(cwd: string, env: Record<string, string>) {
  return await findPnpm({ env, platform, nodePath, cwd })
}

/** Makes a program in a folder for the PATH: a link, or a script of a shell. */
async function addProgram(folder: string, content: { link: string } | string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'pnpm')
  if (typeof content !== 'string') return await symlink(content.link, file)
  await writeFile(file, content)
  await chmod(file, 0o755)
}

describe.skipIf(platform === 'win32')('on PATH', () => {
  test.for(pnpmClients)(
    'finds pnpm $version behind a link, without starting it',
    async (client) => {
      const cwd = await createProject({})
      const { command, args } = findClientProgram(client)
      await addProgram(join(cwd, 'bin'), { link: args[0] ?? command })
      expect(await find(cwd, { PATH: join(cwd, 'bin') })).toMatchObject({
        command: args.length === 0 ? command : nodePath,
        prefixArguments: args,
        version: client.version,
      })
    },
  )

  test('asks a shim for its version, in the folder of the project', async () => {
    const cwd = await createProject({ 'package.json': {}, 'version.txt': '10.1.2\n' })
    await addProgram(join(cwd, 'bin'), '#!/bin/sh\n[ "$1" = --version ] && /bin/cat version.txt\n')
    expect(await find(cwd, { PATH: join(cwd, 'bin') })).toMatchObject({
      command: join(cwd, 'bin/pnpm'),
      prefixArguments: [],
      version: '10.1.2',
    })
  })

  test("passes over a project's own programs, and what fails when it is asked", async () => {
    const cwd = await createProject({})
    const evil = join(cwd, 'node_modules/.bin')
    await addProgram(evil, '#!/bin/sh\necho 6.6.6\n')
    await addProgram(join(cwd, 'broken'), '#!/bin/sh\nexit 1\n')
    const PATH = [evil, join(cwd, 'broken')].join(delimiter)
    await expect(find(cwd, { PATH })).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
  })
})

test('finds the pnpm that has started us, on its node', async () => {
  const [client] = pnpmClients
  const [script = ''] = client?.args ?? []
  const env = { npm_execpath: script, npm_node_execpath: '/usr/bin/node', PATH: '' }
  expect(await find(dirname(script), env)).toMatchObject({
    command: '/usr/bin/node',
    prefixArguments: [script],
    version: client?.version,
  })
})

test('takes npm for no pnpm', async () => {
  const cwd = await createProject({ 'npm/package.json': { name: 'npm', version: '11.0.0' } })
  const env = { npm_execpath: join(cwd, 'npm/bin/npm-cli.js'), PATH: '' }
  await expect(find(cwd, env)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
})
