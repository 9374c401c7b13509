import path from 'node:path'
import { findLockfileFormat, isYarnBerry, lockfileFormats } from '../lockfile/formats.ts'
import type { LockfileInUse } from '../policy/rule.ts'
import { readFileText } from './file-text.ts'
import { listLockfileNames } from './lockfile-names.ts'
import { readContent } from './lockfiles.ts'

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
  const found = await listLockfileNames(path.join(root, folder), {
    isWanted: (name) => names.has(name),
    fixed: [...names],
  })
  return found.map((name) => `${folder}/${name}`)
}

async function loadLockfile(root: string, file: string): Promise<LockfileInUse> {
  const found = await readFileText(path.join(root, file))
  const isBerry = found.type === 'text' && isYarnBerry(found.text)
  const format = findLockfileFormat(file, isBerry ? 'yarn-berry' : undefined)
  if (format === undefined) throw new Error(`${file} is none of the lockfiles that are known`)
  const content = await readContent(format, found)
  return { file, client: format.client, content, isAuthoritative: true }
}
