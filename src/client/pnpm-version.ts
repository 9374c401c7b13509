import { constants } from 'node:fs'
import { access, readFile, realpath } from 'node:fs/promises'
import path from 'node:path'

/** Where a pnpm is looked for. */
export interface FindPnpmOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/**
 * The version of the first pnpm on the `PATH`, read from its package and without starting it.
 *
 * `undefined` where there is none, and for a shim: Corepack and version managers choose a version
 * when they are run. A folder that a project controls is passed over.
 */
export async function findPnpmVersion(options: FindPnpmOptions): Promise<string | undefined> {
  for (const folder of searchPath(options)) {
    const file = path.join(folder, options.platform === 'win32' ? 'pnpm.cmd' : 'pnpm')
    if (await isExecutable(file)) return await readVersion(await realpath(file))
  }
  return undefined
}

function searchPath({ env, platform }: FindPnpmOptions): string[] {
  const text = env['PATH'] ?? env['Path'] ?? ''
  return text.split(platform === 'win32' ? ';' : ':').filter((folder) => {
    const parts = folder.split(/[\\/]/).filter((part) => part !== '')
    return path.isAbsolute(folder) && !(parts.at(-1) === '.bin' && parts.at(-2) === 'node_modules')
  })
}

/** `pnpm/bin/pnpm.cjs`, `pnpm/bin/pnpm.mjs`, or the program of `@pnpm/exe.<platform>`. */
async function readVersion(file: string): Promise<string | undefined> {
  const folder = path.dirname(file)
  const isScript = path.basename(folder) === 'bin'
  const manifest = await readManifest(isScript ? path.dirname(folder) : folder)
  const isOwn = /^(?:pnpm|@pnpm\/exe(?:\.[\w-]+)?)$/.test(String(manifest.name))
  return isOwn && typeof manifest.version === 'string' ? manifest.version : undefined
}

async function readManifest(folder: string): Promise<{ name?: unknown; version?: unknown }> {
  try {
    const manifest: unknown = JSON.parse(
      await readFile(path.join(folder, 'package.json'), { encoding: 'utf8' }),
    )
    return typeof manifest === 'object' && manifest !== null ? manifest : {}
  } catch {
    return {}
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
