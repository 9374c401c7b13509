import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { findClientFiles } from './client-files.ts'
import { orAbsent } from './error-code.ts'

/** What a pattern stands for. */
export interface MatchedFolders {
  /** As written. */
  readonly pattern: string
  /** Absolute, in order; one that the pattern names without a wildcard need not be there. */
  readonly folders: readonly string[]
}

/**
 * The folders that patterns stand for. What is there under the very name, or has no wildcard, is
 * that folder; a wildcard stands for folders that hold a manifest, a lockfile or a client's
 * configuration, and never for what a client installed.
 */
export async function findProjectFolders(
  cwd: string,
  patterns: readonly string[],
): Promise<MatchedFolders[]> {
  return await Promise.all(
    patterns.map(async (pattern) => ({ pattern, folders: await findMatches(cwd, pattern) })),
  )
}

const wildcard = /[*?[\]{}()!]/

async function findMatches(cwd: string, pattern: string): Promise<string[]> {
  const literal = path.resolve(cwd, pattern)
  if (!wildcard.test(pattern) || (await isThere(literal))) return [literal]
  // Only runs with wildcards pay for it.
  const { glob } = await import('glob')
  // With a slash at the end it stands for folders alone.
  const folders = await glob(pattern.replace(/\/*$/, '/'), {
    cwd,
    absolute: true,
    follow: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
  })
  const found = folders.map((folder) => path.resolve(folder)).toSorted()
  const isProject = await Promise.all(found.map(holdsProject))
  return found.filter((_, index) => isProject[index])
}

async function holdsProject(folder: string): Promise<boolean> {
  if (await isThere(path.join(folder, 'package.json'))) return true
  return (await findClientFiles(folder, folder)).length > 0
}

async function isThere(file: string): Promise<boolean> {
  return (await orAbsent(lstat(file))) !== undefined
}
