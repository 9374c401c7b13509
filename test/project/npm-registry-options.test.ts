import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import registryFetch from 'npm-registry-fetch'
import { expect, test } from 'vitest'
import { loadNpmConfig } from '../../src/project/npm-config.ts'
import { registryOptions } from '../../src/project/npm-registry-options.ts'
import { clients, findClientProgram, type Client } from '../clients/clients.ts'
import { npmFolderOf } from '../config/npm-itself.ts'
import { createProject } from '../world/project.ts'

interface Setup {
  readonly title: string
  readonly project?: string
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
}

const registry = 'registry=https://npm.corp.example/npm/'
const setups: readonly Setup[] = [
  { title: 'nothing' },
  {
    title: 'a token for a registry',
    project: registry,
    user: '//npm.corp.example/npm/:_authToken=t1',
  },
  { title: 'a token for a host', project: registry, user: '//npm.corp.example/:_authToken=t1' },
  {
    title: 'a token without the slash',
    project: registry,
    user: '//npm.corp.example/npm:_authToken=t1',
  },
  { title: 'a token in a variable', user: '//npm.corp.example/:_authToken=${T}', env: { T: 't2' } },
  {
    title: 'a token in the environment',
    env: { 'npm_config_//npm.corp.example/:_authToken': 't3' },
  },
  {
    title: 'user and password',
    user: '//npm.corp.example/npm/:username=u\n//npm.corp.example/npm/:_password=cGFzcw==',
  },
  { title: 'basic credentials', user: '//npm.corp.example/:_auth=dTpw' },
  {
    title: 'a certificate',
    user: '//npm.corp.example/:certfile={folder}/cert.pem\n//npm.corp.example/:keyfile={folder}/key.pem',
  },
  {
    title: 'a scope on a path of the same host',
    project: `${registry}\n@jsr:registry=https://npm.corp.example/jsr/\n@Corp:registry=https://c.example`,
    user: '//npm.corp.example/jsr/:_authToken=t4\n//c.example/:_authToken=t5',
  },
  { title: 'a scope for all', project: 'scope=corp\n@corp:registry=https://npm.corp.example/' },
  {
    title: 'proxies and times',
    user: 'proxy=http://u:p@p.example/\nhttps-proxy=http://q.example/\nnoproxy=a,b\nfetch-retries=4\nfetch-timeout=1000\nmaxsockets=3',
    project: 'noproxy[]=c\nnoproxy[]=d\nfetch-retry-mintimeout=1\nstrict-ssl=false',
  },
  { title: 'authorities in a file', user: 'ca=nothing', project: 'cafile={folder}/ca.pem' },
  { title: 'authorities in a list', user: 'cafile={folder}/ca.pem', project: 'ca[]=one\nca[]=two' },
  {
    title: 'a file of authorities that is missing',
    user: 'ca=one',
    project: 'cafile={folder}/none.pem',
  },
  { title: 'key and certificate for all', user: 'key="a\\nb"\ncert="c\\nd"' },
]

const urls = [
  'https://npm.corp.example/npm/@jsr%2fluca__cases',
  'https://npm.corp.example/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
  'https://npm.corp.example/jsr/@jsr%2fluca__cases',
  'https://npm.corp.example/elsewhere/x.tgz',
  'https://npm.corp.example:8443/npm/x.tgz',
  'https://npm.corp.example.evil.test/npm/x.tgz',
  'https://npm.jsr.io/@jsr/luca__cases',
  'https://c.example/x',
]

const files = {
  'package.json': {},
  'ca.pem':
    '-----BEGIN CERTIFICATE-----\r\nA\r\n-----END CERTIFICATE-----\r\n\n-----BEGIN CERTIFICATE-----\nB\n-----END CERTIFICATE-----\n',
  'cert.pem': 'certificate',
  'key.pem': 'key',
  'home/x': '',
}

interface Answer {
  readonly options: Readonly<Record<string, unknown>>
  readonly auth: Readonly<Record<string, unknown>>
}

/** A folder that npm takes for a machine. */
async function createMachine(setup: Setup): Promise<Machine> {
  const cwd = await createProject(files)
  const home = join(cwd, 'home')
  await writeFile(join(cwd, '.npmrc'), (setup.project ?? '').replaceAll('{folder}', cwd))
  await writeFile(join(home, '.npmrc'), (setup.user ?? '').replaceAll('{folder}', cwd))
  return { cwd, env: { HOME: home, PREFIX: join(cwd, 'prefix'), ...setup.env } }
}

interface Machine {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

function askNpm(client: Client, machines: readonly Machine[]): Answer[] {
  const { command } = findClientProgram(client)
  const script = fileURLToPath(new URL('npm-flat-options.cjs', import.meta.url))
  const input = JSON.stringify({ npmPath: npmFolderOf(client), machines, urls })
  return JSON.parse(execFileSync(command, [script], { input, encoding: 'utf8' })) as Answer[]
}

async function askUs({ version }: Client, { cwd, env }: Machine): Promise<Answer> {
  const config = await loadNpmConfig({ root: cwd, home: cwd, env, version })
  const options = registryOptions(config)
  const auth = Object.fromEntries(urls.map((url) => [url, registryFetch.getAuth(url, options)]))
  return JSON.parse(JSON.stringify({ options: { ...options }, auth })) as Answer
}

test.for(clients)(
  'npm $version asks with the same options and credentials',
  { timeout: 30_000 },
  async (client) => {
    const machines = await Promise.all(setups.map(createMachine))
    const answers = askNpm(client, machines)
    for (const [index, machine] of machines.entries()) {
      const title = setups[index]?.title
      const npm = answers[index]
      const ours = await askUs(client, machine)
      const { userAgent, ...options } = ours.options
      expect(npm?.options, title).toMatchObject(options)
      expect(Object.keys(options), title).toEqual(expect.arrayContaining(keysByUrl(npm)))
      expect(ours.auth, title).toEqual(npm?.auth)
      expect(withoutNode(userAgent), title).toBe(withoutNode(npm?.options['userAgent']))
    }
  },
)

function keysByUrl(answer: Answer | undefined): string[] {
  return Object.keys(answer?.options ?? {}).filter((key) => /^\/\/|:registry$/.test(key))
}

/** npm may run on another Node than this test. */
function withoutNode(userAgent: unknown): string {
  return String(userAgent)
    .replace(/ node\/\S+/, '')
    .replace(/ ci\/\S+$/, '')
}

test('printing the options shows no credential', async () => {
  const home = await createProject({ '.npmrc': '//a.example/:_authToken=s3cret\nkey=s3cret' })
  const options = registryOptions(await loadNpmConfig({ root: home, cwd: home, home, env: {} }))
  expect(options['//a.example/:_authToken']).toBe('s3cret')
  const shown = [
    inspect(options),
    inspect({ options }, { showHidden: true }),
    JSON.stringify([options]),
  ]
  expect(shown.join('')).not.toContain('s3cret')
})

test('authorities that cannot be read stop us', async () => {
  const root = await createProject({ '.npmrc': 'cafile=folder', 'folder/x': '', 'home/x': '' })
  const config = await loadNpmConfig({ root, home: join(root, 'home'), env: {} })
  expect(() => registryOptions(config)).toThrow(
    expect.objectContaining({ code: 'ERR_JSR_GUARD_CONFIG' }),
  )
})
