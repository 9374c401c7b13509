import { realpathSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { describe, expect, test } from 'vitest'
import { findNpm, type FindProgramOptions } from '../../src/client/program.ts'
import { clients, findClientProgram } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'

const isWindows = process.platform === 'win32'

/** Files of an npm's package, below a folder. */
function npmFiles(folder: string, version = '11.0.0'): Record<string, string | object> {
  return {
    [`${folder}/package.json`]: { name: 'npm', version },
    [`${folder}/bin/npm-cli.js`]: '',
  }
}

function options(env: Record<string, string>, more: Partial<FindProgramOptions> = {}) {
  const { platform, execPath: nodePath } = process
  return { env, platform, nodePath, canRunShims: false, ...more }
}

/** Makes a program in a folder for the PATH: a link, or a script of a shell. */
async function addProgram(folder: string, name: string, content: { link: string } | string) {
  await mkdir(folder, { recursive: true })
  const file = join(folder, name)
  if (typeof content !== 'string') return await symlink(content.link, file)
  await writeFile(file, content)
  await chmod(file, 0o755)
}

test.for(clients)('finds npm $version where npx or npm run has started us', async (client) => {
  const {
    command,
    args: [script = ''],
  } = findClientProgram(client)
  const env = { npm_execpath: script, npm_node_execpath: command, PATH: '' }
  expect(await findNpm(options(env))).toEqual({
    command,
    prefixArguments: [script],
    version: client.version,
    folder: dirname(dirname(realpathSync(script))),
    nodePath: command,
  })
})

test('takes our own Node where it is not said which one has run npm', async () => {
  const cwd = await createProject(npmFiles('npm'))
  const env = { npm_execpath: join(cwd, 'npm/bin/npm-cli.js') }
  expect(await findNpm(options(env))).toMatchObject({ command: process.execPath })
})

describe.skipIf(isWindows)('on PATH', () => {
  test('finds the npm that a link leads to, and the node that comes first', async () => {
    const cwd = await createProject({
      ...npmFiles('one', '10.1.0'),
      ...npmFiles('two', '11.2.0'),
    })
    await addProgram(join(cwd, 'nodes'), 'node', '#!/bin/sh\n')
    await addProgram(join(cwd, 'first'), 'npm', { link: join(cwd, 'one/bin/npm-cli.js') })
    await chmod(join(cwd, 'one/bin/npm-cli.js'), 0o755)
    await addProgram(join(cwd, 'second'), 'npm', { link: join(cwd, 'two/bin/npm-cli.js') })
    await chmod(join(cwd, 'two/bin/npm-cli.js'), 0o755)
    const PATH = ['empty', 'nodes', 'first', 'second']
      .map((name) => join(cwd, name))
      .join(delimiter)
    expect(await findNpm(options({ PATH }))).toEqual({
      command: join(cwd, 'nodes/node'),
      prefixArguments: [join(cwd, 'one/bin/npm-cli.js')],
      version: '10.1.0',
      folder: join(cwd, 'one'),
      nodePath: join(cwd, 'nodes/node'),
    })
  })

  test.for([
    ['of the project', 'node_modules/.bin'],
    ['of a folder above, with a slash', '../node_modules/.bin/'],
    ['by a relative path', undefined],
  ] as const)('passes over an npm %s, which a dependency may have placed', async ([, bin]) => {
    const cwd = await createProject({ ...npmFiles('good'), 'app/package.json': {} })
    const app = join(cwd, 'app')
    const shadow = bin === undefined ? join(app, 'tools') : join(app, bin)
    await addProgram(shadow, 'npm', '#!/bin/sh\necho 99.0.0\n')
    await addProgram(join(cwd, 'bin'), 'npm', { link: join(cwd, 'good/bin/npm-cli.js') })
    await chmod(join(cwd, 'good/bin/npm-cli.js'), 0o755)
    const first = bin === undefined ? 'tools' : bin.endsWith('/') ? `${shadow}/` : shadow
    const env = { PATH: [first, '', join(cwd, 'bin')].join(delimiter) }
    expect(await findNpm(options(env, { canRunShims: true }))).toMatchObject({ version: '11.0.0' })
  })

  test.for([
    ['a folder', async (file: string) => await mkdir(file, { recursive: true })],
    ['a file that may not be run', async (file: string) => await writeFile(file, '')],
    ['a link that leads nowhere', async (file: string) => await symlink('nowhere', file)],
  ] as const)('passes over %s of that name', async ([, make]) => {
    const cwd = await createProject({ ...npmFiles('good'), 'first/README': '' })
    await make(join(cwd, 'first/npm'))
    await addProgram(join(cwd, 'bin'), 'npm', { link: join(cwd, 'good/bin/npm-cli.js') })
    await chmod(join(cwd, 'good/bin/npm-cli.js'), 0o755)
    const env = { PATH: [join(cwd, 'first'), join(cwd, 'bin')].join(delimiter) }
    expect(await findNpm(options(env, { canRunShims: true }))).toMatchObject({ version: '11.0.0' })
  })

  test('asks a shim of a version manager for its version, and runs it as it is', async () => {
    const cwd = await createProject({})
    await addProgram(join(cwd, 'shims'), 'npm', '#!/bin/sh\n[ "$1" = --version ] && echo 10.9.4\n')
    const env = { PATH: join(cwd, 'shims') }
    expect(await findNpm(options(env, { canRunShims: true }))).toEqual({
      command: join(cwd, 'shims/npm'),
      prefixArguments: [],
      version: '10.9.4',
      folder: undefined,
      nodePath: undefined,
    })
  })

  test('takes no other npm where a shim may not be run', async () => {
    const cwd = await createProject(npmFiles('good'))
    await addProgram(join(cwd, 'shims'), 'npm', '#!/bin/sh\necho 10.9.4\n')
    await addProgram(join(cwd, 'bin'), 'npm', { link: join(cwd, 'good/bin/npm-cli.js') })
    const env = { PATH: [join(cwd, 'shims'), join(cwd, 'bin')].join(delimiter) }
    await expect(findNpm(options(env))).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
  })

  test.for([
    ['fails', '#!/bin/sh\necho 10.9.4\nexit 3\n'],
    ['says no version', '#!/bin/sh\necho hello\n'],
  ])('a shim that %s is no npm', async ([, content]) => {
    const cwd = await createProject({})
    await addProgram(join(cwd, 'shims'), 'npm', content ?? '')
    const env = { PATH: join(cwd, 'shims') }
    const found = findNpm(options(env, { canRunShims: true }))
    await expect(found).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
  })
})

test('on Windows finds the script beside npm.cmd, which only a shell could start', async () => {
  const cwd = await createProject({
    ...npmFiles('node_modules/npm'),
    'node.exe': '',
    'npm.cmd': '',
  })
  const env = { Path: `${cwd};${join(cwd, 'other')}` }
  expect(await findNpm(options(env, { platform: 'win32' }))).toMatchObject({
    command: join(cwd, 'node.exe'),
    prefixArguments: [join(cwd, 'node_modules', 'npm', 'bin', 'npm-cli.js')],
    version: '11.0.0',
  })
})

test.for([
  ['that is no npm’s', { 'x/package.json': { name: 'pnpm', version: '10.0.0' } }],
  ['without a manifest', {}],
  ['with a broken manifest', { 'x/package.json': '{' }],
] as const)('a script %s counts for nothing', async ([, files]) => {
  const cwd = await createProject({ 'x/bin/npm-cli.js': '', ...files })
  const env = { npm_execpath: join(cwd, 'x/bin/npm-cli.js'), PATH: join(cwd, 'empty') }
  await expect(findNpm(options(env))).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
})

test('another package manager that has started us is not taken for npm', async () => {
  const cwd = await createProject({ 'pnpm.cjs': '' })
  const env = { npm_execpath: join(cwd, 'pnpm.cjs'), PATH: '' }
  await expect(findNpm(options(env))).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CLIENT' })
})
