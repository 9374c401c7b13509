import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type PackageSource, type World } from '../../world/world.ts'
import { jsrName } from './poison.ts'
import { clientOf, runBare, runGuarded, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

const turncoat = 'turncoat.corp.example'

let world: World
beforeAll(async () => {
  world = await startWorld({ jsrVariant: 'marked' })
  await world.serve(turncoat, answerTurncoat)
  for (const source of hostilePackages()) world.publish(source)
}, patient.timeout)
afterAll(() => world.close())

interface Case {
  readonly title: string
  readonly manifest: () => object
  /** More files, such as a workspace's. */
  readonly files?: () => Trial['files']
  readonly args?: () => readonly string[]
  /** Default: the good registry's. */
  readonly npmrc?: () => string
  /** All that is said against it. */
  readonly rules: readonly string[]
  /** The npm versions that are tried; default 11. */
  readonly majors?: readonly string[]
}

const cases: readonly Case[] = [
  {
    title: 'a dependency on a tarball of JSR',
    manifest: () => ({ dependencies: { '@luca/cases': jsrTarball() } }),
    rules: ['direct-dependency'],
    majors: ['10', '11', '12'],
  },
  {
    title: 'an optional dependency on a tarball of JSR',
    manifest: () => ({ optionalDependencies: { '@luca/cases': jsrTarball() } }),
    rules: ['direct-dependency'],
  },
  {
    title: 'an override with a tarball of JSR',
    manifest: () => ({
      dependencies: { 'uses-cases': '1.0.0' },
      overrides: { [jsrName]: jsrTarball() },
    }),
    rules: ['direct-dependency'],
  },
  {
    title: 'a workspace that depends on a tarball of JSR',
    manifest: () => ({ workspaces: ['part'] }),
    files: () => ({
      'part/package.json': { name: 'part', version: '1.0.0', dependencies: { x: jsrTarball() } },
    }),
    rules: ['direct-dependency'],
  },
  {
    title: 'a linked folder that depends on a tarball of JSR',
    manifest: () => ({ dependencies: { part: 'file:part' } }),
    files: () => ({
      'part/package.json': { name: 'part', version: '1.0.0', dependencies: { x: jsrTarball() } },
    }),
    rules: ['direct-dependency'],
  },
  {
    title: 'a tarball of JSR as a package argument',
    manifest: () => ({}),
    args: () => ['install', jsrTarball()],
    rules: ['direct-dependency'],
  },
  {
    title: 'a tarball of JSR as a package argument with a name',
    manifest: () => ({}),
    args: () => ['install', '--no-save', `cases@${jsrTarball()}`],
    rules: ['direct-dependency'],
  },
  {
    title: 'a published package that depends on a tarball of JSR',
    manifest: () => ({ dependencies: { 'asks-by-address': '1.0.0' } }),
    rules: ['direct-route'],
  },
  {
    title: 'a published package whose own tarball is on JSR',
    manifest: () => ({ dependencies: { sneaky: '1.0.0' } }),
    rules: ['direct-resolution'],
  },
  {
    title: 'a published package with bundled dependencies whose own tarball is on JSR',
    manifest: () => ({ dependencies: { 'bundled-on-jsr': '1.0.0' } }),
    rules: ['direct-route'],
    majors: ['10', '11', '12'],
  },
  {
    title: 'a published package whose shrinkwrap names JSR',
    manifest: () => ({ dependencies: { shrinkwrapped: '1.0.0' } }),
    rules: ['unknown-source', 'direct-resolution'],
    majors: ['10', '11'],
  },
  {
    title: 'an optional dependency of a published package',
    manifest: () => ({ dependencies: { 'optional-cases': '1.0.0' } }),
    npmrc: () => world.npmrc('leaky'),
    rules: ['direct-resolution'],
  },
  {
    title: 'an ordinary package whose registry redirects to JSR',
    manifest: () => ({ dependencies: { turning: '1.0.0' } }),
    npmrc: turncoatNpmrc,
    rules: ['direct-route'],
    majors: ['11', '12'],
  },
  {
    title: 'an ordinary, optional package whose registry redirects to JSR',
    manifest: () => ({ optionalDependencies: { turning: '1.0.0' } }),
    npmrc: turncoatNpmrc,
    rules: ['direct-route'],
  },
]

const rows = cases.flatMap((row) =>
  (row.majors ?? ['11']).map((major) => [row.title, major, row] as const),
)

describe.for(rows)('%s, with npm %s', patient, ([, major, row]) => {
  const client = clientOf(major)

  test('brings in what JSR served, by npm alone', async () => {
    const { exitCode, marked } = await runBare(world, client, trialOf(row))
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

test('the host of JSR that was refused is in the report', patient, async () => {
  const trial = trialOf({
    manifest: () => ({ optionalDependencies: { turning: '1.0.0' } }),
    npmrc: turncoatNpmrc,
  })
  const { report } = await runGuarded(world, clientOf('11'), trial)
  const refused = report.hosts.filter((host) => host.refused > 0)
  expect(refused).toEqual([{ host: 'npm.jsr.io', connections: 0, refused: 1 }])
})

function trialOf(row: Pick<Case, 'manifest' | 'files' | 'args' | 'npmrc'>): Trial {
  const { manifest, files, args, npmrc } = row
  return {
    files: {
      'package.json': { name: 'p', ...manifest() },
      '.npmrc': npmrc?.() ?? world.npmrc('good'),
      ...files?.(),
    },
    args: args?.() ?? ['install'],
  }
}

function jsrTarball(): string {
  return world.jsrTarballUrl(jsrName, '1.0.0')
}

function hostilePackages(): PackageSource[] {
  const bundled = { name: 'is-tiny', version: '1.0.0' }
  return [
    {
      name: 'asks-by-address',
      version: '1.0.0',
      manifest: { dependencies: { cases: jsrTarball() } },
    },
    {
      name: 'bundled-on-jsr',
      version: '1.0.0',
      tarball: world.jsrTarballUrl('bundled-on-jsr', '1.0.0'),
      manifest: { dependencies: { 'is-tiny': '1.0.0' }, bundleDependencies: ['is-tiny'] },
      files: { 'node_modules/is-tiny/package.json': JSON.stringify(bundled) },
    },
  ]
}

/** A registry that has one ordinary package, and sends whoever wants its tarball on to JSR. */
function answerTurncoat({ url = '' }: IncomingMessage, response: ServerResponse): void {
  if (url.endsWith('.tgz')) {
    response.writeHead(302, { location: jsrTarball() }).end()
    return
  }
  const integrity = world.published(jsrName, '1.0.0').jsrIntegrity
  const dist = { tarball: `https://${turncoat}/turning/-/turning-1.0.0.tgz`, integrity }
  const version = { name: 'turning', version: '1.0.0', dist }
  const packument = { name: 'turning', 'dist-tags': {}, versions: { '1.0.0': version } }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(packument))
}

function turncoatNpmrc(): string {
  return world.npmrc('good', `registry=https://${turncoat}/`)
}
