import { spawn, type SpawnOptions } from 'node:child_process'
import { createServer, type IncomingMessage } from 'node:http'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { findClientProgram, type Client } from '../clients/clients.ts'
import { createProject } from '../world/project.ts'

/** A project and a home with these files, `home/…` and `…`, and what the environment has. */
export interface Machine {
  readonly cwd: string
  readonly home: string
  readonly env: Readonly<Record<string, string>>
}

/** What lies on a machine. */
export interface MachineFiles {
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>> | undefined
}

/** Makes a machine that goes when the test has finished; `{root}` stands for where it is. */
export async function createMachine({ files, env = {} }: MachineFiles): Promise<Machine> {
  const root = await createProject({})
  for (const [file, text] of Object.entries(files)) {
    const path = /^(?:home|above)\//.test(file)
      ? join(root, file.replace(/^above\//, ''))
      : join(root, 'project', file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  await mkdir(join(root, 'home'), { recursive: true })
  const entries = Object.entries(env).map(([key, value]) => [key, value.replace('{root}', root)])
  return { cwd: join(root, 'project'), home: join(root, 'home'), env: Object.fromEntries(entries) }
}

/** How a client is asked to install. */
export interface Asking {
  readonly args: readonly string[]
  /** Text that stands in the requests that count. */
  readonly wanted: string
}

/**
 * The hosts that a client asks for a package, through a way out that answers nothing; what goes
 * through a tunnel is told by its host alone.
 */
export async function listAskedHosts(
  client: Client,
  { cwd, home, env }: Machine,
  { args, wanted }: Asking,
): Promise<readonly string[]> {
  const asked: string[] = []
  const stop = new AbortController()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`)
    if (url.pathname.includes(wanted)) asked.push(url.hostname)
    response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  })
  server.on('connect', (request: IncomingMessage, socket) => {
    socket.on('error', () => socket.destroy())
    const [host = '', port] = String(request.url).split(':')
    if (port === '443') {
      asked.push(host)
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      // It would only try again, for many seconds.
      stop.abort()
      return
    }
    socket.write('HTTP/1.1 200 OK\r\n\r\n')
    server.emit('connection', socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const address = server.address()
  const proxy = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  await run(client, args, {
    cwd,
    env: { ...env, ...proxyEnvironment(proxy), HOME: home },
    signal: stop.signal,
  })
  return [...new Set(asked)]
}

function proxyEnvironment(proxy: string): Record<string, string> {
  return {
    PATH: '',
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    https_proxy: proxy,
    http_proxy: proxy,
    YARN_HTTP_PROXY: proxy,
    YARN_HTTPS_PROXY: proxy,
    YARN_HTTP_RETRY: '0',
    YARN_UNSAFE_HTTP_WHITELIST: '*',
    YARN_ENABLE_TELEMETRY: '0',
    YARN_IGNORE_PATH: '1',
    DENO_NO_UPDATE_CHECK: '1',
    npm_config_update_notifier: 'false',
  }
}

async function run(
  client: Client,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env' | 'signal'>,
): Promise<void> {
  const { command, args: first } = findClientProgram(client)
  const child = spawn(command, [...first, ...args], { ...options, stdio: 'ignore' })
  await new Promise((done) => {
    child.on('error', () => undefined)
    child.on('exit', done)
  })
}
