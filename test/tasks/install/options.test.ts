import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { clients, type Client } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runGuard, type RunResult } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { clientOf, readTree } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld()
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

const npm11 = clientOf('11')
const npm12 = clientOf('12')
const path = { path: 'jsr:@std/path@^1' }

type Files = Readonly<Record<string, string | object>>

/** What came of a run, and what is there after it. */
interface Outcome extends RunResult {
  readonly cwd: string
  /** The text of the root's package.json. */
  readonly manifest: string
  /** What lies in node_modules, without npm's own. */
  readonly installed: readonly string[]
  /** What lies in the project. */
  readonly names: readonly string[]
}

/** Runs jsr-guard in a project that has an alias of `@std/path`, unless the files say otherwise. */
async function run(
  args: readonly string[],
  { client = npm11, files = {}, below = '.', npmrc = [], env = {} }: RunOptions = {},
): Promise<Outcome> {
  const cwd = await createProject({
    'package.json': { name: 'p', dependencies: path },
    '.npmrc': world.npmrc('good', ...npmrc),
    ...files,
  })
  const options = { cwd: join(cwd, below), env: world.env(env, client) }
  return await observe(await runGuard(args, options), cwd)
}

interface RunOptions {
  readonly client?: Client
  readonly files?: Files
  /** Where in the project it is run. */
  readonly below?: string
  /** More lines of .npmrc. */
  readonly npmrc?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

async function observe(result: RunResult, cwd: string): Promise<Outcome> {
  const modules = join(cwd, 'node_modules')
  expect(world.askedJsr()).toEqual([])
  return {
    ...result,
    cwd,
    manifest: await readFile(join(cwd, 'package.json'), 'utf8'),
    installed: existsSync(modules) ? await listInstalled(modules) : [],
    names: (await readdir(cwd)).toSorted(),
  }
}

async function listInstalled(modules: string): Promise<string[]> {
  const names = await readdir(modules)
  return names.filter((name) => !name.startsWith('.')).toSorted()
}

/** How often npm asked for the metadata of a package of JSR's. */
function countLookups(name: string): number {
  return world.log.filter(({ path: asked }) => asked.endsWith(`/@jsr%2f${name}`)).length
}

function format(manifest: object): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`
}

const rows = clients.map((client) => [`${client.name} ${client.version}`, client] as const)

describe.for(rows)('%s', patient, ([, client]) => {
  test('add jsr:@scope/name adds it as the manifest writes its own', async () => {
    const text = '{\n\t"name": "p",\n\t"dependencies": {\n\t\t"path": "jsr:@std/path@^1"\n\t}\n}\n'
    const files = { 'package.json': text }
    const { exitCode, manifest, installed } = await run(['add', 'jsr:@luca/cases'], {
      client,
      files,
    })
    expect(exitCode).toBe(0)
    expect(manifest).toBe(
      text.replace('\t\t"path"', '\t\t"@luca/cases": "jsr:^1.0.1",\n\t\t"path"'),
    )
    expect(installed).toEqual(['@jsr', '@luca', 'path'])
  })

  test.for([
    ['--no-save with a package', ['--no-save', 'is-tiny'], ['@jsr', 'is-tiny', 'path']],
    ['--no-save', ['--no-save'], ['@jsr', 'path']],
    ['--no-package-lock', ['--no-package-lock'], ['@jsr', 'path']],
  ] as const)('%s leaves no lockfile, but installs from one that was judged', async (row) => {
    const [, args, installed] = row
    const outcome = await run(['install', ...args], { client })
    expect(outcome).toMatchObject({
      exitCode: 0,
      installed,
      manifest: format({ name: 'p', dependencies: path }),
      names: ['.npmrc', 'node_modules', 'package.json'],
    })
    expect(outcome.stderr).toContain('asking the registry for 2 @jsr packages')
    expect(outcome.stdout).toContain('2 @jsr packages locked: 2 private')
    // Whatever npm looks up again could come from elsewhere by then.
    expect(countLookups('std__path')).toBe(1)
  })

  test('a package that the registry lacks ends with npm’s own exit code and words', async () => {
    const outcome = await run(['install', 'not-there-at-all'], { client })
    expect(outcome).toMatchObject({
      exitCode: 1,
      manifest: format({ name: 'p', dependencies: path }),
      names: ['.npmrc', 'package.json'],
    })
    expect(outcome.stderr).toContain('npm error code E404')
  })
})

test(
  'an option without its value takes none of ours: nothing is fetched unjudged',
  patient,
  async () => {
    const outcome = await run(['install', '--omit'], { client: npm12 })
    expect(outcome).toMatchObject({ exitCode: 0 })
    const tarballs = world.log.filter(({ path: asked }) => asked.endsWith('.tgz'))
    const askedFirst = tarballs.slice(0, 2).map(({ headers }) => headers['user-agent'])
    expect(askedFirst).toEqual(['jsr-guard', 'jsr-guard'])
  },
)

const globally: ReadonlyArray<readonly [string, readonly string[], Record<string, string>]> = [
  ['-g', ['-g'], {}],
  ['--global', ['--global'], {}],
  ['--location=global', ['--location=global'], {}],
  ['an abbreviation', ['--locat', 'global'], {}],
  ['-g among others', ['-gf'], {}],
  ['the environment', [], { NPM_CONFIG_GLOBAL: 'true' }],
  ['the environment, as location', [], { npm_config_location: 'global' }],
]

test.for(globally)('a global install by %s is refused, with the reason', patient, async (row) => {
  const [, flags, env] = row
  const outcome = await run(['install', ...flags, 'is-tiny'], { env })
  expect(outcome).toMatchObject({ exitCode: 2, names: ['.npmrc', 'package.json'] })
  expect(outcome.stderr).toContain('ERR_JSR_GUARD_UNSUPPORTED')
  expect(outcome.stderr).toContain('a global install writes no lockfile')
})

test('a global install that .npmrc of the user asks for is refused', patient, async () => {
  const cwd = await createProject({ 'package.json': { name: 'p' }, user: 'global=true\n' })
  const env = world.env({ npm_config_userconfig: join(cwd, 'user') }, npm11)
  const { exitCode, stderr } = await runGuard(['install', 'is-tiny'], { cwd, env })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('a global install writes no lockfile')
})

test.for([
  ['--proxy=http://127.0.0.1:9'],
  ['--https-proxy', 'http://127.0.0.1:9'],
  ['--noproxy=npm.jsr.io'],
  ['--no-proxy'],
])('%s would lead past the closed way out, and is refused', patient, async (flags) => {
  const outcome = await run(['install', ...flags])
  expect(outcome).toMatchObject({ exitCode: 2, names: ['.npmrc', 'package.json'] })
  expect(outcome.stderr).toContain('past the closed way out')
})

const saved: ReadonlyArray<readonly [string, readonly string[], object]> = [
  [
    'an alias of one’s own',
    ['add', 'cases@jsr:@luca/cases@^1'],
    { dependencies: { cases: 'jsr:@luca/cases@^1.0.1', ...path } },
  ],
  [
    'a development dependency',
    ['install', '--save-dev', 'is-tiny'],
    { dependencies: path, devDependencies: { 'is-tiny': '^1.0.0' } },
  ],
  [
    'an exact version from JSR for development',
    ['add', '-DE', 'jsr:@luca/cases@1.0.0'],
    { dependencies: path, devDependencies: { '@luca/cases': 'jsr:1.0.0' } },
  ],
  [
    'a package after --',
    ['add', '--save-optional', '--', 'jsr:@luca/cases'],
    { dependencies: path, optionalDependencies: { '@luca/cases': 'jsr:^1.0.1' } },
  ],
  [
    'several at once',
    ['i', 'is-tiny', 'jsr:@luca/cases@^1', '@std/internal@jsr:^1'],
    {
      dependencies: {
        '@luca/cases': 'jsr:^1.0.1',
        '@std/internal': 'jsr:^1.0.6',
        'is-tiny': '^1.0.0',
        ...path,
      },
    },
  ],
]

test.for(saved)('%s is saved', patient, async ([, args, fields]) => {
  const outcome = await run(args)
  expect(outcome).toMatchObject({ exitCode: 0, manifest: format({ name: 'p', ...fields }) })
  expect(outcome.names).toEqual(['.npmrc', 'node_modules', 'package-lock.json', 'package.json'])
})

test('in a project that writes aliases, what is added is written as one', patient, async () => {
  const dependencies = { path: 'npm:@jsr/std__path@^1' }
  const files = { 'package.json': { name: 'p', dependencies } }
  const outcome = await run(['add', 'jsr:@luca/cases'], { files })
  expect(outcome).toMatchObject({
    exitCode: 0,
    manifest: format({
      name: 'p',
      dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1.0.1', ...dependencies },
    }),
  })
})

test('update takes newer versions, and leaves the manifest alone', patient, async () => {
  const dependencies = { '@luca/cases': 'jsr:1.0.0' }
  const files = { 'package.json': { name: 'p', dependencies } }
  const { exitCode, cwd } = await run(['install'], { files })
  expect(exitCode).toBe(0)
  const loose = format({ name: 'p', dependencies: { '@luca/cases': 'jsr:^1' } })
  await writeFile(join(cwd, 'package.json'), loose)
  const outcome = await observe(await runGuard(['update'], { cwd, env: world.env({}, npm11) }), cwd)
  expect(outcome).toMatchObject({ exitCode: 0, manifest: loose })
  expect(outcome.stdout).toContain('private @luca/cases 1.0.1')
})

const lockless: ReadonlyArray<readonly [string, readonly string[], RunOptions]> = [
  ['package-lock=false', [], { npmrc: ['package-lock=false'] }],
  ['save=false', [], { npmrc: ['save=false'] }],
  ['--no-shrinkwrap', ['--no-shrinkwrap'], {}],
]

test.for(lockless)('%s leaves no lockfile, but installs from one', patient, async (row) => {
  const [, args, options] = row
  const outcome = await run(['install', ...args], options)
  expect(outcome).toMatchObject({ exitCode: 0, installed: ['@jsr', 'path'] })
  expect(outcome.names).toEqual(['.npmrc', 'node_modules', 'package.json'])
  expect(countLookups('std__path')).toBe(1)
})

test('--no-package-lock leaves the lockfile that there is alone', patient, async () => {
  const { cwd } = await run(['install', '--package-lock-only'])
  const lockfile = await readFile(join(cwd, 'package-lock.json'), 'utf8')
  const added = format({ name: 'p', dependencies: { ...path, 'is-tiny': '1' } })
  await writeFile(join(cwd, 'package.json'), added)
  const env = world.env({}, npm11)
  const args = ['install', '--no-package-lock']
  const outcome = await observe(await runGuard(args, { cwd, env }), cwd)
  expect(outcome).toMatchObject({ exitCode: 0, manifest: added })
  expect(outcome.installed).toEqual(['@jsr', 'is-tiny', 'path'])
  expect(await readFile(join(cwd, 'package-lock.json'), 'utf8')).toBe(lockfile)
})

describe('in a project with workspaces', patient, () => {
  const root = { name: 'r', private: true, workspaces: ['a', 'b'], dependencies: path }
  const a = { name: 'a', version: '1.0.0', dependencies: { '@luca/cases': 'jsr:^1' } }
  const b = { name: 'b', version: '1.0.0' }
  const files = { 'package.json': root, 'a/package.json': a, 'b/package.json': b }

  test.for([
    ['-w a', ['install', '-w', 'a', 'is-tiny'], '.'],
    ['a run inside the workspace', ['add', 'is-tiny'], 'a'],
  ] as const)('%s changes the manifest of that workspace', async ([, args, below]) => {
    const outcome = await run(args, { files, below })
    expect(outcome).toMatchObject({ exitCode: 0, manifest: format(root) })
    expect(await readFile(join(outcome.cwd, 'a/package.json'), 'utf8')).toBe(
      format({ ...a, dependencies: { ...a.dependencies, 'is-tiny': '^1.0.0' } }),
    )
    expect(await readFile(join(outcome.cwd, 'b/package.json'), 'utf8')).toBe(format(b))
    expect(outcome.names).toContain('package-lock.json')
    expect(outcome.installed).toContain('is-tiny')
  })

  test.for([
    ['--no-workspaces', ['install', '--no-workspaces'], 'a'],
    ['--prefix', ['install', '--prefix', 'a'], '.'],
    ['-C', ['install', '-C', 'a'], '.'],
  ] as const)(
    '%s in a workspace would install what is not judged, and is refused',
    async ([, args, below]) => {
      const { exitCode, stderr, cwd } = await run(args, { files, below })
      expect(exitCode).toBe(2)
      expect(stderr).toContain('ERR_JSR_GUARD_UNSUPPORTED')
      expect(await readTree(cwd)).toHaveProperty('size', 4)
    },
  )
})

describe('with --prefix', patient, () => {
  const inner = { name: 's', dependencies: { '@luca/cases': 'jsr:^1' } }

  test.for(['--prefix', '-C'])('%s the project is the one in that folder', async (flag) => {
    const files = { 'sub/package.json': inner, 'sub/.npmrc': world.npmrc('good') }
    const { exitCode, cwd, stdout, names } = await run(['install', flag, 'sub'], { files })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('private @luca/cases 1.0.1')
    expect(names).toEqual(['.npmrc', 'package.json', 'sub'])
    expect((await readdir(join(cwd, 'sub'))).toSorted()).toEqual([
      '.npmrc',
      'node_modules',
      'package-lock.json',
      'package.json',
    ])
    expect(await readFile(join(cwd, 'sub/package.json'), 'utf8')).toBe(format(inner))
  })

  test('a folder without a package of its own is refused: npm would make one', async () => {
    const { exitCode, stderr, cwd } = await run(['add', '--prefix', 'sub', 'is-tiny'], {
      files: { 'sub/README': '' },
    })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('ERR_JSR_GUARD_UNSUPPORTED')
    expect(await readdir(join(cwd, 'sub'))).toEqual(['README'])
  })

  test('a folder that is not there is an error of usage', async () => {
    const { exitCode, stderr } = await run(['add', '--prefix', 'missing', 'is-tiny'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('ERR_JSR_GUARD_USAGE')
  })
})

test('--omit=dev locks all, and installs the rest', patient, async () => {
  const manifest = { name: 'p', dependencies: { 'is-tiny': '1' }, devDependencies: path }
  const outcome = await run(['install', '--omit=dev'], { files: { 'package.json': manifest } })
  expect(outcome).toMatchObject({ exitCode: 0, installed: ['is-tiny'] })
  expect(outcome.manifest).toBe(format(manifest))
  expect(outcome.stdout).toContain('2 @jsr packages locked: 2 private')
})

test('--dry-run changes nothing', patient, async () => {
  const outcome = await run(['add', '--dry-run', 'jsr:@luca/cases'])
  expect(outcome).toMatchObject({ exitCode: 0, names: ['.npmrc', 'package.json'] })
  expect(outcome.manifest).toBe(format({ name: 'p', dependencies: path }))
  expect(outcome.stdout).toContain('add @luca/cases 1.0.1')
})

test('--package-lock-only makes the lockfile, and fetches no tarball', patient, async () => {
  const outcome = await run(['install', '--package-lock-only'])
  expect(outcome).toMatchObject({ exitCode: 0, installed: [] })
  expect(outcome.names).toEqual(['.npmrc', 'package-lock.json', 'package.json'])
  const fetched = world.log.filter(
    ({ path: asked, headers }) => asked.endsWith('.tgz') && headers['user-agent'] !== 'jsr-guard',
  )
  expect(fetched).toEqual([])
})

test.for([
  [true, []],
  [false, ['--ignore-scripts']],
] as const)('scripts of the project are run once: %s', patient, async ([isRun, flags]) => {
  const script = "fs.appendFileSync('ran', 'x')"
  const scripts = { postinstall: `node -e "${script}"` }
  const files = { 'package.json': { name: 'p', scripts, dependencies: path } }
  const { exitCode, cwd } = await run(['install', ...flags], { files })
  expect(exitCode).toBe(0)
  const ran = await readFile(join(cwd, 'ran'), 'utf8').catch(() => undefined)
  expect(ran).toBe(isRun ? 'x' : undefined)
})

test('--offline installs from a warm cache, and asks nobody', patient, async () => {
  const cwd = await createProject({
    'package.json': { name: 'p', dependencies: path },
    '.npmrc': world.npmrc('good'),
  })
  const env = world.env({}, npm11)
  await runGuard(['install'], { cwd, env })
  world.forget()
  const outcome = await runGuard(['ci', '--offline'], { cwd, env })
  expect(outcome).toMatchObject({ exitCode: 0 })
  expect(outcome.stdout).toContain('2 @jsr packages locked: 2 private')
  expect(world.log).toEqual([])
})

test('npm’s own failure keeps npm’s exit code', patient, async () => {
  const repository = `git+file://${world.directory}/no-repository.git`
  const outcome = await run(['install', repository])
  expect(outcome).toMatchObject({ exitCode: 128, names: ['.npmrc', 'package.json'] })
  expect(outcome.stderr).toContain('npm error code 128')
})

test('an option that npm 12 doesn’t know gets npm’s own answer', patient, async () => {
  const unknown = await run(['install', '--frobnicate'], { client: npm12 })
  expect(unknown).toMatchObject({ exitCode: 1, names: ['.npmrc', 'package.json'] })
  expect(unknown.stderr).toContain('npm error code EUNKNOWNCONFIG')
})

describe('what a shell would obey', patient, () => {
  const words = ['$(touch PWNED)', '`touch PWNED`', "'; touch PWNED'", '& touch PWNED', 'a b|c']

  test('is an option’s value to npm, and nothing else', async () => {
    const flags = words.map((word) => `--init-license=${word}`)
    const outcome = await run(['install', ...flags])
    expect(outcome).toMatchObject({ exitCode: 0, installed: ['@jsr', 'path'] })
    expect(outcome.names).toEqual(['.npmrc', 'node_modules', 'package-lock.json', 'package.json'])
  })

  test('is a package’s name to npm, which has none like it', async () => {
    const outcome = await run(['install', '--', ...words])
    expect(outcome.exitCode).not.toBe(0)
    expect(outcome.names).toEqual(['.npmrc', 'package.json'])
    expect(outcome.manifest).toBe(format({ name: 'p', dependencies: path }))
  })
})

describe('an address as a dependency', patient, () => {
  const tarball = 'https://npm.corp.example/npm/is-tiny/-/is-tiny-1.0.0.tgz'
  const dependencies = { '@luca/cases': 'jsr:^1', tiny: tarball }
  const files = { 'package.json': { name: 'p', dependencies } }

  test('is refused where npm 12 would refuse it', async () => {
    const outcome = await run(['install'], { client: npm12, files })
    expect(outcome).toMatchObject({ exitCode: 1, names: ['.npmrc', 'package.json'] })
    expect(outcome.stdout).toContain('error[unknown-source] package.json:5')
    expect(world.log).toEqual([])
  })

  test.for([[tarball], [`tiny@${tarball}`]])(
    'is refused where npm 12 would refuse it on the command line: %s',
    async ([argument]) => {
      const outcome = await run(['install', String(argument)], { client: npm12 })
      expect(outcome).toMatchObject({ exitCode: 1, names: ['.npmrc', 'package.json'] })
      expect(outcome.stdout).toContain('error[unknown-source] package.json')
      expect(world.log).toEqual([])
    },
  )

  test.for([
    ['allow-remote=all', { client: npm12, npmrc: ['allow-remote=all'] }],
    ['npm 11', { client: npm11 }],
  ] as const)('is installed with %s', async ([, options]) => {
    const outcome = await run(['install'], { ...options, files })
    expect(outcome).toMatchObject({ exitCode: 0, installed: ['@luca', 'tiny'] })
    expect(outcome.manifest).toBe(format({ name: 'p', dependencies }))
  })
})
