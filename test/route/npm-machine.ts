import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { readCommandLine } from '../../src/project/npm-command-line.ts'
import { loadNpmConfig } from '../../src/project/npm-config.ts'
import { findNpmRoot } from '../../src/project/npm-root.ts'
import type { NpmConfig } from '../../src/config/npm-config.ts'
import { findClientProgram, type Client } from '../clients/clients.ts'
import { runClient } from '../world/run.ts'

/** How a machine and its npm are configured. */
export interface NpmSetup {
  /** Texts by path; `project/` is where npm starts, `home/` the user's home, `prefix/etc/npmrc` the global file. */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Options on the command line. */
  readonly args?: readonly string[]
  /** Where npm starts, default `project`. */
  readonly cwd?: string
}

/** A folder that npm takes for a whole machine, and the only way out of it. */
export interface NpmMachine {
  /** What npm says itself: `npm config get` for each key, `undefined` for none. */
  readonly ask: (client: Client, keys: readonly string[]) => Promise<(string | undefined)[]>
  /** What npm asks for a package: full URLs, or `CONNECT host:port` for https. */
  readonly view: (client: Client, name: string) => Promise<readonly string[]>
  /** What npm takes for the project. */
  readonly prefix: (client: Client) => Promise<string>
  /** What jsr-guard makes of the same. */
  readonly load: (client: Client) => Promise<NpmConfig>
  readonly folder: string
  readonly close: () => Promise<void>
}

/** Makes a machine; close it at the end. */
export async function createNpmMachine(setup: NpmSetup): Promise<NpmMachine> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'jsr-guard-npm-')))
  await Promise.all(['project', 'home'].map((name) => mkdir(join(folder, name))))
  const files = { 'project/package.json': '{}', ...setup.files }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text.replaceAll('{folder}', folder))
  }
  const cwd = join(folder, setup.cwd ?? 'project')
  const env = createEnvironment(folder, setup.env)
  const args = (setup.args ?? []).map((argument) => argument.replaceAll('{folder}', folder))
  const run = async (client: Client, command: readonly string[], extra = {}) =>
    await limit(() => runClient(client, [...command, ...args], { cwd, env: { ...env, ...extra } }))

  return {
    ask: async (client, keys) => {
      const { stdout, stderr, exitCode } = await run(client, ['config', 'get', ...keys])
      if (exitCode !== 0) throw new Error(`npm ${client.version} config get: ${stderr}`)
      return stdout
        .trimEnd()
        .split('\n')
        .map((line, index) => readAnswer(line.slice((keys[index] ?? '').length + 1)))
    },
    view: async (client, name) => {
      const wayOut = await startWayOut()
      try {
        await run(client, ['view', name, 'version'], { npm_config_https_proxy: wayOut.url })
      } finally {
        await wayOut.close()
      }
      return wayOut.asked
    },
    prefix: async (client) => (await run(client, ['prefix'])).stdout.trim(),
    load: async (client) => {
      const {
        command,
        args: [script = ''],
      } = findClientProgram(client)
      return await loadNpmConfig({
        root: await findNpmRoot(cwd),
        cwd,
        env,
        home: join(folder, 'home'),
        ...(await readCommandLine(cwd, args)),
        version: client.version,
        nodePath: command,
        npmFolder: dirname(dirname(script)),
      })
    },
    folder,
    close: async () => await rm(folder, { recursive: true, force: true }),
  }
}

function createEnvironment(
  folder: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const given = Object.entries(extra).map(([name, value]): [string, string] => [
    name,
    value.replaceAll('{folder}', folder),
  ])
  return {
    ...systemVariables(),
    HOME: join(folder, 'home'),
    USERPROFILE: join(folder, 'home'),
    PREFIX: join(folder, 'prefix'),
    PATH: '',
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
    ...Object.fromEntries(given),
  }
}

/** Windows needs these to open sockets and find folders. */
function systemVariables(): Record<string, string> {
  const names = ['SystemRoot', 'SystemDrive', 'TEMP', 'TMP', 'TMPDIR']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  ) as Record<string, string>
}

function readAnswer(text: string): string | undefined {
  return text === 'undefined' ? undefined : text
}

/** However many tests run at once, two npms do: there may be no more processors. */
const limit = createLimiter(2)

function createLimiter(count: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let free = count
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}

interface WayOut {
  readonly url: string
  readonly asked: readonly string[]
  readonly close: () => Promise<void>
}

/** A proxy that leads nowhere and writes down what it was asked for. */
async function startWayOut(): Promise<WayOut> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(404, { connection: 'close' }).end('{}')
  })
  server.on('connect', (request: IncomingMessage, socket) => {
    asked.push(`CONNECT ${request.url}`)
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
  return { url: `http://127.0.0.1:${port}`, asked, close }
}
