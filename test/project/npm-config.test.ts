import { chmod, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { NpmConfig } from '../../src/config/npm-config.ts'
import { loadNpmConfig, type LoadNpmConfigOptions } from '../../src/project/npm-config.ts'
import { clients } from '../clients/clients.ts'
import { npmFolderOf, readWithNpmItself } from '../config/npm-itself.ts'
import { createProject } from '../world/project.ts'

type Options = Partial<LoadNpmConfigOptions>

/** A project in a folder of its own, `home` and `prefix` beside it. */
async function load(
  files: Readonly<Record<string, string>>,
  { env = {}, ...rest }: Options = {},
): Promise<NpmConfig> {
  const folder = await createProject({ 'project/package.json': '{}', 'home/x': '', ...files })
  return await loadIn(folder, { env, ...rest })
}

async function loadIn(folder: string, { env = {}, ...rest }: Options = {}): Promise<NpmConfig> {
  return await loadNpmConfig({
    root: join(folder, 'project'),
    home: join(folder, 'home'),
    env: { PREFIX: join(folder, 'prefix'), ...env },
    ...rest,
  })
}

test.for([
  { file: 'project/.npmrc', from: '.npmrc:2' },
  { file: 'home/.npmrc', from: '~/.npmrc:2' },
  { file: 'prefix/etc/npmrc', from: '{folder}/prefix/etc/npmrc:2' },
])('a setting of $file is from $from', async ({ file, from }) => {
  const folder = await createProject({
    'project/package.json': '{}',
    'home/x': '',
    [file]: '\na=b',
  })
  const config = await loadIn(folder)
  expect(config.get('a')).toMatchObject({ from: from.replace('{folder}', folder) })
})

test('what is inside npm goes before its defaults, and nothing else', async () => {
  const folder = await createProject({
    'project/.npmrc': 'b=project',
    'npm/npmrc': 'a=npm\nb=npm\nprefix=${WHERE}',
    'where/etc/npmrc': 'c=global',
  })
  const npmFolder = join(folder, 'npm')
  const config = await loadIn(folder, { npmFolder, env: { WHERE: join(folder, 'where') } })
  expect(['a', 'b', 'c'].map((key) => config.get(key)?.value)).toEqual(['npm', 'project', 'global'])
  expect(config.get('a')?.from).toBe(`${npmFolder}/npmrc:1`)
})

test.for(['project/.npmrc', 'home/.npmrc', 'prefix/etc/npmrc'])(
  '%s that is a folder stops us, though npm would go on without it',
  async (file) => {
    const loading = load({ [`${file}/x`]: '' })
    await expect(loading).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG' })
  },
)

test('a file that leads nowhere but to itself stops us', async () => {
  const folder = await createProject({ 'project/package.json': '{}', 'home/x': '' })
  await symlink('.npmrc', join(folder, 'project/.npmrc'))
  await expect(loadIn(folder)).rejects.toMatchObject({
    code: 'ERR_JSR_GUARD_CONFIG',
    file: '.npmrc',
  })
})

test.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
  'a file that we may not read stops us',
  async () => {
    const folder = await createProject({ 'project/.npmrc': 'a=b', 'home/x': '' })
    await chmod(join(folder, 'project/.npmrc'), 0)
    await expect(loadIn(folder)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG' })
  },
)

test.for([
  { title: 'a text that ini fails at', files: { 'project/.npmrc': "'null'=1" } },
  { title: 'a userconfig that is a list', files: { 'project/.npmrc': 'userconfig[]=a' } },
  { title: 'a userconfig that is empty', files: { 'project/.npmrc': 'userconfig=' } },
  { title: 'one file in two places', files: { 'home/.npmrc': 'globalconfig=~/.npmrc' } },
])('$title stops us', async ({ files }) => {
  await expect(load(files)).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG' })
})

test.skipIf(process.platform === 'win32')('a file that never ends stops us', async () => {
  const loading = load({ 'project/.npmrc': 'userconfig=/dev/zero' })
  await expect(loading).rejects.toMatchObject({ code: 'ERR_JSR_GUARD_CONFIG' })
})

test('the device for nothing is an empty file', async () => {
  const config = await load({}, { env: { NPM_CONFIG_USERCONFIG: devNull } })
  expect(config.get('userconfig')?.value).toBe(devNull)
})

test('a place below a file is no file, as for npm', async () => {
  const config = await load({ 'project/.npmrc': 'userconfig=package.json/npmrc' })
  expect(config.get('userconfig')?.from).toBe('.npmrc:1')
})

test('a home in the environment goes before the one that is given', async () => {
  const folder = await createProject({ 'project/package.json': '{}', 'elsewhere/.npmrc': 'a=b' })
  const config = await loadIn(folder, { env: { HOME: join(folder, 'elsewhere') } })
  expect(config.get('a')?.from).toBe('~/.npmrc:1')
})

test('paths in settings start where npm does, or at the home', async () => {
  const folder = await createProject({
    'project/.npmrc': 'cafile=ca.pem',
    'home/.npmrc': 'prefix=~/p',
  })
  const config = await loadIn(folder, { cwd: join(folder, 'project/src') })
  expect(config.get('cafile')?.value).toBe(join(folder, 'project/src/ca.pem'))
  expect(config.get('prefix')?.value).toBe(join(folder, 'home/p'))
})

test.for([
  { platform: 'linux', nodePath: '/opt/node/bin/node', prefix: '/opt/node' },
  {
    platform: 'linux',
    nodePath: '/opt/node/bin/node',
    env: { DESTDIR: '/x' },
    prefix: '/x/opt/node',
  },
  {
    platform: 'linux',
    nodePath: '/n/bin/node',
    env: { PREFIX: '/p', DESTDIR: '/x' },
    prefix: '/p',
  },
  { platform: 'win32', nodePath: 'C:\\node\\node.exe', prefix: 'C:\\node' },
  { platform: 'win32', nodePath: 'C:\\n\\node.exe', env: { Prefix: 'D:\\p' }, prefix: 'D:\\p' },
] as const)('the global prefix of $nodePath on $platform is $prefix', async (row) => {
  const { prefix, env = {}, ...options } = row
  const home = await createProject({})
  const config = await loadNpmConfig({ ...options, env, root: home, home, cwd: home })
  expect(config.get('prefix')?.value).toBe(prefix)
  const separator = row.platform === 'win32' ? '\\' : '/'
  expect(config.get('globalconfig')?.value).toBe([prefix, 'etc', 'npmrc'].join(separator))
})

// prettier-ignore
const keys = [
  'registry', '@jsr:registry', '@JSR:registry', '"@jsr:registry"', '@jsr:registry[]',
  '${S}:registry', '${S?}:registry', '//h.example/:_authToken', 'cafile', 'strict-ssl',
  'package-lock', 'noproxy', 'noproxy[]', 'ca', 'ca[]', 'fetch-retries', 'scope', 'proxy',
  'a.b', 'a', '\uFEFFregistry', '; registry', "'5'", "'null'",
]
// prettier-ignore
const values = [
  'https://a.example/', '"https://b.example/"', '"https://q/" ; c', "'[1,2]'", '\'{"a":1}\'',
  '"true"', 'true', 'false', 'null', 'undefined', '', '${V}', '${V?}', '${U}', '${U?}',
  '\\${V}', '\\\\${V}', '\\\\\\${V?}', 'x${V}y${U?}z', '${', 'a;b', 'a\\;b', '#x', '~/x',
  './x', '5', '0x10', 'a\u2028b', '"unfinished', ' spaced out ',
]
const sections = ['[registry]', '[x]', '[@jsr:registry]', '[@jsr:registry.x]', '\uFEFF[x]', '[]']
const setting = fc
  .tuple(
    fc.constantFrom(...keys),
    fc.constantFrom('=', ' = ', '', '=='),
    fc.constantFrom(...values),
  )
  .map((parts) => parts.join(''))
const line = fc.oneof({ weight: 8, arbitrary: setting }, fc.constantFrom(...sections))
const file = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 5 })
  .map((lines) => lines.flat().join(''))
const variables = fc.dictionary(
  fc.oneof(
    fc.constantFrom('npm_config_registry', 'NPM_CONFIG_REGISTRY', 'npm_config_@jsr:registry'),
    fc.constantFrom('NPM_CONFIG_@JSR:REGISTRY', 'npm_config__auth', 'npm_config_strict_ssl'),
    fc.constantFrom('npm_config_//h.example/:_authToken', 'npm_config_${S}:registry', 'S', 's'),
    fc.constantFrom('npm_config_noproxy', 'npm_config_', 'U'),
  ),
  fc.constantFrom(...values, '@jsr', 'x\n\ny'),
)

test.for(clients)(
  'takes all values as npm $version takes them, whatever files and environment say',
  { timeout: 60_000 },
  async (client) => {
    const cwd = await realpath(await mkdtemp(join(tmpdir(), 'jsr-guard-config-')))
    const property = fc.asyncProperty(file, file, file, variables, async (...texts) => {
      const [project, user, global, extra] = texts
      await writeFile(join(cwd, '.npmrc'), project)
      await writeFile(join(cwd, 'user'), user)
      await writeFile(join(cwd, 'global'), global)
      const env = {
        HOME: cwd,
        PREFIX: '/nowhere',
        V: 'value',
        S: '@jsr',
        ...extra,
        npm_config_userconfig: join(cwd, 'user'),
        npm_config_globalconfig: join(cwd, 'global'),
      }
      const npm = await orFailure(readWithNpmItself(client, { cwd, env }))
      // npm's module resolves paths by the folder of this process.
      const options = { root: cwd, cwd: process.cwd(), home: cwd, env }
      const { version } = client
      const ours = await orFailure(
        loadNpmConfig({ ...options, npmFolder: npmFolderOf(client), version }),
      )
      if (npm instanceof Error || ours instanceof Error) {
        expect([npm, ours]).toMatchObject([{ name: 'TypeError' }, { code: 'ERR_JSR_GUARD_CONFIG' }])
        return
      }
      for (const key of new Set(ours.list().map(([name]) => name))) {
        expect([key, ours.get(key)?.value]).toEqual([key, npm.get(key)])
      }
    })
    try {
      await fc.assert(property, { numRuns: 100 })
    } finally {
      await rm(cwd, { recursive: true })
    }
  },
)

async function orFailure<Result>(promise: Promise<Result>): Promise<Result | Error> {
  return await promise.catch((error: unknown) => {
    if (error instanceof Error) return error
    throw error
  })
}
