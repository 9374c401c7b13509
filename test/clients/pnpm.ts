import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { clients } from './clients.ts'

/** How to run one exact version of the real pnpm. */
export interface PnpmClient {
  readonly version: string
  readonly command: string
  readonly args: readonly string[]
}

const modules = fileURLToPath(new URL('node_modules', import.meta.url))

/** Node for npm 12 is new enough for pnpm 11 as well. */
const newerNode = clients.find(({ version }) => version.startsWith('12.'))?.command ?? ''

/** The versions of pnpm that end-to-end tests run, as in package.json. */
export const pnpmClients: readonly PnpmClient[] = [
  script('9.15.9', process.execPath, 'pnpm-9/bin/pnpm.cjs'),
  script('10.34.9', process.execPath, 'pnpm-10/bin/pnpm.cjs'),
  script('11.28.11', newerNode, 'pnpm-11/bin/pnpm.mjs'),
  { version: '12.21.0', command: findNativePnpm(), args: [] },
]

function script(version: string, command: string, file: string): PnpmClient {
  return { version, command, args: [join(modules, file)] }
}

/** pnpm 12 is a program of its own for each platform. */
function findNativePnpm(): string {
  const { platform, arch } = process
  const names = [`exe.${platform}-${arch}`, `exe.${platform}-${arch}-musl`]
  const file = platform === 'win32' ? 'pnpm.exe' : 'pnpm'
  const places = names.map((name) => join(modules, '@pnpm', name, file))
  return places.find((place) => existsSync(place)) ?? places[0] ?? ''
}

/** A client that isn't installed is a failure, never a skipped test. */
export function checkInstalled({ version, command, args }: PnpmClient): void {
  const missing = [command, ...args].find((file) => !existsSync(file))
  if (missing === undefined) return
  throw new Error(`pnpm ${version} is not installed: run \`node test/prepare.mjs --clients\``)
}
