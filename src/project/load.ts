import path from 'node:path'
import type { NpmConfig } from '../config/npm-config.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import { JsrGuardError } from '../errors.ts'
import { findLockfileFormat } from '../lockfile/formats.ts'
import type { ClientInUse, LockfileInUse, PnpmHook, SpecifierFile } from '../policy/rule.ts'
import type { ClientName, Route } from '../route/route.ts'
import { findClientFiles, type ClientFile } from './client-files.ts'
import { readDeclaredClients, type DeclaredClient } from './declared-clients.ts'
import { createNpmClient, loadClients, type LoadClientsOptions } from './clients.ts'
import { detectClients, type ClientSign, type DetectedClients } from './clients-in-use.ts'
import { findFolder } from './folder.ts'
import { loadLockfiles } from './lockfiles.ts'
import { assignOwners, findDenoMembers, type NestedOptions } from './nested-clients.ts'
import { loadNestedLockfiles } from './nested-lockfiles.ts'
import { readCommandLine } from './npm-command-line.ts'
import { loadNpmConfig } from './npm-config.ts'
import { findNpmRoot } from './npm-root.ts'
import { loadPnpmHook } from './pnpm-hook.ts'
import { findPnpmLockfiles, loadPnpmWorkspace, type PnpmWorkspace } from './pnpm-files.ts'
import { findProjectRoot } from './pnpm-root.ts'
import { loadSpecifierFiles } from './specifier-files.ts'
import { findWorkspacePatterns } from './workspace-patterns.ts'
import { loadManifests, type LoadedManifest } from './workspaces.ts'

/** What loading a project depends on. */
export interface LoadProjectOptions {
  /** Where to look for it; absolute. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home. */
  readonly home: string
  /** One client instead of those detected. */
  readonly client?: ClientName | undefined
  /** The npm that the project is installed with. */
  readonly npm: NpmInUse
  /** The pnpm that would be run where the project does not say which. */
  readonly pnpm?: PnpmInUse | undefined
  /** The versions of other clients that would be run where the project does not say which. */
  readonly versions?: Readonly<Partial<Record<ClientName, string | undefined>>> | undefined
  /** The client that is going to run: its version is known, whatever the project asks for. */
  readonly running?: ClientName | undefined
  /** The clients to judge; what shows another one counts as a sign of it. Default all that are known. */
  readonly known?: readonly ClientName[] | undefined
}

/** What is known of a pnpm. */
export interface PnpmInUse {
  readonly version: string | undefined
}

/** The clients that this version can judge: the one list. */
export const judgedClients: readonly ClientName[] = [
  'npm',
  'pnpm',
  'yarn',
  'yarn-berry',
  'bun',
  'deno',
  'vlt',
]

/** What is known of an npm. */
export interface NpmInUse {
  readonly version: string | undefined
  /** npm's own folder. */
  readonly folder: string | undefined
  readonly nodePath: string | undefined
  /** npm's command line, without the program. */
  readonly argv?: readonly string[] | undefined
}

/** All that is read of a project before it is judged. */
export interface Project {
  /** Absolute, links resolved. */
  readonly root: string
  /** The root's first, where there is one. */
  readonly manifests: readonly LoadedManifest[]
  /** What the root's manifest says of its client. */
  readonly declared: readonly DeclaredClient[]
  /** The clients in use that this version can judge. */
  readonly clients: readonly ClientInUse[]
  /** What shows that another client is in use, and is no lockfile. */
  readonly unjudged: readonly ClientSign[]
  readonly lockfiles: readonly LockfileInUse[]
  /** Files that were left out because one client was asked for. */
  readonly leftOut: readonly string[]
  readonly npmConfig: NpmConfig
  /** Of the other clients in use, the files that hold credentials. */
  readonly credentialFiles: readonly NpmConfig[]
  /** `undefined` where pnpm is not in use. */
  readonly pnpmConfig: PnpmConfig | undefined
  /** Where pnpm is in use, what its `pnpm-workspace.yaml` says. */
  readonly pnpmWorkspace: PnpmWorkspace | undefined
  /** What stands beside the manifests for clients in use: catalogs, imports, modifiers. */
  readonly specifierFiles: readonly SpecifierFile[]
  /** jsr-guard's hook for pnpm, where pnpm is in use and the project has it. */
  readonly pnpmHook: PnpmHook | undefined
}

/**
 * Finds a project and reads it: manifests, npm's configuration, and every lockfile.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_NOTHING_TO_CHECK` where there is neither manifest nor
 *   lockfile, `ERR_JSR_GUARD_USAGE` where there is no such folder, and
 *   `ERR_JSR_GUARD_MANIFEST` or `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadProject(options: LoadProjectOptions): Promise<Project> {
  const found = await findProject(options)
  const { root, cwd, files, manifests, pnpmWorkspace } = found
  const { known = judgedClients, client: only, env, home } = options
  const declared = readDeclared(manifests)
  const detected = detectClients({ files, declared, only, known })
  const [npmConfig, lockfiles] = await Promise.all([
    loadConfig({ ...options, cwd }, root),
    loadWantedLockfiles(detected, found, options),
  ])
  const configuration = {
    root,
    env,
    home,
    declared,
    npmConfig,
    workspace: pnpmWorkspace?.settings,
    versions: { ...options.versions, pnpm: options.pnpm?.version },
    nodePath: options.npm.nodePath,
    running: options.running,
  }
  const { clients, pnpmConfig } = await loadClients(detected.inUse, configuration)
  const loadClient: NestedOptions['loadClient'] = async (name, folder, manifest) =>
    await loadClientIn(folder, { name, manifest, configuration, options })
  return {
    root,
    manifests,
    declared,
    clients,
    unjudged: detected.unjudged,
    lockfiles: await assignOwners(lockfiles.lockfiles, { root, manifests, clients, loadClient }),
    leftOut: lockfiles.leftOut,
    npmConfig,
    credentialFiles: listCredentialFiles(pnpmConfig),
    pnpmConfig,
    pnpmWorkspace: detected.inUse.has('pnpm') ? pnpmWorkspace : undefined,
    specifierFiles: await loadSpecifierFiles(detected.inUse, { root, env, home }),
    pnpmHook: pnpmConfig && (await loadPnpmHook(root, pnpmConfig)),
  }
}

/** `pnpm config set` writes credentials where npm does not look. */
function listCredentialFiles(config: PnpmConfig | undefined): NpmConfig[] {
  return config === undefined ? [] : [config.sources.auth, config.sources.rc, config.sources.user]
}

/** A client as it is configured in a folder that it takes for a project of its own. */
async function loadClientIn(
  root: string,
  {
    name,
    manifest,
    configuration,
    options,
  }: {
    readonly name: ClientName
    readonly manifest: LoadedManifest | undefined
    readonly configuration: LoadClientsOptions
    readonly options: LoadProjectOptions
  },
): Promise<ClientInUse | undefined> {
  const own = manifest === undefined ? [] : readDeclaredClients(manifest.text)
  const { clients } = await loadClients(new Set([name]), {
    ...configuration,
    root,
    declared: own.length === 0 ? configuration.declared : own,
    npmConfig:
      name === 'npm' ? await loadConfig({ ...options, cwd: root }, root) : configuration.npmConfig,
  })
  return clients[0]
}

/** Where one client is asked for, what turns out to be another's is left out. */
async function loadWantedLockfiles(
  detected: DetectedClients,
  { root, manifests, pnpmWorkspace, files }: FoundProject,
  { known, client: only, npm }: LoadProjectOptions,
): Promise<Pick<Project, 'lockfiles' | 'leftOut'>> {
  const rootLockfiles = await loadLockfiles(detected.lockfiles, {
    root,
    known: known ?? judgedClients,
    hasNpm: detected.inUse.has('npm'),
    npmVersion: npm.version,
    hasPnpmLockfiles: pnpmWorkspace?.settings.get('sharedWorkspaceLockfile')?.value === false,
  })
  // A run of one client in the root does not go by what lies below it.
  const nested = known === undefined ? await findNested({ root, manifests, files }, only) : []
  const lockfiles = [...rootLockfiles, ...nested]
  const wanted = lockfiles.filter(({ client }) => [client, undefined].includes(only))
  const unwanted = lockfiles
    .map(({ file }) => file)
    .filter((file) => !wanted.some((one) => one.file === file))
  return { lockfiles: wanted, leftOut: [...detected.leftOut, ...unwanted] }
}

async function findNested(
  { root, manifests, files }: Pick<FoundProject, 'root' | 'manifests' | 'files'>,
  only: ClientName | undefined,
): Promise<LockfileInUse[]> {
  const members = [undefined, 'deno'].includes(only) ? await findDenoMembers(root) : []
  const folders = [
    ...manifests.map(({ manifest }) => manifest.folder),
    ...members.map((member) => path.relative(root, member).replaceAll(path.sep, '/')),
  ]
  return await loadNestedLockfiles({
    root,
    folders: folders.filter((folder) => folder.split('/')[0] !== '..' && !path.isAbsolute(folder)),
    known: new Set(files.map(({ file }) => file)),
  })
}

/** What lies in a project, before anything is known of its clients. */
interface FoundProject extends Pick<Project, 'root' | 'manifests' | 'pnpmWorkspace'> {
  /** Links resolved. */
  readonly cwd: string
  readonly files: readonly ClientFile[]
}

async function findProject(options: LoadProjectOptions): Promise<FoundProject> {
  const { client: only, known = judgedClients } = options
  const cwd = await findFolder(options.cwd)
  const isPnpmWanted = known.includes('pnpm') && [undefined, 'pnpm'].includes(only)
  const root = isPnpmWanted ? await findProjectRoot(cwd) : await findNpmRoot(cwd)
  const pnpmWorkspace = isPnpmWanted ? await loadPnpmWorkspace(root) : undefined
  const patterns = [
    ...(pnpmWorkspace?.specifiers.packages ?? []),
    ...(await findWorkspacePatterns(root, { known, only })),
  ]
  const manifests = await loadManifests(root, { patterns })
  const found = await findFiles({ root, cwd, manifests, pnpmWorkspace })
  // What a client last installed says nothing where that client is not judged.
  const files = found.filter(({ file, client }) => known.includes(client) || !isRecord(file))
  if (manifests.length === 0 && files.length === 0) throw nothingToCheck(root)
  return { root, cwd, manifests, pnpmWorkspace, files }
}

function isRecord(file: string): boolean {
  return findLockfileFormat(file)?.role === 'record'
}

async function findFiles({
  root,
  cwd,
  manifests,
  pnpmWorkspace,
}: Omit<FoundProject, 'files'>): Promise<ClientFile[]> {
  const lockfileDir = pnpmWorkspace?.settings.get('lockfileDir')?.value
  const [files, others] = await Promise.all([
    findClientFiles(root, cwd),
    findPnpmLockfiles(root, {
      folders: manifests.map(({ manifest }) => manifest.folder),
      lockfileDir: typeof lockfileDir === 'string' ? lockfileDir : undefined,
    }),
  ])
  const isNew = ({ file }: ClientFile): boolean => !files.some((found) => found.file === file)
  return [...files, ...others.filter(isNew)]
}

function nothingToCheck(root: string): JsrGuardError {
  return new JsrGuardError(
    'ERR_JSR_GUARD_NOTHING_TO_CHECK',
    `there is no manifest and no lockfile in ${JSON.stringify(root)}`,
    { hint: 'name the folder of the project with --cwd' },
  )
}

/** The root's manifest alone: clients look for it nowhere else. */
function readDeclared(manifests: readonly LoadedManifest[]): DeclaredClient[] {
  const [first] = manifests
  return first === undefined ? [] : readDeclaredClients(first.text)
}

async function loadConfig(options: LoadProjectOptions, root: string): Promise<NpmConfig> {
  const { cwd, env, home, npm } = options
  const { version, folder: npmFolder, nodePath } = npm
  return await loadNpmConfig({
    root,
    cwd,
    env,
    home,
    version,
    npmFolder,
    nodePath,
    ...(await readCommandLine(cwd, npm.argv)),
  })
}

/** What decides where npm goes for `@jsr` in a project. */
export interface LoadedRoute extends Route {
  /** Whether the project's own `.npmrc` maps the scope. */
  readonly isOwn: boolean
}

/** Where npm goes for `@jsr`; `cwd` has its links resolved. */
export async function loadNpmRoute(
  options: LoadProjectOptions & { readonly root: string },
): Promise<LoadedRoute> {
  const { route } = createNpmClient(await loadConfig(options, options.root))
  return { ...route, isOwn: route.kind === 'scope' && route.file === '.npmrc' }
}
