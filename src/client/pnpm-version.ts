import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { isExecutable, readPackageName, searchPath, type SearchOptions } from './search-path.ts'

/**
 * The version of the first pnpm on the `PATH`, read from its package and without starting it.
 *
 * `undefined` where there is none, and for a shim: Corepack and version managers choose a version
 * when they are run. A folder that a project controls is passed over.
 */
export async function findPnpmVersion(options: SearchOptions): Promise<string | undefined> {
  for (const folder of searchPath(options)) {
    const file = path.join(folder, options.platform === 'win32' ? 'pnpm.cmd' : 'pnpm')
    if (await isExecutable(file)) return await readPnpmVersion(await realpath(file))
  }
  return undefined
}

/**
 * The version of the pnpm that a file belongs to: `pnpm/bin/pnpm.cjs`, `pnpm/bin/pnpm.mjs`, or the
 * program of `@pnpm/exe.<platform>`; `undefined` where its package is no pnpm.
 */
export async function readPnpmVersion(file: string): Promise<string | undefined> {
  const folder = path.dirname(file)
  const isScript = path.basename(folder) === 'bin'
  const found = await readPackageName(isScript ? path.dirname(folder) : folder)
  const isOwn = found !== undefined && /^(?:pnpm|@pnpm\/exe(?:\.[\w-]+)?)$/.test(found.name)
  return isOwn ? found.version : undefined
}
