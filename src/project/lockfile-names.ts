import { readdir } from 'node:fs/promises'
import { hasCode, orAbsent } from './error-code.ts'

/** What is looked for in a folder. */
export interface LockfileNames {
  readonly isWanted: (name: string) => boolean
  /** Those that a client reads by name. */
  readonly fixed: readonly string[]
}

/**
 * The names of the lockfiles in a folder, sorted; none where there is no such folder. One that can't
 * be listed can't hide a lockfile that a client could read by name: it may have all of these.
 */
export async function listLockfileNames(
  folder: string,
  { isWanted, fixed }: LockfileNames,
): Promise<string[]> {
  const names = (await orAbsent(readNames(folder, fixed))) ?? []
  return names.filter(isWanted).toSorted()
}

async function readNames(folder: string, fixed: readonly string[]): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return fixed
    throw error
  }
}
