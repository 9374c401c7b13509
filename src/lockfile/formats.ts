import { JsrGuardError } from '../errors.ts'
import type { Lockfile } from './locked-package.ts'
import { readNpmLockfile } from './npm.ts'

/** A lockfile that a client reads. */
export interface LockfileFormat {
  /** Its place in a project, `/` as separator. */
  readonly file: string
  readonly client: LockfileClient
  readonly role: LockfileRole
  /** Loads what reads it, since a project has few kinds of lockfiles. */
  readonly load: () => Promise<LockfileReader>
}

/**
 * Reads the text of a lockfile.
 *
 * @throws JsrGuardError for what can't be judged; a format that is only known always throws.
 */
export type LockfileReader = (text: string) => Lockfile

/** The clients that have lockfiles. */
type LockfileClient = 'npm' | 'pnpm' | 'yarn' | 'yarn-berry' | 'bun' | 'deno' | 'vlt'

/** What a client makes of a file. */
type LockfileRole =
  /** It installs what the file says. */
  | 'lockfile'
  /** What it last installed: not what it installs next, but what it makes its next lockfile from. */
  | 'record'
  /** Another client's lockfile, which it obeys where its own says nothing; see {@link isStandInObeyed}. */
  | 'stand-in'

/**
 * Every lockfile that is known, by client and in the order in which the client looks for them. Of a
 * client's lockfiles only the first holds; for npm 12 and later that is never
 * `npm-shrinkwrap.json`, which they do not read.
 */
export const lockfileFormats: readonly LockfileFormat[] = [
  { file: 'npm-shrinkwrap.json', client: 'npm', role: 'lockfile', load: loadNpm },
  { file: 'package-lock.json', client: 'npm', role: 'lockfile', load: loadNpm },
  { file: 'node_modules/.package-lock.json', client: 'npm', role: 'record', load: loadNpm },
  { file: 'pnpm-lock.yaml', client: 'pnpm', role: 'lockfile', load: loadPnpm },
  { file: 'node_modules/.pnpm/lock.yaml', client: 'pnpm', role: 'record', load: loadPnpm },
  {
    file: 'yarn.lock',
    client: 'yarn',
    role: 'lockfile',
    load: async () => (await import('./yarn-classic.ts')).readYarnLockfile,
  },
  {
    file: 'yarn.lock',
    client: 'yarn-berry',
    role: 'lockfile',
    load: async () => (await import('./yarn-berry.ts')).readYarnBerryLockfile,
  },
  {
    file: 'bun.lock',
    client: 'bun',
    role: 'lockfile',
    load: async () => (await import('./bun.ts')).readBunLockfile,
  },
  {
    file: 'bun.lockb',
    client: 'bun',
    role: 'lockfile',
    load: async () => (await import('./bun.ts')).refuseBunBinary,
  },
  {
    file: 'deno.lock',
    client: 'deno',
    role: 'lockfile',
    load: async () => (await import('./deno.ts')).readDenoLockfile,
  },
  {
    file: 'vlt-lock.json',
    client: 'vlt',
    role: 'lockfile',
    load: async () => (await import('./vlt.ts')).readVltLockfile,
  },
  { file: 'yarn.lock', client: 'npm', role: 'stand-in', load: async () => refuseYarnLock },
]

// npm's is at hand: nearly every run needs it.
async function loadNpm(): Promise<LockfileReader> {
  return readNpmLockfile
}

async function loadPnpm(): Promise<LockfileReader> {
  return (await import('./pnpm.ts')).readPnpmLockfile
}

/**
 * The format of a file, by its path and the client that reads it; `undefined` for what is no lockfile
 * that is known. What a client last installed is looked for in the root alone. pnpm has one for each
 * branch too, `pnpm-lock.<branch>.yaml`.
 */
export function findLockfileFormat(file: string, client?: string): LockfileFormat | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1)
  const known = lockfileFormats.filter(
    (format) => format.file === file || (format.file === name && format.role === 'lockfile'),
  )
  const found = known.find((format) => format.client === client) ?? known[0]
  if (found !== undefined || !isPnpmLockfile(file)) return found
  return { file, client: 'pnpm', role: 'lockfile', load: loadPnpm }
}

/** Yarn 2 and later write YAML, in which the lockfile's own version stands under `__metadata`. */
export function isYarnBerry(text: string): boolean {
  // Looking for the word is much quicker than looking at the beginning of each line.
  return text.includes('__metadata') && /^["']?__metadata["']?\s*:/m.test(text)
}

/** Whether a file is one of pnpm's lockfiles, by its name. */
export function isPnpmLockfile(file: string): boolean {
  return /(?:^|\/)pnpm-lock(?:\.[^/]+)?\.yaml$/.test(file)
}

/**
 * Whether npm takes addresses from a `yarn.lock`: where it has no lockfile of its own, and where the
 * one it has leaves out the address of any entry, which it then looks up in `yarn.lock` first.
 */
export function isStandInObeyed(own: Lockfile | undefined): boolean {
  return own === undefined || own.packages.some(({ source }) => source.type === 'route')
}

function refuseYarnLock(): never {
  throw new JsrGuardError(
    'ERR_JSR_GUARD_LOCKFILE_SYNTAX',
    'is where npm looks for what its own lockfile does not say, and cannot be read yet',
    { hint: "remove it, then make npm's own: npm install --package-lock-only --ignore-scripts" },
  )
}
