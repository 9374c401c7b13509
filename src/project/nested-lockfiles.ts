import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { findLockfileFormat, isYarnBerry, lockfileFormats } from '../lockfile/formats.ts'
import { readLockfileContent } from '../policy/lockfile-content.ts'
import type { LockfileInUse } from '../policy/rule.ts'
import { hasCode, orAbsent } from './error-code.ts'
import { readFileText, type FileText } from './file-text.ts'

/** Where to look for lockfiles. */
export interface NestedPlaces {
  /** Absolute path of the project. */
  readonly root: string
  /** Folders relative to it, `/` as separator. */
  readonly folders: readonly string[]
  /** Files that have been found already. */
  readonly known: ReadonlySet<string>
}

/**
 * Reads the lockfiles in folders of a project below its root, those of pnpm apart. A client that is
 * started there may take the folder for a project of its own, and installs what they say.
 */
export async function loadNestedLockfiles({
  root,
  folders,
  known,
}: NestedPlaces): Promise<LockfileInUse[]> {
  const places = [...new Set(folders)].filter((folder) => folder !== '')
  const found = await Promise.all(places.map(async (folder) => await listNames(root, folder)))
  const files = found.flat().filter((file) => !known.has(file))
  return await Promise.all(files.map(async (file) => await loadLockfile(root, file)))
}

/** All but pnpm's, which are looked for on their own, and what a client last installed. */
const names: ReadonlySet<string> = new Set(
  lockfileFormats
    .filter(({ role, client }) => role === 'lockfile' && client !== 'pnpm')
    .map(({ file }) => file),
)

async function listNames(root: string, folder: string): Promise<string[]> {
  const all = (await orAbsent(readNames(path.join(root, folder)))) ?? []
  return all
    .filter((name) => names.has(name))
    .toSorted()
    .map((name) => `${folder}/${name}`)
}

/** A folder that can't be listed may have any of them, and a client can read it by name. */
async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (hasCode(error, 'EACCES', 'EPERM')) return [...names]
    throw error
  }
}

async function loadLockfile(root: string, file: string): Promise<LockfileInUse> {
  const found = await readFileText(path.join(root, file))
  const isBerry = found.type === 'text' && isYarnBerry(found.text)
  const format = findLockfileFormat(file, isBerry ? 'yarn-berry' : undefined)
  if (format === undefined) throw new Error(`${file} is none of the lockfiles that are known`)
  const read = await format.load()
  const content =
    found.type === 'text' ? readLockfileContent(() => read(found.text)) : unreadable(found)
  return { file, client: format.client, content, isAuthoritative: true }
}

function unreadable(found: Exclude<FileText, { type: 'text' }>): LockfileInUse['content'] {
  const reason = found.type === 'absent' ? 'it is gone' : found.reason
  return { type: 'unreadable', reason, line: undefined, hint: undefined }
}
