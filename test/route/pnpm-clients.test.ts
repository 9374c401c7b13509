import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadProject } from '../../src/project/load.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'
import { findClientProgram, type Client } from '../clients/clients.ts'
import { pnpmClients } from '../clients/pnpm.ts'
import { createProject } from '../world/project.ts'

const lockfile = `lockfileVersion: '9.0'

settings:
  autoInstallPeers: true
  excludeLinksFromLockfile: false

importers:

  .:
    dependencies:
      cases:
        specifier: npm:@jsr/luca__cases@^1.0.0
        version: '@jsr/luca__cases@1.0.1'

packages:

  '@jsr/luca__cases@1.0.1':
    resolution: {integrity: sha512-${'A'.repeat(86)}==}

snapshots:

  '@jsr/luca__cases@1.0.1': {}
`

const rows: readonly Row[] = [
  { title: 'nothing', files: {} },
  { title: 'a default registry', files: { '.npmrc': 'registry=http://default.example/\n' } },
  {
    title: 'a mapping in the project',
    files: { '.npmrc': '@jsr:registry=http://project.example/\n' },
  },
  {
    title: 'a mapping in the project, over one in the home',
    files: {
      '.npmrc': '@jsr:registry=http://project.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'a mapping in the home',
    files: { 'home/.npmrc': '@jsr:registry=http://user.example/\n' },
  },
  {
    title: 'pnpm’s own rc',
    files: { 'home/.config/pnpm/rc': '@jsr:registry=http://rc.example/\n' },
  },
  {
    title: 'pnpm’s own auth.ini',
    files: {
      'home/.config/pnpm/auth.ini': '@jsr:registry=http://auth.example/\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
  },
  {
    title: 'pnpm’s own config.yaml, over the project',
    files: {
      'home/.config/pnpm/config.yaml': "registries:\n  '@jsr': http://config.example/\n",
      '.npmrc': '@jsr:registry=http://project.example/\n',
    },
  },
  {
    title: 'pnpm-workspace.yaml over .npmrc',
    files: {
      'pnpm-workspace.yaml': "packages: [.]\nregistries:\n  '@jsr': http://yaml.example/\n",
      '.npmrc': '@jsr:registry=http://project.example/\n',
    },
  },
  {
    title: 'pnpm-workspace.yaml by address',
    files: {
      'pnpm-workspace.yaml':
        "packages: [.]\nregistries:\n  http://yaml.example/:\n    scopes: ['@', '@jsr']\n",
    },
    failing: ['10.34.9'],
  },
  {
    // pnpm 10 resolves with the default then, and takes what is locked from JSR.
    title: 'pnpm-workspace.yaml with a default alone, over a mapping in .npmrc',
    args: ['install', '--frozen-lockfile'],
    files: {
      'pnpm-lock.yaml': lockfile,
      'pnpm-workspace.yaml': 'packages: [.]\nregistries:\n  default: http://yaml.example/\n',
      '.npmrc': '@jsr:registry=http://project.example/\n',
    },
  },
  {
    title: 'a variable of npm’s',
    files: { '.npmrc': '@jsr:registry=http://project.example/\n' },
    env: { 'npm_config_@jsr:registry': 'http://variable.example/' },
  },
  {
    title: 'a default in a variable of pnpm’s',
    files: { '.npmrc': 'registry=http://project.example/\n' },
    env: { pnpm_config_registry: 'http://variable.example/' },
  },
  {
    title: 'a variable in the project’s file',
    files: {
      '.npmrc': '@jsr:registry=${PLACE}\n',
      'home/.npmrc': '@jsr:registry=http://user.example/\n',
    },
    env: { PLACE: 'http://place.example/' },
    failing: ['12.21.0'],
  },
  {
    title: 'a variable in the user’s file',
    files: { 'home/.npmrc': '@jsr:registry=${PLACE}\n' },
    env: { PLACE: 'http://place.example/' },
  },
  {
    title: 'another file of the user’s',
    files: { 'home/other': '@jsr:registry=http://other.example/\n' },
    env: { npm_config_userconfig: '{root}/home/other' },
  },
  {
    title: 'another file of the user’s, in a variable of pnpm’s',
    files: { 'home/other': '@jsr:registry=http://other.example/\n' },
    env: { pnpm_config_npmrc_auth_file: '{root}/home/other' },
  },
]

const publicHost = new URL(publicNpmRegistry).hostname

interface Row {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Default `install --lockfile-only`. */
  readonly args?: readonly string[]
  /** Versions that fail before they ask. */
  readonly failing?: readonly string[]
}

describe.for(pnpmClients)('pnpm $version asks for @jsr where the route says, with', (client) => {
  test.for(rows)('$title', { timeout: 60_000 }, async (row) => {
    findClientProgram(client)
    const { cwd, home, env } = await createMachine(row)
    const asked = await ask(client, { cwd, args: row.args, env: { ...env, HOME: home } })
    const { route } = await findRoute(cwd, { home, env, version: client.version })
    if (row.failing?.includes(client.version) === true) {
      expect({ asked, url: route?.url }).toEqual({ asked: [], url: undefined })
      return
    }
    expect([...new Set(asked)]).toEqual([route?.url?.hostname])
  })
})

async function createMachine({ files, env = {} }: Row) {
  const root = await createProject({
    'project/package.json': { dependencies: { cases: 'npm:@jsr/luca__cases@^1.0.0' } },
  })
  const cwd = join(root, 'project')
  for (const [file, text] of Object.entries(files)) {
    const path = file.startsWith('home/') ? join(root, file) : join(cwd, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  const entries = Object.entries(env).map(([key, value]) => [key, value.replace('{root}', root)])
  return {
    cwd,
    home: join(root, 'home'),
    env: Object.fromEntries(entries) as Record<string, string>,
  }
}

async function findRoute(
  cwd: string,
  { home, env, version }: { home: string; env: Record<string, string>; version: string },
) {
  const npm = { version: undefined, folder: undefined, nodePath: '/nowhere/bin/node' }
  const project = await loadProject({ cwd, home, env, npm, client: 'pnpm', pnpm: { version } })
  return project.clients.find(({ name }) => name === 'pnpm') ?? { route: undefined }
}

interface AskOptions {
  readonly cwd: string
  readonly env: Record<string, string>
  readonly args?: readonly string[] | undefined
}

/**
 * The hosts that pnpm asks for the package; the way out answers nothing. What goes to https is not
 * seen: to JSR it is for the package, to the public registry only where nothing else is asked.
 */
async function ask(
  { command, args: first }: Client,
  { cwd, env, args = ['install', '--lockfile-only'] }: AskOptions,
): Promise<readonly string[]> {
  const asked: string[] = []
  const others: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    if (url.pathname.includes('luca__cases')) asked.push(url.hostname)
    response.writeHead(404).end()
  })
  server.on('connect', (request: IncomingMessage, socket) => {
    const [host = '', port] = String(request.url).split(':')
    if (port === '443') {
      if (host === publicHost) others.push(host)
      else asked.push(host)
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n')
      return
    }
    // pnpm 11 opens a tunnel for plain http too.
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    server.emit('connection', socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const proxy = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const child = spawn(command, [...first, ...args], {
    cwd,
    stdio: 'ignore',
    env: {
      ...env,
      PATH: '',
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      https_proxy: proxy,
      http_proxy: proxy,
      npm_config_update_notifier: 'false',
      pnpm_config_update_notifier: 'false',
      npm_config_fetch_retries: '0',
      pnpm_config_fetch_retries: '0',
      npm_config_manage_package_manager_versions: 'false',
    },
  })
  await new Promise((done) => child.on('exit', done))
  return asked.length > 0 ? asked : others
}
