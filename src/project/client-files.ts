import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { isYarnBerry, lockfileFormats } from '../lockfile/formats.ts'
import type { ClientName } from '../route/route.ts'
import { readFileText } from './file-text.ts'

/** A file that a client leaves in a project, or reads there. */
export interface ClientFile {
  /** Path relative to the project, `/` as separator. */
  readonly file: string
  readonly client: ClientName
  readonly kind: 'lockfile' | 'configuration'
}

/**
 * The files that show which clients a project is used with. Looks in the root, and in the folder
 * that the run was started in: that may be the project of another client, which npm knows nothing
 * of. npm's own lockfiles count in its root alone.
 */
export async function findClientFiles(root: string, cwd: string): Promise<ClientFile[]> {
  const inner = path.relative(root, cwd).replaceAll(path.sep, '/')
  const others = knownFiles.filter(({ client }) => client !== 'npm')
  const candidates = [
    ...knownFiles,
    ...(inner === '' ? [] : others.map((known) => ({ ...known, file: `${inner}/${known.file}` }))),
  ]
  const isThere = await Promise.all(candidates.map(({ file }) => exists(path.join(root, file))))
  return await Promise.all(
    candidates.filter((_, index) => isThere[index]).map((found) => nameClient(root, found)),
  )
}

/** Yarn 2 and later call their lockfile as Yarn 1 does. */
async function nameClient(root: string, found: ClientFile): Promise<ClientFile> {
  if (found.client !== 'yarn' || found.kind !== 'lockfile') return found
  const content = await readFileText(path.join(root, found.file))
  const isBerry = content.type === 'text' && isYarnBerry(content.text)
  return isBerry ? { ...found, client: 'yarn-berry' } : found
}

const knownFiles: readonly ClientFile[] = [
  // Whose a yarn.lock is, its text tells.
  ...lockfileFormats
    .filter(({ role, client }) => role !== 'stand-in' && client !== 'yarn-berry')
    .map(({ file, client }) => ({ file, client, kind: 'lockfile' as const })),
  { file: 'pnpm-workspace.yaml', client: 'pnpm', kind: 'configuration' },
  { file: '.pnpmfile.cjs', client: 'pnpm', kind: 'configuration' },
  { file: '.pnpmfile.mjs', client: 'pnpm', kind: 'configuration' },
  { file: '.yarnrc', client: 'yarn', kind: 'configuration' },
  { file: '.yarnrc.yml', client: 'yarn-berry', kind: 'configuration' },
  { file: 'bunfig.toml', client: 'bun', kind: 'configuration' },
  { file: 'deno.json', client: 'deno', kind: 'configuration' },
  { file: 'deno.jsonc', client: 'deno', kind: 'configuration' },
  { file: 'vlt.json', client: 'vlt', kind: 'configuration' },
]

/** A link counts whatever it leads to, and so does what can't be looked at. */
async function exists(file: string): Promise<boolean> {
  try {
    await lstat(file)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}
