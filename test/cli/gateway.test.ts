import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveGuard } from '../gateway/served.ts'
import { askOver } from '../gateway/transports.ts'
import { createProject } from '../world/project.ts'
import { startWorld, type World } from '../world/world.ts'
import { emptyEnv, runAlone } from './guard.ts'

const name = '@jsr/luca__cases'
const tarball = `/${name}/-/luca__cases-1.0.0.tgz`

describe('gateway', { timeout: 60_000 }, () => {
  let world: World
  beforeAll(async () => {
    world = await startWorld({
      proxyCredentials: { username: 'proxy-user', password: 'proxy-secret' },
    })
  })
  afterAll(() => world.close())

  test('asks JSR through the proxy and the CA of the environment, and keeps its pins in the data directory', async () => {
    const cwd = await createProject({})
    const data = join(cwd, 'data')
    // The preload of the world would lead there as well, so that the proxy would prove nothing.
    const env = world.env({ XDG_DATA_HOME: data, NODE_OPTIONS: undefined })
    const gateway = await serveGuard(['--public-url', 'https://jsr.corp.example/'], { cwd, env })
    const packument = JSON.parse((await askOver(gateway.url, `/${name}`)).body.toString())
    const dist = packument.versions['1.0.0'].dist
    expect(dist.tarball).toBe(`https://jsr.corp.example${tarball}`)
    expect(dist.integrity).toBe(world.published(name, '1.0.0').integrity)
    expect((await askOver(gateway.url, tarball)).body).toEqual(
      world.published(name, '1.0.0').tarball,
    )
    const requests = world.askedJsr().filter(({ kind }) => kind === 'request')
    expect(requests.map(({ via, path }) => [via, path])).toEqual([
      ['proxy', `/${name}`],
      ['proxy', '/~/11/@jsr/luca__cases/1.0.0.tgz'],
    ])
    expect(await readdir(join(data, 'jsr-guard', 'gateway', 'pins', name))).toEqual(['1.0.0.json'])
    const { exitCode, stderr, stdout } = await gateway.stop()
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`jsr-guard gateway listens on ${gateway.url}\n`)
  })

  test('takes credentials from a file and the environment, and writes none of them down', async () => {
    const cwd = await createProject({
      credentials: '# who may come\n\nbearer file-secret-1\nBasic artifactory:file:secret-2\n',
    })
    const env = {
      ...world.env({ NODE_OPTIONS: undefined }),
      JSR_GUARD_GATEWAY_CREDENTIALS: join(cwd, 'credentials'),
      JSR_GUARD_GATEWAY_TOKEN: 'env-secret-3',
    }
    const gateway = await serveGuard(['--no-store'], { cwd, env, options: ['--verbose'] })
    const basic = Buffer.from('artifactory:file:secret-2').toString('base64')
    const tryWith = async (authorization: string) =>
      (await askOver(gateway.url, `/${name}?token=query-secret-4`, { headers: { authorization } }))
        .status
    expect(await tryWith('Bearer file-secret-1')).toBe(200)
    expect(await tryWith('Bearer env-secret-3')).toBe(200)
    expect(await tryWith(`Basic ${basic}`)).toBe(200)
    expect(await tryWith('Bearer wrong-secret-5')).toBe(401)
    await askOver(gateway.url, '/%0a{"level":"forged"}')
    const { stderr } = await gateway.stop()
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ event, status, path }) => [event, status, path])).toEqual([
      ['request', 200, `/${name}`],
      ['request', 200, `/${name}`],
      ['request', 200, `/${name}`],
      ['request', 401, `/${name}`],
      ['request', 401, '/%0a{"level":"forged"}'],
    ])
    expect(stderr).not.toContain('secret')
    expect(stderr).not.toContain(basic)
  })

  test('applies the policy file to what it lists and serves', async () => {
    const cwd = await createProject({
      'jsr-guard.json': {
        packages: { allow: ['@luca/*'], deny: ['@luca/cases@1.0.1'] },
        minimumAgeDays: 1,
      },
    })
    const env = world.env({ NODE_OPTIONS: undefined })
    const gateway = await serveGuard(['--no-store'], { cwd, env })
    const packument = JSON.parse((await askOver(gateway.url, `/${name}`)).body.toString())
    expect(Object.keys(packument.versions)).toEqual(['1.0.0'])
    expect((await askOver(gateway.url, `/${name}/-/luca__cases-1.0.1.tgz`)).status).toBe(404)
    expect((await askOver(gateway.url, '/@jsr/std__path')).status).toBe(404)
    await gateway.stop()
  })

  test('an address that is taken, and a store that can be none, are said so', async () => {
    const cwd = await createProject({ file: '' })
    const env = await emptyEnv()
    const gateway = await serveGuard(['--no-store'], { cwd, env })
    const taken = await runAlone(cwd, [
      'gateway',
      '--no-store',
      '--listen',
      new URL(gateway.url).host,
    ])
    expect(taken).toMatchObject({ exitCode: 2, stdout: '' })
    expect(taken.stderr).toContain('ERR_JSR_GUARD_LISTEN')
    await gateway.stop()
    const store = await runAlone(cwd, [
      'gateway',
      '--listen',
      '127.0.0.1:0',
      '--store',
      'file/store',
    ])
    expect(store).toMatchObject({ exitCode: 2, stdout: '' })
    expect(store.stderr).toContain('ERR_JSR_GUARD_STORE')
  })

  test.for<readonly [string, readonly string[], Record<string, string>]>([
    ['ERR_JSR_GUARD_USAGE', ['--listen', 'nowhere'], {}],
    ['ERR_JSR_GUARD_USAGE', ['--listen', '127.0.0.1:70000'], {}],
    ['ERR_JSR_GUARD_USAGE', ['--listen', '0.0.0.0:0'], {}],
    ['ERR_JSR_GUARD_USAGE', ['--store', 'x', '--no-store'], {}],
    ['ERR_JSR_GUARD_USAGE', ['somewhere'], {}],
    ['ERR_JSR_GUARD_USAGE', ['--token', 'secret'], {}],
    ['ERR_JSR_GUARD_URL', ['--public-url', 'jsr.corp.example'], {}],
    ['ERR_JSR_GUARD_URL', ['--public-url', 'https://user:secret@jsr.corp.example/'], {}],
    ['ERR_JSR_GUARD_URL', ['--upstream', 'http://mirror.corp.example/'], {}],
    ['ERR_JSR_GUARD_URL', ['--upstream', 'ftp://mirror.corp.example/'], {}],
    ['ERR_JSR_GUARD_POLICY', [], { policy: 'no-such-file.json' }],
    ['ERR_JSR_GUARD_CONFIG', [], { JSR_GUARD_GATEWAY_CREDENTIALS: '/no/such/file' }],
    ['ERR_JSR_GUARD_CONFIG', [], { JSR_GUARD_GATEWAY_USERNAME: 'half' }],
    ['ERR_JSR_GUARD_CONFIG', [], { JSR_GUARD_GATEWAY_TOKEN: '' }],
  ])('%s for %j with %j', async ([code, args, { policy, ...env }]) => {
    const cwd = await createProject({})
    const options = policy === undefined ? [] : ['--config', policy]
    const address = args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']
    const result = await runAlone(cwd, [...options, 'gateway', ...address, ...args], env)
    expect(result).toMatchObject({ exitCode: 2, stdout: '' })
    expect(result.stderr).toContain(code)
    expect(result.stderr).not.toContain('secret@')
  })

  test.for(['bearer', 'basic nobody', 'basic :secret', 'token secret', '# nothing'])(
    'a file of credentials with %j lets nobody in, and is not repeated',
    async (line) => {
      const cwd = await createProject({ credentials: `${line}\n` })
      const env = { JSR_GUARD_GATEWAY_CREDENTIALS: join(cwd, 'credentials') }
      const { exitCode, stderr } = await runAlone(
        cwd,
        ['gateway', '--listen', '127.0.0.1:0', '--no-store'],
        env,
      )
      expect(exitCode).toBe(2)
      expect(stderr).toContain('ERR_JSR_GUARD_CONFIG')
      expect(stderr).not.toContain('secret')
    },
  )
})
