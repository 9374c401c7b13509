import path from 'node:path'
import {
  findLockfileFormat,
  isStandInObeyed,
  lockfileFormats,
  type LockfileFormat,
} from '../lockfile/formats.ts'
import { readLockfileContent } from '../policy/lockfile-content.ts'
import type { LockfileInUse } from '../policy/rule.ts'
import type { ClientName } from '../route/route.ts'
import type { ClientFile } from './client-files.ts'
import { readFileText, type FileText } from './file-text.ts'

/** What reading lockfiles depends on. */
export interface LoadLockfilesOptions {
  /** Absolute path of the project. */
  readonly root: string
  /** Whether npm is in use, which reads another client's lockfile where its own says nothing. */
  readonly hasNpm: boolean
  readonly npmVersion: string | undefined
  /** The clients whose lockfiles are read. */
  readonly known: readonly ClientName[]
  /** Whether each of pnpm's workspaces has a lockfile of its own. */
  readonly hasPnpmLockfiles?: boolean | undefined
}

/**
 * Reads lockfiles. What is there and can't be read comes back as unreadable, and so do the lockfiles
 * of clients that can't be judged yet.
 */
export async function loadLockfiles(
  files: readonly ClientFile[],
  options: LoadLockfilesOptions,
): Promise<LockfileInUse[]> {
  const chosen = new Set([...findChosen(files, options), ...findPnpmChosen(files, options)])
  const loaded = await Promise.all(
    files.map((found) => loadLockfile(found, { ...options, chosen })),
  )
  if (!options.hasNpm || !areStandInsObeyed(loaded)) return loaded
  const standIns = await Promise.all(
    files
      .filter(isStandIn)
      .map((found) => loadLockfile({ ...found, client: 'npm' }, { ...options, chosen })),
  )
  // What its own client would make of the file is left out only where that can't be judged.
  const isSaid = ({ file, client }: LockfileInUse): boolean =>
    standIns.some((standIn) => standIn.file === file) && !options.known.includes(client)
  return [...loaded.filter((found) => !isSaid(found)), ...standIns]
}

function isStandIn({ file }: ClientFile): boolean {
  return lockfileFormats.some((format) => format.file === file && format.role === 'stand-in')
}

/**
 * Which of npm's lockfiles it installs from: the shrinkwrap first, which npm 12 does not read any
 * more. Where the version is not known, it may be either.
 */
function findChosen(
  files: readonly ClientFile[],
  { npmVersion }: LoadLockfilesOptions,
): ReadonlySet<string> {
  const own = lockfileFormats
    .filter(({ role, client }) => role === 'lockfile' && client === 'npm')
    .filter(({ file }) => files.some((found) => found.file === file))
    .map(({ file }) => file)
  if (npmVersion === undefined) return new Set(own)
  const isOld = Number.parseInt(npmVersion, 10) < 12
  return new Set(own.filter((file) => isOld || file !== 'npm-shrinkwrap.json').slice(0, 1))
}

/**
 * Which of pnpm's: the one in the root, else whatever has that name. Those of branches are not
 * compared with manifests, which are another branch's.
 */
function findPnpmChosen(
  files: readonly ClientFile[],
  { hasPnpmLockfiles = false }: LoadLockfilesOptions,
): string[] {
  const own = files
    .filter(({ client, file }) => client === 'pnpm' && path.basename(file) === 'pnpm-lock.yaml')
    .map(({ file }) => file)
  return own.includes('pnpm-lock.yaml') && !hasPnpmLockfiles ? ['pnpm-lock.yaml'] : own
}

/** What npm's own lockfile leaves open can't be told where that can't be read. */
function areStandInsObeyed(loaded: readonly LockfileInUse[]): boolean {
  const own = loaded.filter(({ client, isAuthoritative }) => client === 'npm' && isAuthoritative)
  if (own.length === 0) return isStandInObeyed(undefined)
  return own.some(
    ({ content }) => content.type === 'unreadable' || isStandInObeyed(content.lockfile),
  )
}

async function loadLockfile(
  { file, client }: ClientFile,
  { root, chosen, known }: LoadLockfilesOptions & { readonly chosen: ReadonlySet<string> },
): Promise<LockfileInUse> {
  const content = await readFileText(path.join(root, file))
  const format = findLockfileFormat(file, client)
  if (!known.includes(client) || format?.client !== client) {
    return { file, client, content: unjudged(client), isAuthoritative: true }
  }
  // Of npm's and pnpm's lockfiles one is chosen; the other clients have only one.
  const isOnly = format.role === 'lockfile' && client !== 'npm' && client !== 'pnpm'
  const isAuthoritative = isOnly || chosen.has(file)
  return { file, client, content: await readContent(format, content), isAuthoritative }
}

/** What the text of a lockfile pins, or why that can't be told. */
export async function readContent(
  format: LockfileFormat,
  content: FileText,
): Promise<LockfileInUse['content']> {
  if (content.type === 'absent') return unreadable('it is gone')
  if (content.type === 'unreadable') return unreadable(content.reason)
  const read = await format.load()
  return readLockfileContent(() => read(content.text))
}

function unreadable(reason: string): LockfileInUse['content'] {
  return { type: 'unreadable', reason, line: undefined, hint: undefined }
}

function unjudged(client: string): LockfileInUse['content'] {
  return {
    type: 'unreadable',
    reason: `this version of jsr-guard has no reader for lockfiles of ${client}`,
    line: undefined,
    hint: `remove it if ${client} is not used here, or judge one client alone with --client NAME`,
  }
}
