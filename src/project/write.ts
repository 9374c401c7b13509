import { randomBytes } from 'node:crypto'
import type { Stats } from 'node:fs'
import { open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import { hasCode, orAbsent } from './error-code.ts'

/** How a file is written. */
export interface WriteOptions {
  /** Write only if the file still holds these bytes: somebody else may have edited it. */
  readonly expected?: Uint8Array
}

/**
 * Replaces a file as one step: whoever reads it finds the old bytes or the new ones, after a crash
 * too. Mode and, where that is allowed, owner stay. A link is followed: what it leads to is
 * replaced, not the link.
 *
 * Returns whether it was written; `false` only where it didn't hold the bytes that were expected,
 * or is gone.
 *
 * Another hard link to the file keeps the old bytes. And between the last look and the rename lie
 * two system calls, in which an edit by somebody else would be lost; no system that Node runs on
 * has a call for both.
 */
export async function writeFileAtomically(
  file: string,
  bytes: Uint8Array,
  { expected }: WriteOptions = {},
): Promise<boolean> {
  const target = (await orAbsent(realpath(file))) ?? file
  const temporary = path.join(path.dirname(target), createTemporaryName(target))
  try {
    await writeTemporary(temporary, bytes, await orAbsent(stat(target)))
    const isWanted = expected === undefined || (await holds(target, expected))
    if (isWanted) await rename(temporary, target)
    else await rm(temporary)
    await syncFolder(path.dirname(target))
    return isWanted
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/**
 * Removes what a killed run has left of its attempts to write a file. Only for the one who has the
 * run lock: the temporary of a living writer has the same kind of name.
 */
export async function removeTemporaries(file: string): Promise<void> {
  const folder = path.dirname(file)
  const prefix = temporaryPrefix(file)
  const names = (await orAbsent(readdir(folder))) ?? []
  for (const name of names) {
    if (name.startsWith(prefix) && /^[0-9a-f]{32}$/.test(name.slice(prefix.length))) {
      await rm(path.join(folder, name), { force: true })
    }
  }
}

/** Makes what happened to the names in a folder survive a crash of the machine. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch (error) {
    // Windows opens no folders, and some file systems sync none: there is nothing more to be done.
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF')) throw error
  } finally {
    await handle?.close()
  }
}

function createTemporaryName(file: string): string {
  return `${temporaryPrefix(file)}${randomBytes(16).toString('hex')}`
}

function temporaryPrefix(file: string): string {
  return `.${path.basename(file)}.jsr-guard-`
}

/** In the folder of the file itself: a rename across file systems would not be one step. */
async function writeTemporary(
  temporary: string,
  bytes: Uint8Array,
  like: Stats | undefined,
): Promise<void> {
  const handle = await open(temporary, 'wx', like === undefined ? 0o666 : 0o600)
  try {
    if (like !== undefined) await makeAlike(handle, like)
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A run as root, in a container say, must not leave a manifest that its owner can't edit. */
async function makeAlike(handle: FileHandle, like: Stats): Promise<void> {
  const own = await handle.stat()
  if (own.uid !== like.uid || own.gid !== like.gid) {
    try {
      await handle.chown(like.uid, like.gid)
    } catch (error) {
      if (!hasCode(error, 'EPERM')) throw error
    }
  }
  await handle.chmod(like.mode)
}

async function holds(file: string, expected: Uint8Array): Promise<boolean> {
  return (await orAbsent(readFile(file)))?.equals(expected) ?? false
}
