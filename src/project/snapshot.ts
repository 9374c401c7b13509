import { readFile, rm } from 'node:fs/promises'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import { writeFileAtomically } from './write.ts'

/** The files that a client may write; absolute paths, which need not exist. */
export interface SnapshotFiles {
  /** The client's own: whatever is in them is its work. */
  readonly lockfiles: readonly string[]
  /** People edit them too, while the client runs. */
  readonly manifests: readonly string[]
}

/** The bytes of some files before a client was let at them. */
export interface Snapshot {
  /** Takes note of what the client has made of the files, so that only that is ever taken back. */
  readonly noteChanges: () => Promise<void>
  /**
   * Puts the files back, those that did not exist are removed. A file that is neither as it was nor
   * as the client left it has been edited by somebody: it is kept.
   */
  readonly rollBack: () => Promise<void>
  readonly rollBackManifests: () => Promise<void>
  /** Puts the lockfiles back whatever they are now. */
  readonly rollBackLockfiles: () => Promise<void>
}

/** Remembers the bytes of files. */
export async function takeSnapshot({ lockfiles, manifests }: SnapshotFiles): Promise<Snapshot> {
  const files = [...lockfiles, ...manifests]
  const before = await readAll(files)
  let after = before
  return {
    noteChanges: async () => {
      const entries = Array.from(await readAll(files), ([file, now]) => {
        const was = before.get(file)
        const isClients = lockfiles.includes(file) || isSaved(file, was, now)
        return [file, isClients ? now : was] as const
      })
      after = new Map(entries)
    },
    rollBack: async () => await putAllBack(files, { before, after }),
    rollBackManifests: async () => await putAllBack(manifests, { before, after }),
    rollBackLockfiles: async () => {
      await putAllBack(lockfiles, { before, after: await readAll(lockfiles) })
    },
  }
}

async function putAllBack(
  files: readonly string[],
  { before, after }: { readonly before: Contents; readonly after: Contents },
): Promise<void> {
  for (const [file, now] of await readAll(files)) {
    if (isSame(now, after.get(file))) await putBack(file, now, before.get(file))
  }
}

/** Whether a manifest changed only as a client changes it when it saves: in its dependencies. */
function isSaved(file: string, before: Buffer | undefined, now: Buffer | undefined): boolean {
  if (before === undefined || now === undefined) return before === undefined
  const read = /\.ya?ml$/.test(file) ? readYaml : readJson
  const rest = readRest(now, read)
  return rest !== undefined && rest === readRest(before, read)
}

const dependencyFields = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'bundleDependencies',
  'bundledDependencies',
  // Of a pnpm-workspace.yaml.
  'catalog',
  'catalogs',
  'overrides',
])

/** All but the dependencies, in a form that can be compared. */
function readRest(bytes: Buffer, read: (text: string) => unknown): string | undefined {
  try {
    const manifest = read(bytes.toString('utf8').replace(/^\uFEFF/, ''))
    if (typeof manifest !== 'object' || manifest === null) return undefined
    return JSON.stringify(Object.entries(manifest).filter(([key]) => !dependencyFields.has(key)))
  } catch {
    return undefined
  }
}

function readJson(text: string): unknown {
  return JSON.parse(text)
}

function readYaml(text: string): unknown {
  return readStrictYaml(text).value
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
