import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { closeEnvironment } from '../../src/egress/environment.ts'
import { clients, findClientProgram, type Client } from '../clients/clients.ts'
import { openTestWayOut, startHttp } from './servers.ts'

const timeoutMs = 60_000

describe.for(clients)('npm $version', (client) => {
  test('can not be led past the way out', { timeout: timeoutMs }, async () => {
    const other = await startHttp()
    const hostile = `http://127.0.0.1:${other.port}`
    const controller = new AbortController()
    const way = await openTestWayOut({
      isRefused: (host) => host === 'registry.example',
      onRefusal: () => controller.abort(),
      password: 'password',
    })
    const files = {
      'package.json': JSON.stringify({ dependencies: { left: '1.0.0' } }),
      '.npmrc': [
        'registry=https://registry.example/',
        'noproxy=registry.example',
        `proxy=${hostile}`,
        `https-proxy=${hostile}`,
        'fetch-retries=0',
      ],
    }
    const env = {
      NO_PROXY: '*',
      no_proxy: 'registry.example',
      NPM_CONFIG_NOPROXY: 'registry.example',
      'npm_config_https-proxy': hostile,
      HTTPS_PROXY: hostile,
    }
    const { stderr } = await install(client, {
      files,
      close: (own) => closeEnvironment({ ...own, ...env }, way.url, 'npm'),
      signal: controller.signal,
    })
    expect(way.hosts()).toEqual([{ host: 'registry.example', connections: 0, refused: 1 }])
    expect(other.seen).toEqual([])
    expect(stderr).not.toMatch(/unknown env config/i)
  })

  test(
    'behind a way out that knows whose it is, a token reaches its own registry only',
    { timeout: timeoutMs },
    async () => {
      const priv = await startRegistry(['@jsr/luca__cases', '@jsr/std__text'])
      const open = await startRegistry(['left', 'right'])
      const token = 'Bearer secret-token'
      const way = await openTestWayOut({
        chooseCredential: (url, authorization) =>
          authorization === token && url.port !== String(priv.port) ? undefined : authorization,
      })
      const files = {
        'package.json': JSON.stringify({
          dependencies: {
            '@luca/cases': 'npm:@jsr/luca__cases@1.0.0',
            '@std/text': 'npm:@jsr/std__text@1.0.0',
            left: '1.0.0',
            right: '1.0.0',
          },
        }),
        '.npmrc': [
          `registry=http://127.0.0.1:${open.port}/`,
          `@jsr:registry=http://127.0.0.1:${priv.port}/`,
          `//127.0.0.1:${priv.port}/:_authToken=secret-token`,
          'allow-remote=all',
        ],
      }
      const { exitCode, stderr } = await install(client, {
        files,
        close: (own) => closeEnvironment(own, way.url, 'npm'),
      })
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
      const sentTo = ({ seen }: typeof priv) => seen.map(({ headers }) => headers['authorization'])
      expect(sentTo(priv)).toEqual([[token], [token], [token], [token]])
      expect(sentTo(open)).toEqual([undefined, undefined, undefined, undefined])
      expect(way.hosts()).toEqual([{ host: '127.0.0.1', connections: 8, refused: 0 }])
    },
  )
})

interface Install {
  readonly files: Readonly<Record<string, string | readonly string[]>>
  readonly close: (env: Record<string, string>) => Record<string, string>
  readonly signal?: AbortSignal
}

/** Runs `npm install` in a project and a home of its own. */
async function install(
  client: Client,
  { files, close, signal }: Install,
): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'jsr-guard-egress-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const cwd = join(directory, 'project')
  await mkdir(cwd)
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(cwd, name), typeof content === 'string' ? content : content.join('\n'))
  }
  const { command, args } = findClientProgram(client)
  const child = spawn(command, [...args, 'install', '--no-audit', '--no-fund'], {
    cwd,
    env: close({
      PATH: dirname(process.execPath),
      HOME: directory,
      npm_config_cache: join(directory, 'cache'),
      npm_config_update_notifier: 'false',
    }),
    stdio: ['ignore', 'ignore', 'pipe'],
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // Aborting the signal kills the child, and is an `error` as well.
  child.on('error', () => undefined)
  await new Promise((resolve) => child.once('close', resolve))
  return { exitCode: child.exitCode, stderr }
}

/** A plain http registry that has version 1.0.0 of each package. */
async function startRegistry(names: readonly string[]): ReturnType<typeof startHttp> {
  return await startHttp(({ url, headers }, response) => {
    const path = decodeURIComponent(url)
    const name = names.find((each) => path === `/${each}` || path.startsWith(`/${each}/-/`))
    if (name === undefined) return response.writeHead(404).end('{}')
    const tarball = pack(name)
    if (path.endsWith('.tgz')) return response.end(tarball)
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
    const dist = { tarball: `http://${headers['host']?.[0]}/${name}/-/a-1.0.0.tgz`, integrity }
    const versions = { '1.0.0': { name, version: '1.0.0', dist } }
    return response.end(JSON.stringify({ name, 'dist-tags': { latest: '1.0.0' }, versions }))
  })
}

/** A tarball that holds a package.json. */
function pack(name: string): Buffer {
  const content = Buffer.from(JSON.stringify({ name, version: '1.0.0' }))
  const head = Buffer.alloc(512)
  head.write('package/package.json', 0)
  head.write('0000644', 100)
  head.write(content.length.toString(8).padStart(11, '0'), 124)
  head.write('00000000000', 136)
  head.write('        0', 148)
  head.write('ustar\u000000', 257)
  const sum = head.reduce((total, byte) => total + byte, 0)
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc(-content.length & 511)
  return gzipSync(Buffer.concat([head, content, padding, Buffer.alloc(1024)]))
}
