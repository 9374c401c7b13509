import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { lockfileFolder } from '../lockfile/lockfile-folder.ts'
import { findDenoReferences, readDenoJson } from '../manifest/deno-json.ts'
import type { ClientInUse, LockfileInUse } from '../policy/rule.ts'
import type { ClientName, Route } from '../route/route.ts'
import { loadConfigText } from './config-text.ts'
import { orAbsent } from './error-code.ts'
import { findProjectFolders } from './project-folders.ts'
import { findWorkspaces, type LoadedManifest } from './workspaces.ts'

/** What decides whose a folder is. */
export interface NestedOptions {
  /** Absolute path of the project, links resolved. */
  readonly root: string
  readonly manifests: readonly LoadedManifest[]
  /** The clients as they are configured in the root. */
  readonly clients: readonly ClientInUse[]
  /** Reads a client's configuration for a project in another folder; absolute path. */
  readonly loadClient: (
    name: ClientName,
    root: string,
    manifest: LoadedManifest | undefined,
  ) => Promise<ClientInUse | undefined>
}

/**
 * Says of lockfiles below the root whose configuration their client goes by. Where it takes the
 * folder for a project of its own, that is the configuration which lies there; in a workspace of the
 * root's, the root's.
 */
export async function assignOwners(
  lockfiles: readonly LockfileInUse[],
  options: NestedOptions,
): Promise<LockfileInUse[]> {
  const nested = new Set(
    lockfiles.filter(({ client, file }) => client !== 'pnpm' && lockfileFolder(file) !== ''),
  )
  if (nested.size === 0) return [...lockfiles]
  const members = await findMembers(options)
  const owners = new Map<string, Promise<ClientInUse | undefined>>()
  const find = async ({ client, file }: LockfileInUse): Promise<ClientInUse | undefined> => {
    const folder = lockfileFolder(file)
    const own = (await members(client)).has(folder) ? '' : folder
    const key = JSON.stringify([client, own])
    const found = owners.get(key) ?? loadOwner(client, own, options)
    owners.set(key, found)
    return await found
  }
  return await Promise.all(
    lockfiles.map(async (lockfile) =>
      nested.has(lockfile) ? { ...lockfile, owner: await find(lockfile) } : lockfile,
    ),
  )
}

async function loadOwner(
  name: ClientName,
  folder: string,
  { root, manifests, clients, loadClient }: NestedOptions,
): Promise<ClientInUse | undefined> {
  const known = folder === '' ? clients.find((client) => client.name === name) : undefined
  if (known !== undefined) return known
  const manifest = manifests.find((found) => found.manifest.folder === folder)
  try {
    const client = await loadClient(name, path.join(root, folder), manifest)
    return client === undefined || folder === '' ? client : relocateClient(client, folder, root)
  } catch (error) {
    throw relocateError(error, folder, root)
  }
}

/** A file that can't be read is named by its place in the project. */
function relocateError(error: unknown, folder: string, root: string): unknown {
  if (!(error instanceof JsrGuardError) || error.file === undefined) return error
  const { code, message, hint, line } = error
  const file = relocateFile(error.file, folder, root)
  return new JsrGuardError(code, message, { hint, line, file, cause: error })
}

/**
 * The folders that a client takes for parts of the project in the root, whatever lockfile lies in
 * them. None for Yarn 2 and later, for which the nearest lockfile makes a project, and none for vlt, of
 * which that is not known.
 *
 * @see test/tasks/nested-clients.test.ts
 */
async function findMembers({
  root,
  manifests,
}: NestedOptions): Promise<(client: ClientName) => Promise<ReadonlySet<string>>> {
  const [first] = manifests
  const patterns = first?.manifest.folder === '' ? first.manifest.workspaces : []
  const workspaces = await relativeFolders(root, await findWorkspaces(root, patterns))
  const none: ReadonlySet<string> = new Set()
  let ofDeno: Promise<ReadonlySet<string>> | undefined
  return async (client) => {
    if (client === 'yarn-berry' || client === 'vlt') return none
    if (client !== 'deno') return workspaces
    ofDeno ??= findMembersOfDeno(root, workspaces)
    return await ofDeno
  }
}

async function findMembersOfDeno(
  root: string,
  workspaces: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const members = await relativeFolders(root, await findDenoMembers(root))
  return new Set([...workspaces, ...members])
}

/** Absolute paths of the members of Deno's workspace, which need no `package.json`. */
export async function findDenoMembers(root: string): Promise<string[]> {
  const place = { root, env: {}, home: root }
  const found = await Promise.all(
    ['deno.json', 'deno.jsonc'].map(
      async (name) => await loadConfigText(path.join(root, name), place),
    ),
  )
  const patterns = found.flatMap((one) =>
    one === undefined ? [] : findDenoReferences(readDenoJson(one.text, one.label).value).members,
  )
  if (patterns.length === 0) return []
  const matches = await findProjectFolders(root, patterns)
  return matches.flatMap(({ folders }) => folders)
}

async function relativeFolders(
  root: string,
  folders: readonly string[],
): Promise<ReadonlySet<string>> {
  const real = await Promise.all(
    folders.map(async (folder) => (await orAbsent(realpath(folder))) ?? folder),
  )
  return new Set(
    [...folders, ...real].map((folder) => path.relative(root, folder).replaceAll(path.sep, '/')),
  )
}

/** The places of settings, which are relative to a folder, relative to the root. */
function relocateClient(client: ClientInUse, folder: string, root: string): ClientInUse {
  const { route, routeOf, nativeRoute } = client
  const relocated = new Map<Route, Route>()
  const relocate = (found: Route): Route => {
    const known = relocated.get(found) ?? relocateRoute(found, folder, root)
    relocated.set(found, known)
    return known
  }
  return {
    ...client,
    folder,
    route: relocate(route),
    routeOf: (name) => relocate(routeOf(name)),
    nativeRoute: nativeRoute === undefined ? undefined : relocate(nativeRoute),
  }
}

function relocateRoute(route: Route, folder: string, root: string): Route {
  const { file, from } = route
  if (file === undefined) return route
  const place = relocateFile(file, folder, root)
  return { ...route, file: place, from: from.replaceAll(file, () => place) }
}

/** Files of the user's home stay. */
function relocateFile(file: string, folder: string, root: string): string {
  if (file.startsWith('~/')) return file
  const absolute = path.resolve(root, folder, file)
  const relative = path.relative(root, absolute)
  const isInside = !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
  return isInside ? relative.replaceAll(path.sep, '/') : absolute
}
