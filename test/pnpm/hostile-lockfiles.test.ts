import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'
import { startWorld, type World } from '../world/world.ts'
import { createPnpm, hookText, lockfileOf, printed } from './hooked.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
beforeEach(() => world.forget())
afterAll(() => world.close())

const manifest = { name: 'p', dependencies: { '@luca/cases': 'npm:@jsr/luca__cases@^1' } }
const onJsr = 'https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz'

type Row = readonly [title: string, make: (hash: string) => string, rule: string]

const pinned = (tarball: string) => (hash: string) =>
  lockfileOf({ resolution: `{integrity: ${hash}, tarball: ${tarball}}` })

/** A document of pnpm's own before the lockfile. */
const environment = (resolution: string) => `---
lockfileVersion: '9.0'

importers:

  .: {}

packages:

  '@jsr/luca__cases@1.0.1':
    resolution: ${resolution}

snapshots:

  '@jsr/luca__cases@1.0.1': {}

---
`

const rows: readonly Row[] = [
  ['a tarball on JSR', pinned(onJsr), 'direct-resolution'],
  [
    'an entry keyed by its address',
    (hash) =>
      lockfileOf({
        key: `@jsr/luca__cases@${onJsr}`,
        resolution: `{integrity: ${hash}, tarball: ${onJsr}}`,
      }),
    'direct-resolution',
  ],
  ['a scheme in capitals', pinned(onJsr.replace('https', 'HTTPS')), 'unknown-source'],
  ['no scheme', pinned(onJsr.replace('https:', '')), 'unknown-source'],
  ['backslashes', pinned(`'${onJsr.replaceAll('/', '\\')}'`), 'unknown-source'],
  ['an escape of YAML', pinned(`"${onJsr.replace('h', '\\x68')}"`), 'direct-resolution'],
  ['white space before it', pinned(`'  ${onJsr}'`), 'unknown-source'],
  ['a tab in the scheme', pinned(`"${onJsr.replace('tt', 't\\tt')}"`), 'unknown-source'],
  [
    'the private registry as the user name',
    pinned(onJsr.replace('//', '//npm.corp.example@')),
    'direct-resolution',
  ],
  [
    'no hash',
    () =>
      lockfileOf({
        resolution: `{tarball: ${world.registry('good')}@jsr/luca__cases/-/luca__cases-1.0.1.tgz}`,
      }),
    'missing-integrity',
  ],
  [
    'a registry of its own',
    (hash) => lockfileOf({ key: '@jsr/luca__cases@jj:1.0.1', resolution: `{integrity: ${hash}}` }),
    'unknown-source',
  ],
  [
    'another package in its place',
    (hash) => lockfileOf({ key: 'is-tiny@1.0.0', resolution: `{integrity: ${hash}}` }),
    'name-mismatch',
  ],
  [
    'a document before the lockfile with a tarball on JSR',
    (hash) =>
      environment(`{integrity: ${hash}, tarball: ${onJsr}}`) +
      lockfileOf({ resolution: `{integrity: ${hash}}` }),
    'direct-resolution',
  ],
  [
    'a document before the lockfile, which has a tarball on JSR',
    (hash) => environment(`{integrity: ${hash}}`) + pinned(onJsr)(hash),
    'direct-resolution',
  ],
  [
    'the thirteenth version',
    (hash) =>
      `lockfileVersion: "13.0"\nprojects:\n  .:\n    dependencies:\n      "@luca/cases": {specifier: "npm:@jsr/luca__cases@^1", version: "@jsr/luca__cases@1.0.1"}\npackages:\n  "@jsr/luca__cases@1.0.1": {resolution: {tarball: "${onJsr}"}, integrity: "${hash}"}\n`,
    'direct-resolution',
  ],
  // pnpm 12 refuses it before it calls a hook.
  [
    'a version that nobody knows',
    () => "lockfileVersion: '14.0'\n",
    'unknown-source|ERR_PNPM_BROKEN_LOCKFILE',
  ],
]

describe.for(pnpmClients)('pnpm $version with the hook alone, frozen', (client) => {
  test.for(rows)('%s is refused before anything is asked', async ([, make, rule]) => {
    const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
    const cwd = await createProject({
      'package.json': manifest,
      '.npmrc': `registry=${world.registry('good')}\n`,
      // What pnpm 11 and later would check by themselves is switched off.
      'pnpm-workspace.yaml': 'packages: [.]\ntrustLockfile: true\nlockfile: {format: v13}\n',
      'pnpm-lock.yaml': make(integrity),
      '.pnpmfile.cjs': hookText,
    })
    const result = await createPnpm(world, client, cwd)('install', '--frozen-lockfile')
    expect(result.exitCode).not.toBe(0)
    expect(printed(result)).toMatch(new RegExp(rule))
    // pnpm 11 asks whether there is a newer pnpm.
    expect(world.log.filter(({ path }) => path.includes('jsr'))).toEqual([])
    expect(world.askedJsr()).toEqual([])
    expect(existsSync(join(cwd, 'node_modules', '@luca'))).toBe(false)
    expect(existsSync(join(cwd, 'node_modules', '.pnpm'))).toBe(false)
  })
})

const dangers = rows.filter(([title]) =>
  ['a tarball on JSR', 'an entry keyed by its address', 'an escape of YAML'].includes(title),
)

describe.for(pnpmClients)('pnpm $version without the hook, frozen', (client) => {
  test.for(dangers)('%s is fetched from JSR', async ([, make]) => {
    const { integrity } = world.published('@jsr/luca__cases', '1.0.1')
    const cwd = await createProject({
      'package.json': manifest,
      '.npmrc': world.npmrc('good'),
      'pnpm-workspace.yaml': 'packages: [.]\ntrustLockfile: true\n',
      'pnpm-lock.yaml': make(integrity),
    })
    await createPnpm(world, client, cwd)('install', '--frozen-lockfile')
    expect(world.askedJsr()).not.toEqual([])
  })
})
