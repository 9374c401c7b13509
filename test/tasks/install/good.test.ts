import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients, findClientProgram, type Client } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard, type RunResult } from '../../world/run.ts'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { clientOf, readTree } from './trial.ts'

const execute = promisify(execFile)

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ verdaccio: true })
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

const manifest = {
  name: 'good',
  private: true,
  dependencies: {
    '@luca/cases': 'jsr:^1',
    '@std/path': 'jsr:@std/path@^1',
    'is-tiny': '^1',
    path: 'jsr:@std/path@^1',
  },
}

const program = `import { pascalCase } from '@luca/cases'
import { separator } from '@std/path'
import tiny from 'is-tiny'
import { separator as aliased } from './node_modules/path/mod.js'
console.log(JSON.stringify([pascalCase('closed-world'), separator === aliased, tiny(1)]))
`

const files = {
  'package.json': manifest,
  'index.mjs': program,
  '.gitignore': 'node_modules/\n',
}

/** One line per `@jsr` package: what it is imported by, its version, and where it came from. */
function packageLines(registry: RegistryName): string[] {
  const tarball = (name: string, version: string): string => {
    // Verdaccio takes the file's name from JSR's address.
    const file = registry === 'verdaccio' ? version : `${name}-${version}`
    return `${world.registry(registry)}@jsr/${name}/-/${file}.tgz`
  }
  const path = tarball('std__path', '1.1.0')
  return [
    `@jsr/std__internal 1.0.6  ${tarball('std__internal', '1.0.6')}`,
    `@luca/cases 1.0.1  ${tarball('luca__cases', '1.0.1')}`,
    `@std/path 1.1.0  ${path}`,
    `path = @jsr/std__path 1.1.0  ${path}`,
  ]
}

const rows = clients.map((client) => [`${client.name} ${client.version}`, client] as const)

describe.for(rows)('%s', patient, ([, client]) => {
  test('installs through the private registry, again when all is there, and with ci', async () => {
    const cwd = await createRepository({ ...files, '.npmrc': world.npmrc('good') })
    const before = await readTree(cwd)
    const env = world.env({}, client)
    const outcomes: RunResult[] = []
    for (const command of ['install', 'install', 'ci']) {
      const outcome = await runGuard([command], { cwd, env })
      expect(outcome).toMatchObject({ exitCode: 0 })
      expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(before.get('package.json'))
      expect(await runProgram(cwd)).toEqual(['ClosedWorld', true, false])
      outcomes.push(outcome)
    }
    for (const { stdout } of outcomes) {
      expect(readPackageLines(stdout)).toEqual(packageLines('good'))
      expect(stdout).toContain(`npm ${client.version} asks https://npm.corp.example/npm/`)
      expect(stdout).toMatch(/^ {2}npm\.corp\.example: \d+ connections?$/m)
      expect(stdout).toContain('0 errors, 0 warnings; 4 @jsr packages locked: 4 private')
    }
    expect(world.askedJsr()).toEqual([])
    expect(await readGitStatus(cwd)).toEqual(['?? package-lock.json'])
    const { packages } = JSON.parse(await readFile(join(cwd, 'package-lock.json'), 'utf8'))
    expect(packages['node_modules/path']).toMatchObject({ name: '@jsr/std__path' })
  })

  test.for([
    ['a real Verdaccio', 'verdaccio', 'verdaccio'],
    ['two paths on one host', 'split', 'split-jsr'],
    ['another host than the default registry', 'split', 'good'],
    ['a registry that wants a token, beside one that must not get it', 'split', 'token'],
  ] as const)('installs from %s', async ([, ordinary, jsr]) => {
    const cwd = await createProject({ ...files, '.npmrc': npmrcOf(ordinary, jsr) })
    const outcome = await runGuard(['install'], { cwd, env: world.env({}, client) })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(readPackageLines(outcome.stdout)).toEqual(packageLines(jsr))
    expect(outcome.stdout).toContain(`${new URL(world.registry(jsr)).host}: `)
    expect(await runProgram(cwd)).toEqual(['ClosedWorld', true, false])
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(formatJson(manifest))
    expect(world.askedJsr()).toEqual([])
    expect(JSON.stringify(outcome)).not.toContain(world.token)
    const informed = world.log.filter(({ authorization }) => authorization !== undefined)
    expect(new Set(informed.map(({ host }) => host))).toEqual(
      new Set(jsr === 'token' ? ['token.corp.example'] : []),
    )
  })

  test('is the npm that runs where its npx starts jsr-guard, whatever PATH says', async () => {
    const cwd = await createProject({ ...files, '.npmrc': world.npmrc('good') })
    const other = clients.find((another) => another !== client)
    const env = world.env({}, other)
    await installPacked(env['npm_config_prefix'] ?? '')
    const outcome = await runNpx(client, ['jsr-guard', 'install'], { cwd, env })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(outcome.stdout).toContain(`npm ${client.version} asks https://npm.corp.example/npm/`)
    expect(readPackageLines(outcome.stdout)).toHaveLength(4)
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).toBe(formatJson(manifest))
    expect(world.askedJsr()).toEqual([])
  })
})

const dependencies = '{"@luca/cases":"jsr:^1","is-tiny":"1"}'

const texts: ReadonlyArray<readonly [string, string]> = [
  ['tabs and no final newline', `{\n\t"name": "x",\n\t"dependencies": ${dependencies}\n}`],
  ['odd indentation', `{\n   "name":"x",\n"dependencies" :   ${dependencies} }\n\n\n`],
  ['no line breaks at all', `{"name":"x","dependencies":${dependencies}}`],
  ['CRLF', `{\r\n  "name": "x",\r\n  "dependencies": ${dependencies}\r\n}\r\n`],
  ['a byte order mark', `\uFEFF{\n  "name": "x",\n  "dependencies": ${dependencies}\n}\n`],
  ['escapes', `{ "name": "x", "dependencies": { "@luca\\/cases": "\\u006asr:^1" } }\n`],
]

test.for(texts)('a manifest with %s is byte for byte what it was', patient, async ([, text]) => {
  const cwd = await createProject({ 'package.json': text, '.npmrc': world.npmrc('good') })
  const outcome = await runGuard(['install'], { cwd, env: world.env({}, clientOf('11')) })
  expect(outcome).toMatchObject({ exitCode: 0 })
  expect(readPackageLines(outcome.stdout)).toHaveLength(1)
  expect((await readFile(join(cwd, 'package.json'))).equals(Buffer.from(text))).toBe(true)
})

test('tarballs that the policy lets come from a storage are good', patient, async () => {
  const policy = { tarballs: ['https://blobs.corp-storage.example/'] }
  const project = { ...files, '.npmrc': world.npmrc('blob'), 'jsr-guard.json': policy }
  const cwd = await createProject(project)
  const outcome = await runGuard(['install'], { cwd, env: world.env({}, clientOf('11')) })
  expect(outcome).toMatchObject({ exitCode: 0 })
  expect(readPackageLines(outcome.stdout)[1]).toBe(
    '@luca/cases 1.0.1  https://blobs.corp-storage.example/@jsr/luca__cases/-/1.0.1.tgz',
  )
  expect(await runProgram(cwd)).toEqual(['ClosedWorld', true, false])
})

function formatJson(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`
}

function readPackageLines(stdout: string): string[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('  private '))
  return lines.map((line) => line.replace('  private ', ''))
}

function npmrcOf(ordinary: RegistryName, jsr: RegistryName): string {
  const authority = new URL(world.registry(jsr))
  const token = `//${authority.host}${authority.pathname}:_authToken=${world.token}`
  return [
    `registry=${world.registry(ordinary)}`,
    `@jsr:registry=${world.registry(jsr)}`,
    ...(jsr === 'token' ? [token] : []),
    '',
  ].join('\n')
}

async function runProgram(cwd: string): Promise<unknown> {
  const { stdout } = await execute(process.execPath, ['index.mjs'], { cwd })
  return JSON.parse(stdout)
}

async function createRepository(content: Parameters<typeof createProject>[0]): Promise<string> {
  const cwd = await createProject(content)
  await runGit(cwd, ['init', '--quiet'])
  await runGit(cwd, ['add', '--all'])
  await runGit(cwd, ['commit', '--quiet', '--message', 'as it was'])
  return cwd
}

async function readGitStatus(cwd: string): Promise<string[]> {
  const status = await runGit(cwd, ['status', '--porcelain', '--untracked-files=all'])
  return status.split('\n').filter((line) => line !== '')
}

/** git, with nothing of the machine's configuration. */
async function runGit(cwd: string, args: readonly string[]): Promise<string> {
  const person = { NAME: 'Ada', EMAIL: 'ada@corp.example' }
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(cwd, 'no-gitconfig'),
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  }
  const { stdout } = await execute('git', [...args], { cwd, env })
  return stdout
}

/**
 * Packs the project and unpacks it as a global install would lay it out. Its dependencies are those
 * of this checkout: the world's registries don't have them.
 */
async function installPacked(prefix: string): Promise<void> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const folder = join(prefix, 'lib', 'node_modules')
  const bin = join(prefix, 'bin')
  await Promise.all([mkdir(folder, { recursive: true }), mkdir(bin, { recursive: true })])
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const packed = await runClient(clientOf('11'), args, { cwd: root, env: world.env() })
  const [{ filename }] = JSON.parse(packed.stdout)
  await execute('tar', ['-xzf', join(folder, basename(filename)), '-C', folder])
  await symlink(join(root, 'node_modules'), join(folder, 'package', 'node_modules'))
  const guard = join(folder, 'package', 'dist', 'bin.js')
  await chmod(guard, 0o755)
  await symlink(guard, join(bin, 'jsr-guard'))
}

/** The `npx` that belongs to a client. */
async function runNpx(
  client: Client,
  args: readonly string[],
  options: Parameters<typeof runClient>[2],
): Promise<RunResult> {
  const {
    args: [script = ''],
  } = findClientProgram(client)
  const npx = { ...client, args: [join(dirname(script), 'npx-cli.js')] }
  return await runClient(npx, args, options)
}
