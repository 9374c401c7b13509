import { constants } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

/** Where programs are looked for. */
export interface SearchOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
}

/**
 * The folders of the `PATH`, without those that a project controls: `npx` and `npm run` put
 * `node_modules/.bin` first, where a dependency may have placed an `npm` of its own.
 */
export function searchPath({ env, platform }: SearchOptions): string[] {
  const text = env['PATH'] ?? env['Path'] ?? ''
  return text.split(platform === 'win32' ? ';' : ':').filter((folder) => {
    const parts = folder.split(/[\\/]/).filter((part) => part !== '')
    return path.isAbsolute(folder) && !(parts.at(-1) === '.bin' && parts.at(-2) === 'node_modules')
  })
}

/** The first `node` on the `PATH`. */
export async function findNode(options: SearchOptions): Promise<string | undefined> {
  for (const folder of searchPath(options)) {
    const file = path.join(folder, 'node')
    if (await isExecutable(file)) return file
  }
  return undefined
}

/** Name and version that the package in a folder gives itself; without them it is no package. */
export async function readPackageName(
  folder: string,
): Promise<{ readonly name: string; readonly version: string } | undefined> {
  try {
    const text = await readFile(path.join(folder, 'package.json'), 'utf8')
    const manifest: unknown = JSON.parse(text)
    if (typeof manifest !== 'object' || manifest === null) return undefined
    const { name, version } = manifest as { name?: unknown; version?: unknown }
    return typeof name === 'string' && typeof version === 'string' ? { name, version } : undefined
  } catch {
    return undefined
  }
}

/** A folder may be entered, which is the same permission. */
export async function isExecutable(file: string): Promise<boolean> {
  return (await isAccessible(file, constants.X_OK)) && (await stat(file)).isFile()
}

export async function isReadable(file: string): Promise<boolean> {
  return await isAccessible(file, constants.R_OK)
}

async function isAccessible(file: string, mode: number): Promise<boolean> {
  try {
    await access(file, mode)
    return true
  } catch {
    return false
  }
}
