import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { clientModules, newerNode, type Client } from './clients.ts'

/** The versions of pnpm that end-to-end tests run, one of each major, as in package.json. */
export const pnpmClients: readonly Client[] = [
  script('9.15.9', process.execPath, 'pnpm-9/bin/pnpm.cjs'),
  script('10.34.9', process.execPath, 'pnpm-10/bin/pnpm.cjs'),
  script('11.28.11', newerNode, 'pnpm-11/bin/pnpm.mjs'),
  native('12.21.0', ''),
]

/** The versions in between at which pnpm's behaviour changed, oldest first. */
export const pnpmMinors: readonly Client[] = [
  script('10.8.1', process.execPath, 'pnpm-10-8/bin/pnpm.cjs'),
  script('10.12.4', process.execPath, 'pnpm-10-12/bin/pnpm.cjs'),
  script('11.5.1', newerNode, 'pnpm-11-5/bin/pnpm.mjs'),
  native('12.3.4', 'pnpm-12-3/node_modules'),
  native('12.15.0', 'pnpm-12-15/node_modules'),
]

function script(version: string, command: string, file: string): Client {
  return { name: 'pnpm', version, command, args: [join(clientModules, file)] }
}

/** pnpm 12 is a program of its own for each platform. */
function native(version: string, folder: string): Client {
  const { platform, arch } = process
  const file = platform === 'win32' ? 'pnpm.exe' : 'pnpm'
  const places = [`exe.${platform}-${arch}`, `exe.${platform}-${arch}-musl`].map((name) =>
    join(clientModules, folder, '@pnpm', name, file),
  )
  const command = places.find((place) => existsSync(place)) ?? places[0] ?? ''
  return { name: 'pnpm', version, command, args: [] }
}
