import { fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Address } from './addresses.ts'
import { createEnvironment } from './environment.ts'
import type { EnvironmentSource } from './environment.ts'
import type { Network } from './network.ts'
import { startProxy } from './proxy.ts'
import type { RequestLog } from './request-log.ts'
import type { RegistryName, WorldHandler } from './world.ts'

/** What Verdaccio stands on. */
export interface VerdaccioOptions {
  readonly network: Network
  readonly log: RequestLog
  readonly addresses: Map<RegistryName, Address>
  readonly ground: EnvironmentSource
}

/**
 * Starts a real Verdaccio with fresh storage, and puts it up as `verdaccio.corp.example`. Its
 * uplinks are JSR for `@jsr` and the public registry for the rest; it reaches them through a proxy
 * of its own, which logs what it asks as `uplink`.
 */
export async function openVerdaccio(
  options: VerdaccioOptions,
): Promise<{ close(): Promise<void> }> {
  const { network, log, addresses } = options
  const proxy = await startProxy({ network, log, from: 'uplink' })
  const child = await startChild(options, proxy.url)
  const host = 'verdaccio.corp.example'
  await network.add([host], relayTo(child.port, 'https'))
  const port = await network.addLoopback(relayTo(child.port, 'http'))
  addresses.set('verdaccio', { url: `https://${host}/`, loopbackUrl: `http://127.0.0.1:${port}/` })
  return {
    async close() {
      await Promise.all([child.close(), proxy.close()])
    },
  }
}

interface Child {
  readonly port: number
  close(): Promise<void>
}

async function startChild(options: VerdaccioOptions, proxyUrl: string): Promise<Child> {
  const program = fileURLToPath(new URL('verdaccio-child.mjs', import.meta.url))
  const env = createEnvironment({ ...options.ground, proxyUrl })
  const process = fork(program, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
  const output: string[] = []
  process.stdout?.on('data', (data) => output.push(String(data)))
  process.stderr?.on('data', (data) => output.push(String(data)))
  const ended = once(process, 'exit')
  process.send(configure(options, proxyUrl))
  const port = await Promise.race([
    once(process, 'message').then(([message]) => Number(message)),
    ended.then(() => Promise.reject(new Error(`Verdaccio did not start:\n${output.join('')}`))),
  ])
  return {
    port,
    async close() {
      if (process.connected) process.disconnect()
      await ended
    },
  }
}

function configure({ ground, addresses }: VerdaccioOptions, proxyUrl: string): object {
  const directory = join(ground.directory, 'verdaccio')
  const reach = { https_proxy: proxyUrl, http_proxy: proxyUrl }
  return {
    self_path: join(directory, 'config.yaml'),
    storage: join(directory, 'storage'),
    auth: { htpasswd: { file: join(directory, 'htpasswd') } },
    uplinks: {
      jsr: { url: addresses.get('jsr')?.url, ...reach },
      public: { url: addresses.get('public')?.url, ...reach },
    },
    packages: {
      '@jsr/*': { access: '$all', proxy: 'jsr' },
      '**': { access: '$all', proxy: 'public' },
    },
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  }
}

/** Passes requests on as a reverse proxy in front of it would; the Host header stays. */
function relayTo(port: number, scheme: 'http' | 'https'): WorldHandler {
  return (request, response) => {
    const { method, url: path, headers } = request
    const forwarded = { ...headers, 'x-forwarded-proto': scheme }
    const passed = http.request({ host: '127.0.0.1', port, method, path, headers: forwarded })
    passed.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }
}
