import { expect, test } from 'vitest'
import { findNpmRoute } from '../../src/route/npm.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'
import { clients } from '../clients/clients.ts'
import { createNpmMachine, type NpmSetup } from './npm-machine.ts'

interface Row extends NpmSetup {
  readonly title: string
  /** Where it goes; `undefined` where that can't be told, and npm fails. */
  readonly url: string | undefined
  readonly from: string
  readonly kind?: 'scope' | 'default' | 'built-in'
  /** Only for these majors; default all. */
  readonly majors?: readonly number[]
  /** Whether npm is sent for a package; else it is asked with `npm config get`. */
  readonly isAsked?: boolean
  /** What it asks for, where that isn't what the route says. */
  readonly asks?: string
}

const project = (text: string) => ({ 'project/.npmrc': text })
const rows: readonly Row[] = [
  {
    title: 'nothing',
    url: publicNpmRegistry,
    from: "npm's default",
    kind: 'built-in',
    isAsked: true,
  },
  {
    title: 'a mapping in the project',
    files: project('@jsr:registry=http://a.example/npm/'),
    url: 'http://a.example/npm/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a registry in the project',
    files: project('; ours\n\nregistry=http://a.example/npm/\n'),
    url: 'http://a.example/npm/',
    from: '.npmrc:3',
    kind: 'default',
    isAsked: true,
  },
  {
    title: 'a mapping of the user over a registry in the project',
    files: {
      ...project('registry=http://a.example/'),
      'home/.npmrc': '\n\n@jsr:registry=http://b.example/',
    },
    url: 'http://b.example/',
    from: '~/.npmrc:3',
  },
  {
    title: 'the project over the user',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'home/.npmrc': '@jsr:registry=http://b.example/',
    },
    url: 'http://a.example/',
    from: '.npmrc:1',
  },
  {
    title: 'the user over the global file',
    files: {
      'home/.npmrc': '@jsr:registry=http://a.example/',
      'prefix/etc/npmrc': '@jsr:registry=http://b.example/',
    },
    url: 'http://a.example/',
    from: '~/.npmrc:1',
  },
  {
    title: 'only the global file',
    files: { 'prefix/etc/npmrc': '@jsr:registry=http://b.example/' },
    url: 'http://b.example/',
    from: '{folder}/prefix/etc/npmrc:1',
  },
  {
    title: 'the environment over the project',
    files: project('@jsr:registry=http://a.example/'),
    env: { 'npm_config_@jsr:registry': 'http://e.example/' },
    url: 'http://e.example/',
    from: 'npm_config_@jsr:registry (environment)',
    isAsked: true,
  },
  {
    title: 'the environment in capitals',
    env: { 'NPM_CONFIG_@JSR:REGISTRY': 'http://e.example/' },
    url: 'http://e.example/',
    from: 'NPM_CONFIG_@JSR:REGISTRY (environment)',
  },
  {
    title: 'the same variable twice',
    env: { npm_config_registry: 'http://a.example/', NPM_CONFIG_REGISTRY: 'http://b.example/' },
    url: 'http://b.example/',
    from: 'NPM_CONFIG_REGISTRY (environment)',
    kind: 'default',
  },
  {
    title: 'an empty variable',
    files: project('registry=http://a.example/'),
    env: { npm_config_registry: '' },
    url: 'http://a.example/',
    from: '.npmrc:1',
    kind: 'default',
  },
  {
    title: 'a variable that only looks like a mapping',
    files: project('registry=http://a.example/'),
    env: { npm_config__jsr_registry: 'http://e.example/' },
    url: 'http://a.example/',
    from: '.npmrc:1',
    kind: 'default',
  },
  {
    title: 'the command line over the environment',
    env: { 'npm_config_@jsr:registry': 'http://e.example/' },
    args: ['--@jsr:registry=http://c.example/'],
    url: 'http://c.example/',
    from: '--@jsr:registry (command line)',
    isAsked: true,
  },
  {
    title: 'a registry on the command line',
    args: ['--registry', 'http://c.example/npm'],
    url: 'http://c.example/npm/',
    from: '--registry (command line)',
    kind: 'default',
  },
  {
    title: 'the short form on the command line',
    args: ['--reg=http://c.example/'],
    url: 'http://c.example/',
    from: '--registry (command line)',
    kind: 'default',
  },
  {
    title: 'an abbreviation on the command line',
    args: ['--regis', 'http://c.example/'],
    url: 'http://c.example/',
    from: '--registry (command line)',
    kind: 'default',
    majors: [10, 11],
  },
  {
    title: 'a mapping in a section',
    files: project('registry=http://a.example/\n[jsr]\n@jsr:registry=http://b.example/'),
    url: 'http://a.example/',
    from: '.npmrc:1',
    kind: 'default',
  },
  {
    title: 'a section behind a byte order mark, which is none',
    files: project('\uFEFF[jsr]\n@jsr:registry=http://b.example/'),
    url: 'http://b.example/',
    from: '.npmrc:2',
    isAsked: true,
  },
  {
    title: 'a section of the same name',
    files: project('@jsr:registry=http://a.example/\n[@jsr:registry.x]\ny=1'),
    url: undefined,
    from: '.npmrc:2',
    isAsked: true,
  },
  {
    title: 'a key in capitals',
    files: project('@JSR:registry=http://b.example/\nregistry=http://a.example/'),
    url: 'http://a.example/',
    from: '.npmrc:2',
    kind: 'default',
  },
  {
    title: 'a key twice',
    files: project('@jsr:registry=http://a.example/\n@jsr:registry=http://b.example/'),
    url: 'http://b.example/',
    from: '.npmrc:2',
  },
  {
    title: 'a variable in the value',
    files: project('@jsr:registry=http://${NAME}.example/'),
    env: { NAME: 'v' },
    url: 'http://v.example/',
    from: '.npmrc:1',
  },
  {
    title: 'a variable in the key',
    files: project('${SCOPE}:registry=http://v.example/'),
    env: { SCOPE: '@jsr' },
    url: 'http://v.example/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a variable that is not set',
    files: project('@jsr:registry=${NONE}'),
    url: undefined,
    from: '.npmrc:1',
  },
  {
    title: 'an optional variable that is not set, before npm had them',
    files: project('@jsr:registry=http://a.example/${NONE?}'),
    url: undefined,
    from: '.npmrc:1',
    majors: [10],
    isAsked: true,
    asks: 'http://a.example/$%7BNONE?}/@jsr%2fluca__cases',
  },
  {
    title: 'an optional variable that is not set',
    files: project('@jsr:registry=http://a.example/${NONE?}'),
    url: 'http://a.example/',
    from: '.npmrc:1',
    majors: [11, 12],
  },
  {
    title: 'an escaped variable',
    files: project('@jsr:registry=\\${NAME}'),
    env: { NAME: 'http://v.example/' },
    url: undefined,
    from: '.npmrc:1',
  },
  {
    title: 'quotes',
    files: project('"@jsr:registry" = "http://a.example/"'),
    url: 'http://a.example/',
    from: '.npmrc:1',
  },
  {
    title: 'quotes with a comment behind, which stay',
    files: project('@jsr:registry="http://a.example/" ; ours'),
    url: undefined,
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'spaces, a comment behind and Windows line ends',
    files: project('# first\r\n\r\n  @jsr:registry  =  http://a.example/  ; ours\r\n'),
    url: 'http://a.example/',
    from: '.npmrc:3',
  },
  {
    title: 'a byte order mark',
    files: project('\uFEFF@jsr:registry=http://a.example/'),
    url: 'http://a.example/',
    from: '.npmrc:1',
  },
  {
    title: 'no slash at the end, and a port',
    files: project('@jsr:registry=http://a.example:8081/repository/npm'),
    url: 'http://a.example:8081/repository/npm/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'too many slashes at the end',
    files: project('@jsr:registry=http://a.example/npm//'),
    url: 'http://a.example/npm/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'capitals in the address',
    files: project('@jsr:registry=HTTP://A.Example/NPM/'),
    url: 'http://a.example/NPM/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'https',
    files: project('@jsr:registry=https://a.example/npm/'),
    url: 'https://a.example/npm/',
    from: '.npmrc:1',
  },
  {
    title: 'JSR itself, named in the home',
    files: { 'home/.npmrc': '@jsr:registry=https://npm.jsr.io' },
    url: 'https://npm.jsr.io/',
    from: '~/.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a near miss of JSR',
    files: project('@jsr:registry=https://npm.jsr.io.evil.test./'),
    url: 'https://npm.jsr.io.evil.test./',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'user and password in the address',
    files: project('@jsr:registry=http://user:secret@a.example/npm/'),
    url: 'http://a.example/npm/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'an address without scheme',
    files: project('@jsr:registry=npm.corp.example/npm/'),
    url: undefined,
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'an empty mapping, which hides that of the user',
    files: {
      ...project('@jsr:registry=\nregistry=http://a.example/'),
      'home/.npmrc': '@jsr:registry=http://b.example/',
    },
    url: 'http://a.example/',
    from: '.npmrc:2',
    kind: 'default',
    isAsked: true,
  },
  {
    title: 'an empty registry, which hides that of the user',
    files: { ...project('registry='), 'home/.npmrc': 'registry=http://b.example/' },
    url: undefined,
    from: '.npmrc:1',
    kind: 'default',
    isAsked: true,
  },
  {
    title: 'an empty registry in the global file',
    files: { 'prefix/etc/npmrc': 'registry=' },
    url: publicNpmRegistry,
    from: '{folder}/prefix/etc/npmrc:1',
    kind: 'built-in',
    isAsked: true,
  },
  {
    title: 'a registry that is null',
    files: { ...project('registry=null'), 'home/.npmrc': 'registry=http://b.example/' },
    url: undefined,
    from: '.npmrc:1',
    kind: 'default',
    isAsked: true,
  },
  {
    title: 'a mapping without a value',
    files: project('@jsr:registry'),
    url: undefined,
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a list of mappings',
    files: project('@jsr:registry[]=http://a.example/\n@jsr:registry[]=http://b.example/'),
    url: undefined,
    from: '.npmrc:2',
    isAsked: true,
  },
  {
    title: 'another scope that stands in for scopes without mapping',
    files: project('scope=corp\n@corp:registry=http://s.example/\nregistry=http://a.example/'),
    url: 'http://s.example/',
    from: '.npmrc:2',
    kind: 'default',
    isAsked: true,
  },
  {
    title: 'global mode, which ignores the project',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'home/.npmrc': '@jsr:registry=http://b.example/',
    },
    args: ['-g'],
    url: 'http://b.example/',
    from: '~/.npmrc:1',
    isAsked: true,
  },
  {
    title: 'the global location, which ignores the project',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'home/.npmrc': '@jsr:registry=http://b.example/',
    },
    env: { npm_config_location: 'global' },
    url: 'http://b.example/',
    from: '~/.npmrc:1',
  },
  {
    title: 'another user file, named in the environment',
    files: {
      'home/.npmrc': '@jsr:registry=http://a.example/',
      'home/ci/npmrc': '@jsr:registry=http://b.example/',
    },
    env: { npm_config_userconfig: '~/ci/npmrc' },
    url: 'http://b.example/',
    from: '~/ci/npmrc:1',
  },
  {
    title: 'another user file, named in the project',
    files: {
      ...project('userconfig=./ci.npmrc'),
      'project/ci.npmrc': '@jsr:registry=http://b.example/',
      'home/.npmrc': '@jsr:registry=http://a.example/',
    },
    url: 'http://b.example/',
    from: 'ci.npmrc:1',
  },
  {
    title: 'another global file, by a prefix in the project',
    files: {
      ...project('prefix=./here'),
      'project/here/etc/npmrc': '@jsr:registry=http://b.example/',
    },
    url: 'http://b.example/',
    from: 'here/etc/npmrc:1',
  },
  {
    title: 'two global files: one named in the project wins over one in the environment',
    files: {
      ...project('globalconfig={folder}/one'),
      one: '@jsr:registry=http://a.example/',
      two: '@jsr:registry=http://b.example/',
    },
    env: { NPM_CONFIG_GLOBALCONFIG: '{folder}/two' },
    url: 'http://a.example/',
    from: '{folder}/one:1',
    isAsked: true,
  },
  {
    title: 'another folder, named on the command line',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'other/.npmrc': '@jsr:registry=http://b.example/',
    },
    args: ['--prefix', '../other'],
    url: 'http://b.example/',
    from: '{folder}/other/.npmrc:1',
  },
  {
    title: 'a folder below the project',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'project/src/.npmrc': '@jsr:registry=http://b.example/',
    },
    cwd: 'project/src',
    url: 'http://a.example/',
    from: '.npmrc:1',
  },
  {
    title: 'a workspace, whose own file is ignored',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'project/package.json': '{"workspaces":["packages/*"]}',
      'project/packages/w/package.json': '{"name":"w"}',
      'project/packages/w/.npmrc': '@jsr:registry=http://b.example/',
    },
    cwd: 'project/packages/w',
    url: 'http://a.example/',
    from: '.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a workspace by itself',
    files: {
      ...project('@jsr:registry=http://a.example/'),
      'project/package.json': '{"workspaces":["packages/*"]}',
      'project/packages/w/package.json': '{"name":"w"}',
      'project/packages/w/.npmrc': '@jsr:registry=http://b.example/',
    },
    cwd: 'project/packages/w',
    args: ['--no-workspaces'],
    url: 'http://b.example/',
    from: 'packages/w/.npmrc:1',
    isAsked: true,
  },
  {
    title: 'a project that is the home',
    files: { 'home/package.json': '{}', 'home/.npmrc': '@jsr:registry=http://a.example/' },
    cwd: 'home',
    url: 'http://a.example/',
    from: '.npmrc:1',
  },
]

const cases = clients.flatMap((client) =>
  rows
    .filter(({ majors }) => majors?.includes(Number.parseInt(client.version, 10)) ?? true)
    .map((row) => ({ client, version: client.version, title: row.title, row })),
)

test.concurrent.for(cases)(
  'npm $version with $title: the route is where it goes',
  { timeout: 60_000 },
  async ({ client, row }) => {
    const machine = await createNpmMachine(row)
    try {
      const config = await machine.load(client)
      const route = findNpmRoute(config, '@jsr/luca__cases')
      expect({ ...route, url: route.url?.href }).toMatchObject({
        url: row.url,
        from: row.from.replaceAll('{folder}', machine.folder),
        kind: row.kind ?? 'scope',
      })
      if (row.isAsked) {
        const requests = row.asks === undefined ? requestsFor(route.url) : [row.asks]
        expect(await machine.view(client, '@jsr/luca__cases')).toEqual(requests)
      } else {
        const keys = ['@jsr:registry', 'registry']
        const said = await machine.ask(client, keys)
        expect(keys.map((key) => asText(config.get(key)?.value))).toEqual(said)
      }
    } finally {
      await machine.close()
    }
  },
)

/** As `npm config get` prints it. */
function asText(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value)
}

function requestsFor(url: URL | undefined): string[] {
  if (url === undefined) return []
  if (url.protocol === 'https:') return [`CONNECT ${url.hostname}:${url.port || 443}`]
  return [new URL('@jsr%2fluca__cases', url).href]
}
