import { readFile, rm } from 'node:fs/promises'
import { writeFileAtomically } from './write.ts'

/** The bytes of some files before a client was let at them. */
export interface Snapshot {
  /** Takes note of what the client has made of the files, so that only that is ever taken back. */
  readonly noteChanges: () => Promise<void>
  /**
   * Puts the files back, those that did not exist are removed. A file that is neither as it was nor
   * as the client left it has been edited by somebody: it is kept.
   */
  readonly rollBack: () => Promise<void>
}

/** Remembers the bytes of files; absolute paths, which need not exist. */
export async function takeSnapshot(files: readonly string[]): Promise<Snapshot> {
  const before = await readAll(files)
  let after = before
  return {
    noteChanges: async () => {
      after = await readAll(files)
    },
    rollBack: async () => {
      for (const [file, now] of await readAll(files)) {
        if (!isSame(now, after.get(file))) continue
        await putBack(file, now, before.get(file))
      }
    },
  }
}

type Contents = ReadonlyMap<string, Buffer | undefined>

async function readAll(files: readonly string[]): Promise<Contents> {
  const contents = await Promise.all(
    files.map(async (file) => [file, await readIfPresent(file)] as const),
  )
  return new Map(contents)
}

async function readIfPresent(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function putBack(
  file: string,
  now: Buffer | undefined,
  before: Buffer | undefined,
): Promise<void> {
  if (isSame(now, before)) return
  if (before === undefined) await rm(file, { force: true })
  else await writeFileAtomically(file, before)
}

function isSame(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.equals(b)
}
