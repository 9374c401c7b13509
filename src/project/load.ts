import type { NpmConfig } from '../config/npm-config.ts'
import { JsrGuardError } from '../errors.ts'
import type { ClientInUse, LockfileInUse } from '../policy/rule.ts'
import { createRouteFinder } from '../route/clients.ts'
import type { ClientName, Route } from '../route/route.ts'
import { findClientFiles } from './client-files.ts'
import { readDeclaredClients, type DeclaredClient } from './declared-clients.ts'
import { detectClients, type ClientSign } from './clients-in-use.ts'
import { findFolder } from './folder.ts'
import { loadLockfiles } from './lockfiles.ts'
import { loadNpmConfig } from './npm-config.ts'
import { findNpmRoot } from './npm-root.ts'
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
}

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
  /** The clients in use that this version can judge. */
  readonly clients: readonly ClientInUse[]
  /** What shows that another client is in use, and is no lockfile. */
  readonly unjudged: readonly ClientSign[]
  readonly lockfiles: readonly LockfileInUse[]
  /** Files that were left out because one client was asked for. */
  readonly leftOut: readonly string[]
  readonly npmConfig: NpmConfig
}

/**
 * Finds a project and reads it: manifests, npm's configuration, and every lockfile.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_NOTHING_TO_CHECK` where there is neither manifest nor
 *   lockfile, `ERR_JSR_GUARD_USAGE` where there is no such folder, and
 *   `ERR_JSR_GUARD_MANIFEST` or `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadProject(options: LoadProjectOptions): Promise<Project> {
  const cwd = await findFolder(options.cwd)
  const root = await findNpmRoot(cwd)
  const [manifests, files] = await Promise.all([loadManifests(root), findClientFiles(root, cwd)])
  if (manifests.length === 0 && files.length === 0) throw nothingToCheck(root)
  const { hasNpm, lockfiles, unjudged, leftOut } = detectClients({
    files,
    declared: readDeclared(manifests),
    only: options.client,
  })
  const [npmConfig, loaded] = await Promise.all([
    loadConfig({ ...options, cwd }, root),
    loadLockfiles(lockfiles, { root, hasNpm, npmVersion: options.npm.version }),
  ])
  const clients = hasNpm ? [createNpmClient(npmConfig)] : []
  const isWanted = ({ client }: LockfileInUse): boolean =>
    [client, undefined].includes(options.client)
  return {
    root,
    manifests,
    clients,
    unjudged,
    lockfiles: loaded.filter(isWanted),
    leftOut: [...leftOut, ...loaded.filter((one) => !isWanted(one)).map(({ file }) => file)],
    npmConfig,
  }
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

function loadConfig({ cwd, env, home, npm }: LoadProjectOptions, root: string): Promise<NpmConfig> {
  const { version, folder: npmFolder, nodePath, argv } = npm
  return loadNpmConfig({ root, cwd, env, home, version, npmFolder, nodePath, argv })
}

/** Any package of the scope shows where npm goes for it. */
function createNpmClient(config: NpmConfig): ClientInUse {
  const routeOf = createRouteFinder('npm', config)
  return { name: 'npm', version: config.version, route: routeOf('@jsr/scope__name'), routeOf }
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
