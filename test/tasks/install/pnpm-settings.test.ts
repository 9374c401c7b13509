import { mkdir, readFile, writeFile } from 'node:fs/promises'
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
import type { Client } from '../../clients/clients.ts'
import { pnpmClients } from '../../clients/pnpm.ts'
import { createProject } from '../../world/project.ts'
import { runGuard, startGuard } from '../../world/run.ts'
import { startWorld, type World } from '../../world/world.ts'
import { startHeldRegistry, type HeldRegistry } from './held-registry.ts'
import { readTree } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
let held: HeldRegistry
beforeAll(async () => {
  world = await startWorld()
  held = await startHeldRegistry(world)
}, patient.timeout)
beforeEach(() => world.forget())
afterAll(() => world.close(), patient.timeout)

function pnpm(major: string): Client {
  const client = pnpmClients.find(({ version }) => version.startsWith(`${major}.`))
  assert(client !== undefined)
  return client
}

type Files = Readonly<Record<string, string | object>>

const manifest = { name: 'p', dependencies: { '@luca/cases': 'jsr:^1' } }

function project(files: Files = {}): Files {
  return {
    'package.json': manifest,
    'pnpm-workspace.yaml': "packages: ['.']\n",
    '.npmrc': world.npmrc('good'),
    ...files,
  }
}

describe('refuses, before anything runs', patient, () => {
  const rows: ReadonlyArray<
    readonly [
      string,
      {
        readonly major?: string
        files?: Files
        args?: string[]
        env?: Record<string, string>
        folder?: string
      },
    ]
  > = [
    ['--global', { args: ['add', '-g', 'is-tiny'] }],
    ['a registry on the command line', { args: ['install', '--registry=https://a.example/'] }],
    ['no lockfile', { files: { 'pnpm-workspace.yaml': 'lockfile: false\n' } }],
    ['no lockfile, in .npmrc', { major: '9', files: { '.npmrc': 'lockfile=false\n' } }],
    ['no lockfile, in the environment', { major: '12', env: { pnpm_config_lockfile: 'false' } }],
    ['a lockfile elsewhere', { files: { 'pnpm-workspace.yaml': 'lockfileDir: locks\n' } }],
    [
      'a lockfile for each branch',
      { files: { 'pnpm-workspace.yaml': 'gitBranchLockfile: true\n' } },
    ],
    [
      'exceptions from the proxy that pnpm 10 heeds',
      { major: '10', files: { 'pnpm-workspace.yaml': 'noProxy: npm.jsr.io\n' } },
    ],
    ['another pnpm', { files: { 'package.json': { ...manifest, packageManager: 'pnpm@9.0.0' } } }],
    [
      'jsr: in a catalog that pnpm 9 cannot read',
      {
        major: '9',
        files: {
          'pnpm-workspace.yaml': "packages: ['.']\ncatalog:\n  cases: jsr:@luca/cases@^1\n",
        },
      },
    ],
    [
      'a folder that is no workspace',
      { files: { 'other/package.json': { name: 'other' } }, folder: 'other' },
    ],
    [
      'a folder without a package.json',
      { args: ['install', '--dir', 'src'], files: { 'src/a.txt': '' } },
    ],
  ]
  test.for(rows)(
    '%s',
    async ([, { major = '11', files, args = ['install'], env, folder = '' }]) => {
      const cwd = await createProject(project(files))
      const before = await readTree(cwd)
      const outcome = await runGuard(['--client', 'pnpm', ...args], {
        cwd: join(cwd, folder),
        env: world.env(env, pnpm(major)),
      })
      expect(outcome.exitCode).toBe(2)
      expect(outcome.stderr).toMatch(/ERR_JSR_GUARD_(?:UNSUPPORTED|CLIENT)/)
      expect(world.log).toEqual([])
      expect(await readTree(cwd)).toEqual(before)
    },
  )
})

test.for(['dlx', 'deploy'])('there is no %s', async (command) => {
  const cwd = await createProject(project())
  const outcome = await runGuard([command, 'jsr:@luca/cases'], {
    cwd,
    env: world.env({}, pnpm('11')),
  })
  expect(outcome).toMatchObject({ exitCode: 2 })
})

test(
  'a proxy that a file names stands behind the way out, and exceptions in it count for nothing',
  patient,
  async () => {
    for (const [major, setting] of [
      [
        '9',
        { '.npmrc': `${world.npmrc('good')}https-proxy=${world.proxyUrl}\nnoproxy=npm.jsr.io\n` },
      ],
      [
        '12',
        {
          'pnpm-workspace.yaml': `packages: ['.']\nhttpsProxy: ${world.proxyUrl}\nnoProxy: npm.jsr.io\n`,
        },
      ],
    ] as const) {
      const cwd = await createProject(project(setting))
      const bare = {
        HTTPS_PROXY: undefined,
        https_proxy: undefined,
        HTTP_PROXY: undefined,
        http_proxy: undefined,
      }
      const env = world.env(bare, pnpm(major))
      const outcome = await runGuard(['install'], { cwd, env })
      expect(outcome).toMatchObject({ exitCode: 0 })
      expect(world.log.map(({ via }) => via)).not.toContain('direct')
    }
  },
)

test.for(['9', '11', '12'])(
  'the token of a registry reaches it with pnpm %s, and nobody sees it',
  patient,
  async (major) => {
    const url = world.registry('token')
    const cwd = await createProject(
      project({
        '.npmrc': world.npmrc('token', `${url.replace('https:', '')}:_authToken=\${TOKEN}`),
      }),
    )
    // pnpm 11 and later take no variable from a file that is committed.
    const env = world.env({ TOKEN: world.token }, pnpm(major))
    if (major !== '9') {
      await writeFile(join(cwd, '.npmrc'), world.npmrc('token'))
      const folder = join(env['HOME'] ?? '', '.config/pnpm')
      await mkdir(folder, { recursive: true })
      await writeFile(
        join(folder, 'auth.ini'),
        `${url.replace('https:', '')}:_authToken=${world.token}\n`,
      )
    }
    const outcome = await runGuard(['--verbose', 'install'], { cwd, env })
    expect(outcome).toMatchObject({ exitCode: 0 })
    expect(outcome.stdout + outcome.stderr).not.toContain(world.token)
  },
)

test("a project's own hooks go on working", patient, async () => {
  const hook = `module.exports = { hooks: { readPackage(pkg) {
  if (pkg.name === 'p') pkg.dependencies['is-tiny'] = '^1'
  return pkg
} } }
`
  for (const major of ['9', '12']) {
    const cwd = await createProject(project({ '.pnpmfile.cjs': hook }))
    const env = world.env({}, pnpm(major))
    for (const command of ['install', 'ci']) {
      expect(await runGuard([command], { cwd, env })).toMatchObject({ exitCode: 0 })
    }
    expect(await readFile(join(cwd, 'node_modules/is-tiny/index.js'), 'utf8')).not.toBe('')
    expect(await readFile(join(cwd, 'package.json'), 'utf8')).not.toContain('is-tiny')
  }
})

describe.skipIf(process.platform === 'win32')('a run of pnpm', patient, () => {
  const files = {
    'package.json': { name: 'root', private: true },
    'pnpm-workspace.yaml': 'packages: [packages/*]\n',
    'packages/app/package.json': { name: 'app', dependencies: { '@luca/cases': 'jsr:^1' } },
  }
  const rows = [
    ['9', 'packument', 'SIGINT', 130],
    ['12', 'packument', 'SIGTERM', 143],
    ['11', 'tarball', 'SIGTERM', 143],
  ] as const
  test.for(rows)('%s that waits for a %s and gets %s leaves all as it was', async (row) => {
    const [major, answer, signal, exitCode] = row
    const cwd = await createProject({ ...files, '.npmrc': held.npmrc })
    const before = await readTree(cwd)
    held.hold(answer, 'npm')
    onTestFinished(() => held.release())
    const running = startGuard(['install'], { cwd, env: world.env({}, pnpm(major)) })
    await held.held()
    running.process.kill(signal)
    const outcome = await running.result
    held.release()
    expect(outcome).toMatchObject({ exitCode })
    expect(await readTree(cwd)).toEqual(before)
  })

  test('that was killed is put right by the next, in the manifests of workspaces too', async () => {
    const cwd = await createProject({ ...files, '.npmrc': held.npmrc })
    const before = await readTree(cwd)
    const env = world.env({}, pnpm('9'))
    held.hold('packument', 'npm')
    onTestFinished(() => held.release())
    const running = startGuard(['install'], { cwd, env })
    await held.held()
    const member = join(cwd, 'packages/app/package.json')
    expect(await readFile(member, 'utf8')).toContain('npm:@jsr/luca__cases@^1')
    running.process.kill('SIGKILL')
    await running.result
    held.release()
    const [again, other] = await Promise.all([
      runGuard(['install'], { cwd, env }),
      runGuard(['install'], { cwd: join(cwd, 'packages/app'), env }),
    ])
    expect([again.exitCode, other.exitCode]).toEqual([0, 0])
    expect(again.stderr + other.stderr).toContain('an earlier run was killed')
    expect(await readFile(member, 'utf8')).toBe(before.get('packages/app/package.json'))
  })
})
