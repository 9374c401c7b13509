import { join } from 'node:path'
import process from 'node:process'
import manifest from './package.json' with { type: 'json' }
import { clientModules, type Client } from './clients.ts'

const { platform, arch } = process
const suffix = platform === 'win32' ? '.exe' : ''

/** Yarn 1, on this Node. */
export const yarnClassic: Client = {
  name: 'yarn',
  version: '1.22.22',
  command: process.execPath,
  args: [join(clientModules, 'yarn-1', 'bin', 'yarn.js')],
}

/** Yarn 4, on this Node. */
export const yarnBerry: Client = {
  name: 'yarn',
  version: '4.18.1',
  command: process.execPath,
  args: [join(clientModules, 'yarn-4', 'bin', 'yarn.js')],
}

/** Bun, a program of its own for each platform. */
export const bun: Client = {
  name: 'bun',
  version: manifest.dependencies.bun,
  command: join(
    clientModules,
    '@oven',
    `bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
    'bin',
    `bun${suffix}`,
  ),
  args: [],
}

/** Deno, likewise. */
export const deno: Client = {
  name: 'deno',
  version: manifest.dependencies.deno,
  command: join(
    clientModules,
    '@deno',
    platform === 'linux' ? `linux-${arch}-glibc` : `${platform}-${arch}`,
    `deno${suffix}`,
  ),
  args: [],
}

/** The pnpr registry server's program. */
export const pnprProgram: string = join(
  clientModules,
  '@pnpm',
  `pnpr.${platform}-${arch}`,
  `pnpr${suffix}`,
)

/** The workerd worker runtime's program. */
export const workerdProgram: string = join(
  clientModules,
  '@cloudflare',
  `workerd-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'arm64' : '64'}`,
  'bin',
  `workerd${suffix}`,
)
