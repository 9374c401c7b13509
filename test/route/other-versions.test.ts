import { expect, test } from 'vitest'
import { loadProject } from '../../src/project/load.ts'
import type { ClientName } from '../../src/route/route.ts'
import { publicNpmRegistry, publicYarnRegistry } from '../../src/url/public-registry.ts'
import { createMachine } from './asking.ts'

const own = 'http://default.example/'
const mapped = 'http://scope.example/'
const jsrNpm = 'https://npm.jsr.io/'

const yarnDefault = { '.yarnrc.yml': `npmRegistryServer: "${own}"\n` }
const npmDefault = { '.npmrc': `registry=${own}\n` }
const vltJson = (config: object) => ({ 'vlt.json': JSON.stringify({ config }) })
const shallow = {
  '.yarnrc.yml': 'npmScopes:\n  jsr:\n    npmAlwaysAuth: false\n',
  'home/.yarnrc.yml': `npmScopes:\n  jsr:\n    npmRegistryServer: "${mapped}"\n`,
}

interface Row {
  readonly client: ClientName
  /** `undefined`: nothing tells it. */
  readonly version?: string
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** `undefined` where it can't be told. */
  readonly url: string | undefined
  readonly native?: string
}

/** By the sources of the clients: these versions can't be run here, or not at all. */
const rows: readonly Row[] = [
  { client: 'yarn-berry', version: '4.8.1', title: 'a default', files: yarnDefault, url: own },
  { client: 'yarn-berry', version: '4.9.0', title: 'a default', files: yarnDefault, url: jsrNpm },
  { client: 'yarn-berry', version: '4.8.1', title: 'nothing', files: {}, url: publicYarnRegistry },
  {
    client: 'yarn-berry',
    version: '3.8.7',
    title: 'two files',
    files: shallow,
    url: publicYarnRegistry,
  },
  { client: 'yarn-berry', version: '4.18.1', title: 'two files', files: shallow, url: mapped },
  { client: 'yarn-berry', title: 'two files', files: shallow, url: publicYarnRegistry },
  { client: 'yarn-berry', title: 'a default', files: yarnDefault, url: jsrNpm },
  {
    client: 'yarn-berry',
    version: '4.18.1',
    title: 'a program of an older version',
    files: {
      '.yarnrc.yml': `npmRegistryServer: "${own}"\nyarnPath: .yarn/releases/yarn-4.8.1.cjs\n`,
    },
    url: own,
  },
  {
    client: 'yarn-berry',
    version: '4.8.1',
    title: 'a program of no version',
    files: { '.yarnrc.yml': `npmRegistryServer: "${own}"\nyarnPath: ./yarn.js\n` },
    url: jsrNpm,
  },
  {
    client: 'yarn-berry',
    version: '4.18.1',
    title: 'a rule for conflicts',
    files: {
      '.yarnrc.yml': `npmScopes:\n  onConflict: reset\n  jsr:\n    npmRegistryServer: "${mapped}"\n`,
    },
    url: undefined,
  },
  {
    client: 'yarn-berry',
    version: '4.18.1',
    title: 'a variable that is not set',
    files: { '.yarnrc.yml': 'npmScopes:\n  jsr:\n    npmRegistryServer: "${NOWHERE}"\n' },
    url: undefined,
  },
  {
    client: 'yarn',
    title: 'arguments in its file',
    files: { '.yarnrc': '--install.registry "http://argument.example/"\n', ...npmDefault },
    url: undefined,
  },
  {
    client: 'yarn',
    title: 'a variable that is not set',
    files: { '.npmrc': '@jsr:registry=${NOWHERE}\n' },
    url: undefined,
  },
  {
    client: 'bun',
    title: 'a default in a file of variables',
    files: { ...npmDefault, '.env': 'BUN_CONFIG_REGISTRY=http://dotenv.example/\n' },
    url: undefined,
  },
  { client: 'deno', version: '2.6.6', title: 'a default', files: npmDefault, url: own },
  { client: 'deno', version: '2.6.7', title: 'a default', files: npmDefault, url: jsrNpm },
  { client: 'deno', title: 'a default', files: npmDefault, url: jsrNpm, native: 'https://jsr.io/' },
  {
    client: 'vlt',
    version: '1.0.0-rc.23',
    title: 'nothing',
    files: {},
    url: publicNpmRegistry,
    native: jsrNpm,
  },
  {
    client: 'vlt',
    version: '1.0.0-rc.23',
    title: 'a default',
    files: vltJson({ registry: own, registries: { npm: own } }),
    url: publicNpmRegistry,
  },
  {
    client: 'vlt',
    version: '1.0.0-rc.23',
    title: 'the name of its time',
    files: vltJson({ 'scope-registries': { '@jsr': mapped } }),
    url: mapped,
  },
  {
    client: 'vlt',
    version: '1.0.0-rc.23',
    title: 'the name that came later',
    files: vltJson({ 'scoped-registries': { '@jsr': mapped }, 'jsr-registries': { jsr: mapped } }),
    url: publicNpmRegistry,
    native: jsrNpm,
  },
  { client: 'vlt', version: '1.0.4', title: 'nothing', files: {}, url: undefined, native: jsrNpm },
  {
    client: 'vlt',
    version: '1.0.4',
    title: 'a default',
    files: vltJson({ registries: { npm: own } }),
    url: own,
  },
  {
    client: 'vlt',
    version: '1.0.4',
    title: 'the name of its time',
    files: vltJson({ 'scoped-registries': { '@jsr': mapped }, 'jsr-registries': { jsr: mapped } }),
    url: mapped,
    native: mapped,
  },
  {
    client: 'vlt',
    version: '1.0.4',
    title: 'the old name',
    files: vltJson({ 'scope-registries': { '@jsr': mapped }, registries: { npm: own } }),
    url: own,
  },
  {
    client: 'vlt',
    version: '1.0.4',
    title: 'a variable',
    files: {},
    env: { VLT_SCOPED_REGISTRIES: `@jsr=${mapped}`, VLT_JSR_REGISTRIES: `jsr=${mapped}` },
    url: mapped,
    native: mapped,
  },
  {
    client: 'vlt',
    version: '1.0.4',
    title: 'files that differ',
    files: {
      ...vltJson({ 'scoped-registries': { '@jsr': mapped } }),
      'home/.config/vlt/vlt.json': JSON.stringify({
        config: { 'scoped-registries': { '@jsr': own } },
      }),
    },
    url: undefined,
  },
  {
    client: 'vlt',
    title: 'a name of one version alone',
    files: vltJson({ 'scoped-registries': { '@jsr': mapped } }),
    url: publicNpmRegistry,
    native: jsrNpm,
  },
]

test.for(rows)('$client $version goes to $url with $title', async (row) => {
  const { client, version, files, env, url, native } = row
  const name = client === 'yarn-berry' ? 'yarn' : client
  const range = version ?? (client === 'yarn' ? '1' : client === 'yarn-berry' ? '4' : '')
  const manifest = { devEngines: { packageManager: { name, version: range } } }
  const machine = await createMachine({
    files: { 'package.json': JSON.stringify(manifest), ...files },
    env,
  })
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const project = await loadProject({ ...machine, npm, client })
  const [found] = project.clients
  expect(found?.name).toBe(client)
  expect(found?.route.url?.href).toBe(url)
  if (native !== undefined) expect(found?.nativeRoute?.url?.href).toBe(native)
})
