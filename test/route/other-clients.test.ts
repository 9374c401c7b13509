import { describe, expect, test } from 'vitest'
import { loadProject } from '../../src/project/load.ts'
import type { ClientName } from '../../src/route/route.ts'
import type { Client } from '../clients/clients.ts'
import { bun, deno, yarnBerry, yarnClassic } from '../clients/others.ts'
import { createMachine, listAskedHosts, type Asking, type Machine } from './asking.ts'

interface Row {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
}

interface Table {
  readonly name: ClientName
  readonly client: Client
  readonly asking: Asking
  readonly rows: readonly Row[]
}

const manifest = (version: string): string =>
  JSON.stringify({
    packageManager: version,
    dependencies: { cases: 'npm:@jsr/luca__cases@^1.0.0' },
  })

const yarnRows: readonly Row[] = [
  { title: 'nothing', files: {} },
  { title: 'a default alone', files: { '.npmrc': 'registry=http://default.example/\n' } },
  { title: 'a default of its own', files: { '.yarnrc': 'registry "http://own.example/"\n' } },
  {
    title: 'npm’s default over its own',
    files: {
      '.npmrc': 'registry=http://default.example/\n',
      '.yarnrc': 'registry "http://own.example/"\n',
    },
  },
  {
    title: 'a mapping',
    files: {
      '.npmrc': 'registry=http://default.example/\n@jsr:registry=http://scope.example/npm/\n',
    },
  },
  {
    title: 'a mapping of its own, behind a default of npm’s',
    files: {
      '.npmrc': 'registry=http://default.example/\n',
      '.yarnrc': '"@jsr:registry" "http://own-scope.example/"\n',
    },
  },
  {
    title: 'a wrong key',
    files: { '.npmrc': 'registry=http://default.example/\njsr:registry=http://scope.example/\n' },
  },
  {
    title: 'a mapping in the home',
    files: {
      '.npmrc': 'registry=http://default.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'a mapping in the project over one in the home',
    files: {
      '.npmrc': '@jsr:registry=http://scope.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'a mapping above the project',
    files: { 'above/.npmrc': '@jsr:registry=http://above.example/\n' },
  },
  {
    title: 'a variable of npm’s over a file',
    files: { '.npmrc': 'registry=http://default.example/\n' },
    env: { npm_config_registry: 'http://variable.example/' },
  },
  {
    title: 'a variable of its own',
    files: { '.npmrc': 'registry=http://default.example/\n' },
    env: { YARN_REGISTRY: 'http://variable.example/' },
  },
  {
    title: 'a variable inside a file',
    files: { '.npmrc': '@jsr:registry=${PLACE}\n' },
    env: { PLACE: 'http://place.example/' },
  },
  {
    title: 'an empty mapping',
    files: { '.npmrc': 'registry=http://default.example/\n@jsr:registry=\n' },
  },
]

const server = (scope: string, host: string): string =>
  `npmScopes:\n  ${scope}:\n    npmRegistryServer: "http://${host}/"\n`

const berryRows: readonly Row[] = [
  { title: 'nothing', files: {} },
  {
    title: 'a default alone',
    files: { '.yarnrc.yml': 'npmRegistryServer: "http://default.example/"\n' },
  },
  { title: 'a mapping', files: { '.yarnrc.yml': server('jsr', 'scope.example') } },
  {
    title: 'the wrong key',
    files: {
      '.yarnrc.yml': `npmRegistryServer: "http://default.example/"\n${server('"@jsr"', 'scope.example')}`,
    },
  },
  {
    title: 'a scope without a server',
    files: {
      '.yarnrc.yml':
        'npmRegistryServer: "http://default.example/"\nnpmScopes:\n  jsr:\n    npmAlwaysAuth: false\n',
    },
  },
  { title: 'a mapping in the home', files: { 'home/.yarnrc.yml': server('jsr', 'user.example') } },
  {
    title: 'a mapping in the project over one in the home',
    files: {
      '.yarnrc.yml': server('jsr', 'scope.example'),
      'home/.yarnrc.yml': server('jsr', 'user.example'),
    },
  },
  {
    title: 'a scope in the project, its server in the home',
    files: {
      '.yarnrc.yml': 'npmScopes:\n  jsr:\n    npmAlwaysAuth: false\n',
      'home/.yarnrc.yml': server('jsr', 'user.example'),
    },
  },
  {
    title: 'a mapping above the project',
    files: { 'above/.yarnrc.yml': server('jsr', 'above.example') },
  },
  {
    title: 'a variable',
    files: {},
    env: { YARN_NPM_REGISTRY_SERVER: 'http://variable.example/' },
  },
  {
    title: 'an .npmrc',
    files: { '.npmrc': '@jsr:registry=http://scope.example/\n' },
  },
  {
    title: 'a variable inside a file',
    files: { '.yarnrc.yml': server('jsr', '${PLACE:-fallback.example}') },
    env: { PLACE: 'place.example' },
  },
]

const bunRows: readonly Row[] = [
  { title: 'nothing', files: {} },
  { title: 'a default alone', files: { '.npmrc': 'registry=http://default.example/\n' } },
  {
    title: 'a default of its own over npm’s',
    files: {
      '.npmrc': 'registry=http://default.example/\n',
      'bunfig.toml': '[install]\nregistry = "http://own.example/"\n',
    },
  },
  {
    title: 'a mapping',
    files: {
      '.npmrc': 'registry=http://default.example/\n@jsr:registry=http://scope.example/\n',
    },
  },
  {
    title: 'a mapping of its own over one in .npmrc',
    files: {
      '.npmrc': '@jsr:registry=http://scope.example/\n',
      'bunfig.toml': '[install.scopes]\n"@jsr" = "http://own-scope.example/"\n',
    },
  },
  {
    title: 'a mapping of its own without the sign, as a table',
    files: { 'bunfig.toml': '[install.scopes]\njsr = { url = "http://own-scope.example/" }\n' },
  },
  { title: 'a wrong key', files: { '.npmrc': 'jsr:registry=http://scope.example/\n' } },
  {
    title: 'a mapping in the home',
    files: { 'home/.npmrc': '@jsr:registry=http://user.example/\n' },
  },
  {
    title: 'its own file in the home, behind the project’s',
    files: {
      'bunfig.toml': '[install]\nregistry = "http://own.example/"\n',
      'home/.bunfig.toml': '[install.scopes]\n"@jsr" = "http://user-scope.example/"\n',
    },
  },
  {
    title: 'a mapping in the project over one in the home',
    files: {
      '.npmrc': '@jsr:registry=http://scope.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'a variable over a default',
    files: { '.npmrc': 'registry=http://default.example/\n' },
    env: { NPM_CONFIG_REGISTRY: 'http://variable.example/' },
  },
  {
    title: 'a variable for the scope',
    files: { '.npmrc': 'registry=http://default.example/\n' },
    env: { 'npm_config_@jsr:registry': 'http://variable.example/' },
  },
]

const denoRows: readonly Row[] = [
  { title: 'nothing', files: {} },
  { title: 'a default alone', files: { '.npmrc': 'registry=http://default.example/\n' } },
  { title: 'a mapping', files: { '.npmrc': '@jsr:registry=http://scope.example/\n' } },
  { title: 'a wrong key', files: { '.npmrc': 'jsr:registry=http://scope.example/\n' } },
  {
    title: 'a mapping in the home',
    files: { 'home/.npmrc': '@jsr:registry=http://user.example/\n' },
  },
  {
    title: 'a mapping in the project over one in the home',
    files: {
      '.npmrc': '@jsr:registry=http://scope.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'a variable for the default',
    files: {},
    env: { NPM_CONFIG_REGISTRY: 'http://variable.example/' },
  },
  { title: 'its own variable', files: {}, env: { JSR_NPM_URL: 'http://variable.example/' } },
  {
    title: 'a mapping over its own variable',
    files: { '.npmrc': '@jsr:registry=http://scope.example/\n' },
    env: { JSR_NPM_URL: 'http://variable.example/' },
  },
  {
    title: 'a variable inside a file',
    files: { '.npmrc': '@jsr:registry=${PLACE}\n' },
    env: { PLACE: 'http://place.example/' },
  },
]

const tables: readonly Table[] = [
  {
    name: 'yarn',
    client: yarnClassic,
    asking: { args: ['install', '--ignore-scripts', '--non-interactive'], wanted: 'luca__cases' },
    rows: yarnRows,
  },
  {
    name: 'yarn-berry',
    client: yarnBerry,
    asking: { args: ['install', '--mode=update-lockfile'], wanted: 'luca__cases' },
    rows: berryRows,
  },
  {
    name: 'bun',
    client: bun,
    asking: { args: ['install', '--lockfile-only'], wanted: 'luca__cases' },
    rows: bunRows,
  },
  {
    name: 'deno',
    client: deno,
    asking: { args: ['install', '--quiet'], wanted: 'luca__cases' },
    rows: denoRows,
  },
]

describe.for(tables)(
  '$name asks for @jsr where the route says, with',
  ({ name, client, asking, rows }) => {
    test.for(rows)('$title', { timeout: 60_000 }, async ({ files, env }) => {
      const version = `${client.name}@${client.version}`
      const machine = await createMachine({
        files: { 'package.json': manifest(version), ...files },
        env,
      })
      const asked = await listAskedHosts(client, machine, asking)
      const { route, version: known } = await findClient(name, machine)
      expect(known).toBe(client.version)
      expect(asked).toEqual([route.url?.hostname])
    })
  },
)

test.for([
  { title: 'nothing', files: {}, env: {} },
  {
    title: 'a mapping that has no say',
    files: { '.npmrc': '@jsr:registry=http://scope.example/\n' },
    env: {},
  },
  { title: 'its own variable', files: {}, env: { JSR_URL: 'http://variable.example/' } },
])(
  'deno asks for jsr: in deno.json where the native route says, with $title',
  async ({ files, env }) => {
    const imports = { '@luca/cases': 'jsr:@luca/cases@^1.0.0' }
    const machine = await createMachine({
      files: { 'deno.json': JSON.stringify({ imports }), ...files },
      env,
    })
    const asked = await listAskedHosts(deno, machine, { args: ['install'], wanted: 'luca/cases' })
    const { nativeRoute } = await findClient('deno', machine)
    expect(asked).toEqual([nativeRoute?.url?.hostname])
  },
)

async function findClient(name: ClientName, { cwd, home, env }: Machine) {
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const project = await loadProject({ cwd, home, env, npm, client: name })
  const found = project.clients.find((one) => one.name === name)
  if (found === undefined) throw new Error(`${name} is not among the clients`)
  return found
}
