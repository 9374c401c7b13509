import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { orAbsent } from './error-code.ts'
import { findNpmRoot } from './npm-root.ts'

/**
 * The folder that npm or pnpm takes for the project when it is started in `cwd`, links resolved:
 * npm's, or a folder above it whose `pnpm-workspace.yaml` makes it a workspace of pnpm's, unless npm
 * has a lockfile of its own there.
 */
export async function findProjectRoot(cwd: string): Promise<string> {
  const root = await findNpmRoot(cwd)
  const workspace = await findUpwards(root, 'pnpm-workspace.yaml')
  if (workspace === undefined || workspace === root) return root
  const own = await Promise.all(npmLockfiles.map((name) => isThere(path.join(root, name))))
  return own.includes(true) ? root : workspace
}

/** What pnpm takes for the project, whatever other clients make of it. */
export interface PnpmRoot {
  /** Where the lockfile is. */
  readonly root: string
  /** The nearest package: the root itself, or a folder below it. */
  readonly own: string
}

/** The folders that pnpm installs in when it is started in `cwd`, links resolved. */
export async function findPnpmRoot(cwd: string): Promise<PnpmRoot> {
  const own = await findNpmRoot(cwd, { workspaces: false })
  return { root: (await findUpwards(own, 'pnpm-workspace.yaml')) ?? own, own }
}

const npmLockfiles: readonly string[] = ['package-lock.json', 'npm-shrinkwrap.json']

async function findUpwards(folder: string, name: string): Promise<string | undefined> {
  if (await isThere(path.join(folder, name))) return folder
  const parent = path.dirname(folder)
  return parent === folder ? undefined : await findUpwards(parent, name)
}

async function isThere(file: string): Promise<boolean> {
  return (await orAbsent(lstat(file))) !== undefined
}
