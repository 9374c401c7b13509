import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findClientProgram } from '../clients/clients.ts'
import type { Client } from '../clients/clients.ts'

/** What a client's environment is made from. */
export interface EnvironmentSource {
  readonly directory: string
  readonly proxyUrl: string
  readonly caFile: string
  readonly directPorts: ReadonlyMap<string, number>
}

/** What a test wants otherwise. */
export interface EnvironmentWishes {
  readonly extra?: Readonly<Record<string, string | undefined>> | undefined
  /** The client that is found on PATH under its name. */
  readonly client?: Client | undefined
}

/** An environment in which a client knows the world and nothing else; see World.env. */
export function createEnvironment(
  source: EnvironmentSource,
  { extra, client }: EnvironmentWishes = {},
): Record<string, string> {
  const home = mkdtempSync(join(source.directory, 'home-'))
  const temp = join(home, 'tmp')
  mkdirSync(temp)
  const env = {
    ...systemVariables(),
    PATH: [...clientFolders(home, client), dirname(process.execPath), ...systemFolders()].join(
      delimiter,
    ),
    HOME: home,
    USERPROFILE: home,
    TMPDIR: temp,
    TEMP: temp,
    TMP: temp,
    ...npmVariables(home),
    ...networkVariables(source),
    ...extra,
  }
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  return Object.fromEntries(given)
}

/** A folder as Node's installers lay it out: the client is a link to its program, beside the `node` it runs on. */
function clientFolders(home: string, client: Client | undefined): string[] {
  if (client === undefined) return []
  const { command, args } = findClientProgram(client)
  const folder = join(home, 'bin')
  mkdirSync(folder)
  if (process.platform === 'win32') {
    writeFileSync(
      join(folder, `${client.name}.cmd`),
      `@${[command, ...args].map((part) => `"${part}"`).join(' ')} %*\r\n`,
    )
    return [folder, dirname(command)]
  }
  if (args.length > 0) symlinkSync(command, join(folder, 'node'))
  symlinkSync(args[0] ?? command, join(folder, client.name))
  return [folder]
}

function npmVariables(home: string): Record<string, string> {
  return {
    npm_config_cache: join(home, 'npm-cache'),
    npm_config_userconfig: join(home, '.npmrc'),
    npm_config_globalconfig: join(home, 'no-global-npmrc'),
    npm_config_prefix: join(home, 'npm-prefix'),
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    // A retry would ask the same again after ten seconds: it makes tests slow, and proves nothing.
    npm_config_fetch_retries: '0',
  }
}

function networkVariables({ proxyUrl, caFile, directPorts }: EnvironmentSource) {
  const preload = fileURLToPath(new URL('direct.cjs', import.meta.url))
  return {
    HTTPS_PROXY: proxyUrl,
    HTTP_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    http_proxy: proxyUrl,
    NODE_EXTRA_CA_CERTS: caFile,
    NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
    CLOSED_WORLD_PORTS: JSON.stringify(Object.fromEntries(directPorts)),
  }
}

function systemFolders(): string[] {
  if (process.platform !== 'win32')
    return ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin']
  const root = process.env['SystemRoot'] ?? 'C:\\Windows'
  return [join(root, 'System32'), root]
}

/** What Windows programs can't start without. */
function systemVariables(): Record<string, string | undefined> {
  if (process.platform !== 'win32') return {}
  const names = ['SystemRoot', 'ComSpec', 'PATHEXT', 'windir']
  return Object.fromEntries(names.map((name) => [name, process.env[name]]))
}
