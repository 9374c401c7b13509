import path from 'node:path'
import type { PnpmYaml } from '../config/pnpm-workspace.ts'
import { isPnpmLockfile } from '../lockfile/formats.ts'
import type { WorkspaceFile } from '../manifest/workspace-yaml.ts'
import type { ClientFile } from './client-files.ts'
import { readFileText } from './file-text.ts'
import { listLockfileNames } from './lockfile-names.ts'

/** A `pnpm-workspace.yaml`, both halves of it. */
export interface PnpmWorkspace {
  readonly settings: PnpmYaml
  readonly specifiers: WorkspaceFile
  readonly text: string
}

/** The name of the file in which pnpm keeps workspaces and settings. */
export const workspaceFileName = 'pnpm-workspace.yaml'

/**
 * Reads a project's `pnpm-workspace.yaml`; `undefined` where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG`
 */
export async function loadPnpmWorkspace(root: string): Promise<PnpmWorkspace | undefined> {
  const found = await readFileText(path.join(root, workspaceFileName))
  if (found.type === 'absent') return undefined
  // What reads YAML takes longer to load than the rest of a run without it.
  const { loadPnpmYaml } = await import('./pnpm-config.ts')
  const { readWorkspaceFile } = await import('../manifest/workspace-yaml.ts')
  const settings = await loadPnpmYaml(root)
  if (settings === undefined || found.type !== 'text') return undefined
  const { text } = found
  return { settings, specifiers: readWorkspaceFile(text, workspaceFileName), text }
}

/** Where pnpm may have lockfiles. */
export interface PnpmPlaces {
  /** Folders of the workspaces, relative to the root. */
  readonly folders: readonly string[]
  /** `lockfileDir`, as written. */
  readonly lockfileDir: string | undefined
}

/**
 * pnpm's lockfiles beside the one in the root: one for each branch, one in each workspace, and what
 * is in `lockfileDir`. pnpm reads them where it is told to, and each pull request can tell it.
 */
export async function findPnpmLockfiles(
  root: string,
  { folders, lockfileDir }: PnpmPlaces,
): Promise<ClientFile[]> {
  const places = new Set(['', ...folders])
  if (lockfileDir !== undefined) {
    places.add(path.relative(root, path.resolve(root, lockfileDir)).replaceAll(path.sep, '/'))
  }
  const found = await Promise.all(Array.from(places, async (place) => await list(root, place)))
  return found.flat().filter(({ file }) => file !== 'pnpm-lock.yaml')
}

async function list(root: string, folder: string): Promise<ClientFile[]> {
  const names = await listLockfileNames(path.join(root, folder), {
    isWanted: isPnpmLockfile,
    fixed: ['pnpm-lock.yaml'],
  })
  return names.map((name) => ({
    file: folder === '' ? name : `${folder}/${name}`,
    client: 'pnpm',
    kind: 'lockfile',
  }))
}
