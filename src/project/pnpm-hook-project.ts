import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import { readPnpmLockfile } from '../lockfile/pnpm.ts'
import { readLockfileContent } from '../policy/lockfile-content.ts'
import type { LockfileInUse } from '../policy/rule.ts'
import type { ClientFile } from './client-files.ts'
import { orAbsent } from './error-code.ts'
import { readFileText } from './file-text.ts'
import { loadNpmConfig } from './npm-config.ts'
import { loadPnpmConfig } from './pnpm-config.ts'
import { findPnpmLockfiles, loadPnpmWorkspace, type PnpmWorkspace } from './pnpm-files.ts'
import { loadPolicy, type LoadedPolicy } from './policy.ts'

/** Where a pnpm that runs the hook looks for its configuration. */
export interface HookEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home. */
  readonly home: string
}

/** pnpm's configuration of a project, as it is on the disk. */
export interface HookConfig {
  readonly pnpmConfig: PnpmConfig
  readonly workspace: PnpmWorkspace | undefined
}

/**
 * The folders whose lockfiles a hook guards: the one that it lies in, and the project around that;
 * where there is none, or pnpm was started elsewhere, the project around `cwd` too. The first one is
 * where the policy is.
 */
export async function findHookFolders(
  hookFile: string | undefined,
  cwd: string,
): Promise<string[]> {
  const own = hookFile === undefined ? undefined : path.dirname(hookFile)
  const root = own === undefined ? undefined : await findPnpmProject(own)
  const isInside = root !== undefined && isBelow(root, cwd)
  const started = isInside ? undefined : ((await findPnpmProject(cwd)) ?? cwd)
  return [...new Set([root, started, own].filter((folder) => folder !== undefined))]
}

function isBelow(folder: string, inner: string): boolean {
  const relative = path.relative(folder, inner)
  return relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative)
}

/** Strongest sign first: a package in a workspace has a manifest of its own. */
const projectFiles: readonly string[] = ['pnpm-workspace.yaml', 'pnpm-lock.yaml', 'package.json']

async function findPnpmProject(folder: string): Promise<string | undefined> {
  for (const name of projectFiles) {
    const found = await findUpwards(folder, name)
    if (found !== undefined) return found
  }
  return undefined
}

async function findUpwards(folder: string, name: string): Promise<string | undefined> {
  if ((await orAbsent(lstat(path.join(folder, name)))) !== undefined) return folder
  const parent = path.dirname(folder)
  return parent === folder ? undefined : await findUpwards(parent, name)
}

/**
 * Reads the policy of a project, from `jsr-guard.json` or the key of package.json.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`
 */
export async function loadHookPolicy(root: string): Promise<LoadedPolicy> {
  const file = 'package.json'
  const found = await readFileText(path.join(root, file))
  const manifests = found.type === 'text' ? [{ manifest: { file }, text: found.text }] : []
  return await loadPolicy({ root, manifests })
}

/**
 * Reads what this version of pnpm takes its registries from.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadHookConfig(
  root: string,
  version: string | undefined,
  { env, home }: HookEnvironment,
): Promise<HookConfig> {
  const [npm, workspace] = await Promise.all([
    loadNpmConfig({ root, env, home }),
    loadPnpmWorkspace(root),
  ])
  const settings = workspace?.settings
  const pnpmConfig = await loadPnpmConfig({ root, env, home, version, npm, workspace: settings })
  return { pnpmConfig, workspace }
}

/** What says where a project's lockfiles are. */
export interface HookLockfilesOptions extends HookConfig {
  readonly root: string
}

/**
 * Reads every lockfile that pnpm could install a project from: `pnpm-lock.yaml` and those of
 * branches, in the root, in `lockfileDir`, and in every folder where each workspace has its own.
 * Without any, what pnpm last installed, from which it would make the next one.
 */
export async function loadHookLockfiles(options: HookLockfilesOptions): Promise<LockfileInUse[]> {
  const files = await findLockfiles(options)
  return await Promise.all(files.map(async ({ file }) => await loadLockfile(options.root, file)))
}

/** The list of all clients' lockfiles would bring all their readers into the hook's file. */
async function loadLockfile(root: string, file: string): Promise<LockfileInUse> {
  const inUse = { file, client: 'pnpm', isAuthoritative: true } as const
  const found = await readFileText(path.join(root, file))
  if (found.type === 'text') {
    const content = readLockfileContent(() => readPnpmLockfile(found.text))
    return { ...inUse, content }
  }
  const reason = found.type === 'absent' ? 'it is gone' : found.reason
  return { ...inUse, content: { type: 'unreadable', reason, line: undefined, hint: undefined } }
}

async function findLockfiles(options: HookLockfilesOptions): Promise<ClientFile[]> {
  const { root, workspace } = options
  const lockfileDir = workspace?.settings.get('lockfileDir')?.value
  const others = await findPnpmLockfiles(root, {
    folders: isShared(options) ? [] : await listFolders(root, ''),
    lockfileDir: typeof lockfileDir === 'string' ? lockfileDir : undefined,
  })
  const own = await findFile(root, 'pnpm-lock.yaml')
  if (own !== undefined || others.length > 0) return own === undefined ? others : [own, ...others]
  const record = await findFile(root, 'node_modules/.pnpm/lock.yaml')
  return record === undefined ? [] : [record]
}

async function findFile(root: string, file: string): Promise<ClientFile | undefined> {
  const found = await orAbsent(lstat(path.join(root, file)))
  return found === undefined ? undefined : { file, client: 'pnpm', kind: 'lockfile' }
}

/** Whether all workspaces share one lockfile; what any version of pnpm heeds counts. */
function isShared({ workspace, pnpmConfig }: HookConfig): boolean {
  const { npm, rc } = pnpmConfig.sources
  const key = 'shared-workspace-lockfile'
  const values = [
    workspace?.settings.get('sharedWorkspaceLockfile')?.value,
    npm.get(key)?.value,
    rc.get(key)?.value,
  ]
  return !values.some((value) => value === false || value === 'false')
}

async function listFolders(root: string, folder: string): Promise<string[]> {
  const entries = (await orAbsent(readdir(path.join(root, folder), { withFileTypes: true }))) ?? []
  const inner = entries
    .filter(
      (entry) => entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git',
    )
    .map(({ name }) => (folder === '' ? name : `${folder}/${name}`))
  const deeper = await Promise.all(inner.map(async (one) => await listFolders(root, one)))
  return [...inner, ...deeper.flat()]
}
