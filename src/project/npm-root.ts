import { readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { listFoldersUpwards } from './upwards.ts'

/** How the root is looked for. */
export interface FindNpmRootOptions {
  /** `false` stops at the nearest package, as `npm --no-workspaces` does. */
  readonly workspaces?: boolean
}

/**
 * The folder that npm takes for the project when it is started in `cwd` (`npm prefix`): the nearest
 * one upwards with a `package.json` or a `node_modules`, or the root whose workspace that is.
 *
 * Symbolic links are resolved, as the system does for npm.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` where the `workspaces` above make npm fail.
 */
export async function findNpmRoot(
  cwd: string,
  { workspaces = true }: FindNpmRootOptions = {},
): Promise<string> {
  const start = await realpath(cwd)
  const folders = listFoldersUpwards(start)
  const nearest = await findNearest(folders)
  if (nearest === undefined) return start
  if (!workspaces) return nearest
  for (const folder of folders.slice(folders.indexOf(nearest) + 1)) {
    if (await hasWorkspace(folder, nearest)) return folder
  }
  return nearest
}

async function findNearest(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    if (await isFile(path.join(folder, 'package.json'))) return folder
    if (await isDirectory(path.join(folder, 'node_modules'))) return folder
  }
  return undefined
}

async function hasWorkspace(root: string, folder: string): Promise<boolean> {
  const manifest = await readManifest(path.join(root, 'package.json'))
  if (!manifest?.workspaces) return false
  const { default: mapWorkspaces } = await import('@npmcli/map-workspaces')
  try {
    const workspaces = await mapWorkspaces({ cwd: root, pkg: manifest })
    return [...workspaces.values()].includes(folder)
  } catch (cause) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_MANIFEST',
      `the workspaces of ${path.join(root, 'package.json')} make npm fail`,
      { hint: 'let `workspaces` list folders whose packages have different names', cause },
    )
  }
}

interface WorkspaceRoot {
  readonly workspaces?: unknown
}

/** A manifest that can't be read names no workspaces: npm goes on upwards. */
async function readManifest(file: string): Promise<WorkspaceRoot | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    const manifest: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof manifest === 'object' && manifest !== null ? manifest : undefined
  } catch {
    return undefined
  }
}

async function isFile(file: string): Promise<boolean> {
  return await stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}

async function isDirectory(folder: string): Promise<boolean> {
  return await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
