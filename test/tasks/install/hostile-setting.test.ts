import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type RegistryName, type World } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockfileOf } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  await world.serve('two-faced.corp.example', answerInTwoWays)
  const dependencies = { cases: 'git+https://npm.jsr.io/cases.git' }
  world.publish({ name: 'asks-git', version: '1.0.0', manifest: { dependencies } })
}, patient.timeout)
afterAll(() => world.close())

interface Case {
  readonly title: string
  readonly registry?: RegistryName
  /** More lines of .npmrc. */
  readonly npmrc?: readonly string[]
  /** Default: an alias of an `@jsr` package. */
  readonly manifest?: object
  readonly files?: () => Trial['files']
  readonly args: readonly string[]
  /** How npm alone is told the same, where it can't be told so. */
  readonly bareArgs?: readonly string[]
  /** All that is said against it. */
  readonly rules: readonly string[]
  /** The npm versions that are tried; default 11. */
  readonly majors?: readonly string[]
}

const dependencies = { '@luca/cases': aliasOfCases }

const cases: readonly Case[] = [
  {
    title: 'omit-lockfile-registry-resolved, and a leaky registry',
    registry: 'leaky',
    npmrc: ['omit-lockfile-registry-resolved=true'],
    args: ['install'],
    rules: ['leaky-registry'],
    majors: ['11', '12'],
  },
  {
    title: 'package-lock=false, and a leaky registry',
    registry: 'leaky',
    npmrc: ['package-lock=false'],
    args: ['install'],
    rules: ['direct-resolution'],
  },
  {
    title: '--no-package-lock, and a registry that redirects',
    registry: 'redirecting',
    args: ['install', '--no-package-lock'],
    rules: ['redirects-to-jsr'],
  },
  {
    title: 'install-strategy=linked, and a leaky registry',
    registry: 'leaky',
    npmrc: ['install-strategy=linked'],
    args: ['install'],
    rules: ['direct-resolution'],
  },
  {
    title: 'add, and a leaky registry',
    registry: 'leaky',
    manifest: {},
    args: ['add', 'jsr:@luca/cases'],
    bareArgs: ['add', `@luca/cases@npm:${jsrName}`],
    rules: ['direct-resolution'],
    majors: ['11', '12'],
  },
  {
    title: 'add, and a registry that redirects',
    registry: 'redirecting',
    manifest: {},
    args: ['add', '--save-dev', 'jsr:@luca/cases@^1'],
    bareArgs: ['add', '--save-dev', `@luca/cases@npm:${jsrName}@^1`],
    rules: ['redirects-to-jsr'],
  },
  {
    title: 'add --no-save, and a leaky registry',
    registry: 'leaky',
    manifest: {},
    args: ['add', '--no-save', 'jsr:@luca/cases'],
    bareArgs: ['add', '--no-save', `@luca/cases@npm:${jsrName}`],
    rules: ['direct-resolution'],
  },
  {
    title: 'update, and a registry that leaks since the lockfile was made',
    registry: 'leaky',
    files: () => ({ 'package-lock.json': lockOn('leaky') }),
    args: ['update'],
    rules: ['direct-resolution'],
  },
  {
    title: 'a workspace of its own, and a leaky registry',
    registry: 'leaky',
    manifest: { workspaces: ['part'] },
    files: () => ({ 'part/package.json': { name: 'part', version: '1.0.0', dependencies } }),
    args: ['install', '-w', 'part'],
    rules: ['direct-resolution'],
  },
  {
    title: 'a registry that serves us and redirects npm',
    npmrc: ['@jsr:registry=https://two-faced.corp.example/'],
    args: ['install'],
    rules: ['direct-route'],
  },
]

describe.for(expand(cases))('%s, with npm %s', patient, ([, major, row]) => {
  const client = clientOf(major)

  test('brings in what JSR served, by npm alone', async () => {
    const { bareArgs = row.args } = row
    const { exitCode, marked } = await runBare(world, client, { ...trialOf(row), args: bareArgs })
    expect(exitCode).toBe(0)
    expect(world.askedJsr()).not.toEqual([])
    expect(marked.join('\n')).toContain('node_modules/')
  })

  test('is stopped before JSR is asked', async () => {
    const outcome = await runGuarded(world, client, trialOf(row))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [], rules: row.rules })
    expect(world.askedJsr()).toEqual([])
  })
})

/** Where npm's own failure, or its way of running dry, leaves nothing of JSR's behind. */
const routed: readonly Case[] = [
  ...['registry', '@jsr:registry'].map((key) => ({
    title: `${key}=https://npm.jsr.io/ in .npmrc`,
    npmrc: [`${key}=https://npm.jsr.io/`, ...(key === 'registry' ? ['@jsr:registry='] : [])],
    args: ['install'],
    rules: ['direct-route'],
  })),
  {
    title: '--@jsr:registry=https://NPM.JSR.IO. on the command line',
    args: ['install', '--@jsr:registry=https://NPM.JSR.IO.'],
    rules: ['direct-route'],
  },
  {
    title: 'a published package that depends on a git repository on a host of JSR',
    manifest: { dependencies: { 'asks-git': '1.0.0' } },
    args: ['install'],
    rules: ['direct-route'],
  },
]

describe.for(expand(routed))('%s, with npm %s', patient, ([, major, row]) => {
  const client = clientOf(major)

  test('leads npm alone to JSR', async () => {
    await runBare(world, client, trialOf(row))
    expect(world.askedJsr()).not.toEqual([])
  })

  test('is stopped before JSR is asked', async () => {
    const outcome = await runGuarded(world, client, trialOf(row))
    expect(outcome).toMatchObject({ exitCode: 1, marked: [], changed: [], rules: row.rules })
    expect(world.askedJsr()).toEqual([])
  })
})

describe('a lockfile in order, and replace-registry-host', patient, () => {
  const key = 'replace-registry-host'
  const mapped = 'npm.jsr.io.corp.example'

  test.for([
    ['always', '11'],
    ['always', '12'],
    [mapped, '10'],
    [mapped, '11'],
    [`https://${mapped}/`, '11'],
  ] as const)('of %s lead npm %s to the default registry', async ([value, major]) => {
    const trial = replacingProject(`${key}=${value}`)
    await runBare(world, clientOf(major), trial)
    expect(world.asked(mapped).filter(({ path }) => path.endsWith('.tgz'))).toEqual([])
    expect(world.asked('npm.corp.example')).not.toEqual([])

    const outcome = await runGuarded(world, clientOf(major), trial)
    expect(outcome).toMatchObject({ exitCode: 1, changed: [], rules: ['foreign-resolution'] })
    expect(world.log).toEqual([])
  })

  test.for(['npmjs', 'never', 'npm.jsr.io.corp.example.evil.test', 'npm.corp.example'])(
    'of %s do not',
    async (value) => {
      const trial = replacingProject(`${key}=${value}`)
      const outcome = await runGuarded(world, clientOf('11'), trial)
      expect(outcome).toMatchObject({ exitCode: 0, changed: [], rules: [] })
      expect(world.asked('npm.corp.example')).toEqual([])
    },
  )

  test('of always do not where there is one registry for everything', async () => {
    const { files, args } = replacingProject(`${key}=always`)
    const npmrc = world.npmrc('lookalike', `${key}=always`)
    const trial = { files: { ...files, '.npmrc': npmrc }, args }
    const outcome = await runGuarded(world, clientOf('11'), trial)
    expect(outcome).toMatchObject({ exitCode: 0, changed: [], rules: [] })
  })
})

function expand(rows: readonly Case[]): Array<readonly [string, string, Case]> {
  return rows.flatMap((row) =>
    (row.majors ?? ['11']).map((major) => [row.title, major, row] as const),
  )
}

function trialOf(row: Case): Trial {
  const { registry = 'good', npmrc = [], manifest = { dependencies }, files, args } = row
  return {
    files: {
      'package.json': { name: 'p', ...manifest },
      '.npmrc': world.npmrc(registry, ...npmrc),
      ...files?.(),
    },
    args,
  }
}

function lockOn(registry: RegistryName): object {
  const resolved = `${world.registry(registry)}${jsrName}/-/luca__cases-1.0.0.tgz`
  const { integrity } = world.published(jsrName, '1.0.0')
  const entry = lockedCases(world, { resolved, integrity })
  return lockfileOf({ dependencies }, { 'node_modules/@luca/cases': entry })
}

/** Everything from the good registry, `@jsr` from the other one. */
function replacingProject(line: string): Trial {
  const mapping = `@jsr:registry=${world.registry('lookalike')}`
  const files = {
    'package.json': { name: 'p', dependencies },
    'package-lock.json': lockOn('lookalike'),
    '.npmrc': world.npmrc('good', mapping, line),
  }
  return { files, args: ['ci'] }
}

/** A registry that knows jsr-guard by its user agent, and sends everybody else on to JSR. */
function answerInTwoWays({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const { jsrIntegrity: integrity, jsrTarball } = world.published(jsrName, '1.0.0')
  if (!url.endsWith('.tgz')) {
    const tarball = `https://two-faced.corp.example/${jsrName}/-/luca__cases-1.0.0.tgz`
    const version = { name: jsrName, version: '1.0.0', dist: { tarball, integrity } }
    const tags = { latest: '1.0.0' }
    const packument = { name: jsrName, 'dist-tags': tags, versions: { '1.0.0': version } }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument))
  } else if (headers['user-agent'] === 'jsr-guard') response.end(jsrTarball)
  else response.writeHead(302, { location: world.jsrTarballUrl(jsrName, '1.0.0') }).end()
}
