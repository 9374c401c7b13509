import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clients, type Client } from '../../clients/clients.ts'
import { createProject } from '../../world/project.ts'
import { runClient, runGuard } from '../../world/run.ts'
import { startWorld, type World, type WorldRequest } from '../../world/world.ts'
import { aliasOfCases, jsrName, lockedCases, lockedTiny, lockfileOf } from './poison.ts'
import { clientOf, type Trial } from './trial.ts'

// Real clients take their time, and more of it on a busy machine.
const patient = { timeout: 60_000 }

const proxyCredentials = { username: 'proxy-user', password: 'proxy-p@ss/word' }

let world: World
let proxied: World
beforeAll(async () => {
  ;[world, proxied] = await Promise.all([startWorld(), startWorld({ proxyCredentials })])
  proxied.publish({
    name: 'reads-environment',
    version: '1.0.0',
    manifest: { scripts: { install: 'node read.cjs' } },
    files: { 'read.cjs': "require('fs').writeFileSync('env.json', JSON.stringify(process.env))" },
  })
}, patient.timeout)
afterAll(() => Promise.all([world.close(), proxied.close()]))

const rows = clients.map((client) => [`npm ${client.version}`, client] as const)
const dependencies = { '@luca/cases': 'jsr:^1', 'is-tiny': '^1' }

interface Printed {
  readonly exitCode: number | undefined
  /** All that reached standard output and error, in both formats. */
  readonly output: string
}

describe('the token of a registry', patient, () => {
  test.for(rows)('is in no output of an install that works, with %s', async ([, client]) => {
    const { exitCode, output } = await print(world, client, project(tokenNpmrc(world.token)))
    expect(exitCode).toBe(0)
    expect(output).not.toContain(world.token)
    expect(sentElsewhere(world, world.token, 'token.corp.example')).toEqual([])
    const sent = world.asked('token.corp.example').filter(({ kind }) => kind === 'request')
    expect(new Set(sent.map(({ authorization }) => authorization))).toEqual(
      new Set([`Bearer ${world.token}`]),
    )
  })

  test('may come from the environment', async () => {
    const env = world.env({ CORP_TOKEN: world.token }, clientOf('11'))
    const trial = { ...project(tokenNpmrc('${CORP_TOKEN}')), env }
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(0)
    expect(output).not.toContain(world.token)
  })

  test('may come from an argument of npm', async () => {
    const flag = `--//token.corp.example/npm/:_authToken=${world.token}`
    const trial = { ...project(world.npmrc('token')), args: ['install', flag] }
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(0)
    expect(output).not.toContain(world.token)
  })

  test.for([
    ['a token', `//token.corp.example/npm/:_authToken=npm-secret-of-mine`],
    ['basic credentials', `//token.corp.example/npm/:_auth=${btoa('me:npm-secret-of-mine')}`],
    [
      'a user and a password',
      `//token.corp.example/npm/:username=me\n//token.corp.example/npm/:_password=${btoa('npm-secret-of-mine')}`,
    ],
  ])('is in no output where the registry refuses %s', async ([, line = '']) => {
    for (const locked of [{}, { 'package-lock.json': lockedOn('token') }]) {
      const { files, args } = project(world.npmrc('token', line))
      const trial = { files: { ...files, ...locked }, args }
      const { exitCode, output } = await print(world, clientOf('11'), trial)
      expect(exitCode).toBe('package-lock.json' in locked ? 4 : 1)
      expectNoSecret(output, 'npm-secret-of-mine')
    }
  })

  test('goes to nobody else where the registry hands out addresses elsewhere', async () => {
    const line = '//blob.corp.example/npm/:_authToken=npm-secret-of-mine'
    const { files, args } = project(world.npmrc('blob', line))
    const policy = {
      registry: world.registry('blob'),
      tarballs: ['https://blobs.corp-storage.example/'],
    }
    const trial = { files: { ...files, 'jsr-guard.json': policy }, args }
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(0)
    expectNoSecret(output, 'npm-secret-of-mine')
    expect(world.asked('blobs.corp-storage.example')).not.toEqual([])
    expect(sentElsewhere(world, 'npm-secret-of-mine', 'blob.corp.example')).toEqual([])
  })

  test('goes to nobody else where the registry redirects', async () => {
    const line = '//blob-redirecting.corp.example/npm/:_authToken=npm-secret-of-mine'
    const trial = project(world.npmrc('blob-redirecting', line))
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(0)
    expectNoSecret(output, 'npm-secret-of-mine')
    expect(world.asked('blobs.corp-storage.example')).not.toEqual([])
    expect(sentElsewhere(world, 'npm-secret-of-mine', 'blob-redirecting.corp.example')).toEqual([])
  })
})

describe('the token of a registry on loopback, without TLS', patient, () => {
  test('is sent to the other registry by npm 10 alone, behind a proxy', async () => {
    const files = {
      'package.json': { name: 'p', dependencies: toNpm() },
      '.npmrc': loopbackNpmrc(),
    }
    const cwd = await createProject(files)
    world.forget()
    const client = clientOf('10')
    expect(await runClient(client, ['install'], { cwd, env: world.env() })).toMatchObject({
      exitCode: 0,
    })
    expect(sentToDefault()).not.toEqual([])
  })

  test.for(rows)('is not sent to the other registry, with %s', async ([, client]) => {
    const { exitCode, output } = await print(world, client, project(loopbackNpmrc()))
    expect(exitCode).toBe(0)
    expect(output).not.toContain(world.token)
    expect(sentToDefault()).toEqual([])
  })
})

describe('credentials in an address', patient, () => {
  const secret = 'url-p4ssword'

  test('of a registry in .npmrc are in no output', async () => {
    const url = `https://me:${secret}@token.corp.example/npm/`
    const trial = project(`registry=${url}\n@jsr:registry=${url}\n`)
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).not.toBe(0)
    expectNoSecret(output, secret)
  })

  test('of a locked package are in no output', async () => {
    const address = `https://me:${secret}@npm.corp.example/npm/${jsrName}/-/luca__cases-1.0.0.tgz`
    const { files } = project(world.npmrc('good'))
    const lockfile = lockfileOf(
      { dependencies: toNpm() },
      {
        'node_modules/@luca/cases': lockedCases(world, { resolved: `${address}?token=${secret}` }),
      },
    )
    const trial = { files: { ...files, 'package-lock.json': lockfile }, args: ['ci'] }
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(1)
    expectNoSecret(output, secret)
    expect(world.log).toEqual([])
  })

  test.for([
    `https://me:${secret}@npm.jsr.io/x.tgz?token=${secret}`,
    `git+https://me:${secret}@jsr.io/x.git`,
  ])('of a dependency or an argument are in no output: %s', async (address) => {
    const { files } = project(world.npmrc('good'))
    const manifest = { name: 'p', dependencies: { cases: address } }
    const trial = { files: { ...files, 'package.json': manifest }, args: ['install', address] }
    const { exitCode, output } = await print(world, clientOf('11'), trial)
    expect(exitCode).toBe(1)
    expectNoSecret(output, secret)
    expect(world.log).toEqual([])
  })
})

describe('the credentials of the proxy that was configured before', patient, () => {
  const secret = encodeURIComponent(proxyCredentials.password)

  test.for(rows)('are used, and in no output, with %s', async ([, client]) => {
    const trial = project(proxied.npmrc('good'))
    const { exitCode, output } = await print(proxied, client, trial)
    expect(exitCode).toBe(0)
    expectNoSecret(output, proxyCredentials.password)
    const connects = proxied.log.filter(({ kind }) => kind === 'connect')
    expect(new Set(connects.map(({ status }) => status))).toEqual(new Set([200]))
    // Nobody behind the proxy gets to see them.
    const requests = proxied.log.filter(({ kind }) => kind === 'request')
    expect(requests.filter(({ proxyAuthorization }) => proxyAuthorization !== undefined)).toEqual(
      [],
    )
  })

  test('may stand in .npmrc', async () => {
    const { proxyUrl } = proxied
    const env = proxied.env(withoutProxy(), clientOf('11'))
    const npmrc = proxied.npmrc('good', `https-proxy=${proxyUrl}`, `proxy=${proxyUrl}`)
    const { exitCode, output } = await print(proxied, clientOf('11'), { ...project(npmrc), env })
    expect(exitCode).toBe(0)
    expectNoSecret(output, proxyCredentials.password)
    expect(proxied.log.filter(({ via }) => via === 'direct')).toEqual([])
  })

  test('are in no output where the proxy refuses them', async () => {
    const wrong = proxied.proxyUrl.replace(secret, 'not-the-p4ssword')
    const env = proxied.env({ HTTPS_PROXY: wrong, https_proxy: wrong }, clientOf('11'))
    const { files } = project(proxied.npmrc('good'))
    const locked = { 'package-lock.json': lockedOn('good', proxied) }
    const trial = { files: { ...files, ...locked }, args: ['ci'], env }
    const { exitCode, output } = await print(proxied, clientOf('11'), trial)
    expect(exitCode).toBe(4)
    expectNoSecret(output, 'not-the-p4ssword')
  })

  test.for(['ftp://me:proxy-s3cret@proxy.corp.example/', 'http://me:proxy-s3cret@:x/'])(
    'are in no output where the proxy is unusable: %s',
    async (proxy) => {
      const env = world.env({ HTTPS_PROXY: proxy, https_proxy: proxy }, clientOf('11'))
      const trial = { ...project(world.npmrc('good')), env }
      const { exitCode, output } = await print(world, clientOf('11'), trial)
      expect(exitCode).toBe(2)
      expectNoSecret(output, 'proxy-s3cret')
      expect(world.log).toEqual([])
    },
  )

  test('are kept from the scripts that npm runs', async () => {
    const client = clientOf('11')
    const manifest = { name: 'p', dependencies: { 'reads-environment': '1.0.0' } }
    const files = { 'package.json': manifest, '.npmrc': proxied.npmrc('good') }
    const bare = await createProject(files)
    const env = proxied.env({}, client)
    await runClient(client, ['install'], { cwd: bare, env })
    expect(await readEnvironment(bare)).toContain(secret)

    const cwd = await createProject(files)
    const args = ['--verbose', 'install', '--loglevel=silly', '--foreground-scripts']
    const { exitCode, stdout, stderr } = await runGuard(args, { cwd, env })
    expect(exitCode).toBe(0)
    const seen = await readEnvironment(cwd)
    expectNoSecret(seen, proxyCredentials.password)
    // Our own way out may have a password, which is nobody's business but the client's.
    const { password } = new URL(JSON.parse(seen)['HTTPS_PROXY'])
    expect(password).not.toBe('')
    expectNoSecret(stdout + stderr, password)
  })
})

/** Runs jsr-guard with all that there is to say, in text and in JSON. */
async function print(place: World, client: Client, trial: Trial): Promise<Printed> {
  const env = trial.env ?? place.env({}, client)
  const cwd = await createProject(trial.files)
  const report = join(env['HOME'] ?? '', 'report.json')
  const formats = ['--verbose', '--format', 'text', '--format', `json=${report}`]
  place.forget()
  const { exitCode, stdout, stderr } = await runGuard([...formats, ...trial.args], { cwd, env })
  const json = existsSync(report) ? await readFile(report, 'utf8') : ''
  // What can't be told has no report.
  expect(json === '').toBe(exitCode === 4 || exitCode === 2)
  return { exitCode, output: [stdout, stderr, json].join('\n') }
}

function project(npmrc: string): Trial {
  return {
    files: { 'package.json': { name: 'p', dependencies }, '.npmrc': npmrc },
    // npm says all that it has to say, too.
    args: ['install', '--loglevel=silly'],
  }
}

function tokenNpmrc(token: string): string {
  return world.npmrc('token', `//token.corp.example/npm/:_authToken=${token}`)
}

/** Two registries on loopback, of which one needs the token. */
function loopbackNpmrc(): string {
  const [registry, mapped] = [world.loopback('good'), world.loopback('token')]
  const line = `${mapped.slice('http:'.length)}:_authToken=${world.token}`
  return `registry=${registry}\n@jsr:registry=${mapped}\n${line}\n`
}

/** Requests to the registry on loopback that needs no token, with the token. */
function sentToDefault(): readonly WorldRequest[] {
  const port = Number(new URL(world.loopback('good')).port)
  return world.log.filter((asked) => asked.port === port && holds(asked, world.token))
}

function toNpm(): object {
  return { ...dependencies, '@luca/cases': aliasOfCases }
}

function lockedOn(registry: 'token' | 'good', place: World = world): object {
  const resolved = `${place.registry(registry)}${jsrName}/-/luca__cases-1.0.0.tgz`
  return lockfileOf(
    { dependencies: toNpm() },
    {
      'node_modules/@luca/cases': lockedCases(place, { resolved }),
      'node_modules/is-tiny': lockedTiny(place, registry),
    },
  )
}

function expectNoSecret(output: string, secret: string): void {
  for (const form of [secret, encodeURIComponent(secret), btoa(secret)]) {
    expect(output).not.toContain(form.replace(/=+$/, ''))
  }
}

/** Requests and connections to other hosts that carry the secret in any header or in the path. */
function sentElsewhere(place: World, secret: string, host: string): readonly WorldRequest[] {
  return place.log.filter((asked) => asked.host !== host && holds(asked, secret))
}

function holds({ headers, path }: WorldRequest, secret: string): boolean {
  return [...Object.values(headers), path].some((text) => text.includes(secret))
}

async function readEnvironment(cwd: string): Promise<string> {
  return await readFile(join(cwd, 'node_modules/reads-environment/env.json'), 'utf8')
}

function withoutProxy(): Record<string, undefined> {
  return {
    HTTPS_PROXY: undefined,
    HTTP_PROXY: undefined,
    https_proxy: undefined,
    http_proxy: undefined,
  }
}
