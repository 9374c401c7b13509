import path from 'node:path'
import process from 'node:process'
import { translateArguments } from '../../client/npm-plan.ts'
import { planPnpm } from '../../client/pnpm-plan.ts'
import { findPnpm } from '../../client/pnpm-program.ts'
import type { ClientProgram } from '../../client/program.ts'
import { findValue, type ClientArguments } from '../../config/client-arguments.ts'
import { parsePnpmArguments } from '../../config/pnpm-arguments.ts'
import { listPnpmSettings } from '../../config/pnpm-settings.ts'
import { detectJsrSupport } from '../../policy/jsr-support.ts'
import { findFolder } from '../../project/folder.ts'
import type { Project } from '../../project/load.ts'
import { registryOptions } from '../../project/npm-registry-options.ts'
import { findPnpmRoot } from '../../project/pnpm-root.ts'
import type { SnapshotFiles } from '../../project/snapshot.ts'
import type { LoadedManifest } from '../../project/workspaces.ts'
import type { CheckedProject } from '../check.ts'
import type { ClientNetwork } from '../way-out.ts'
import { findMissingLockfile, formatTarballUrl } from './phased-session.ts'
import { refuseFolder, refuseProject } from './pnpm-refusals.ts'
import type { ClientRequest, ClientSession, InstallClient } from './session.ts'
import type { InstallOptions } from './step.ts'

/** pnpm 9 to 12. */
export const pnpmClient: InstallClient = {
  name: 'pnpm',

  async open(options) {
    const { env, cwd } = options
    const parsed = parsePnpmArguments(options.arguments)
    const named = findValue(parsed, 'dir')
    const projectFolder = await findFolder(named === undefined ? cwd : path.resolve(cwd, named))
    const { platform, execPath: nodePath } = process
    const program = await findPnpm({ env, platform, nodePath, cwd: projectFolder })
    const { root, own } = await findPnpmRoot(projectFolder)
    await refuseFolder({ root, own, projectFolder, isNamed: named !== undefined })
    return createSession({ options, parsed, program, projectFolder, root, own })
  },
}

interface PnpmRun extends Pick<ClientSession, 'projectFolder' | 'root'> {
  readonly options: InstallOptions
  readonly parsed: ClientArguments
  readonly program: ClientProgram
  /** The package that pnpm is started in; the root, or one of its workspaces. */
  readonly own: string
}

function createSession(run: PnpmRun): ClientSession {
  const { program, parsed, projectFolder, root, own } = run
  const { version } = program
  return {
    name: 'pnpm',
    program,
    projectFolder,
    root,
    packages: parsed.packages,
    // What shows that the project is another client's stops the run.
    reading: { known: ['pnpm'], running: 'pnpm', pnpm: { version } },
    refuse: (project) => refuseProject(project, { version, own }),
    plan: (checked) => planRequest(run, checked),
    listTranslated: (project) => listTranslated(project, version),
    listFiles,
    readNetwork,
    judgeRequest: () => [],
    judgeLockfile: (checked) =>
      findMissingLockfile(checked, { name: 'pnpm', lockfile: 'pnpm-lock.yaml' }),
    formatTarballUrl,
    readsCachedMetadata: false,
    explainFailure: async () => await Promise.resolve([]),
  }
}

function planRequest(
  { options, parsed, program }: PnpmRun,
  checked: CheckedProject,
): ClientRequest {
  const { command } = options
  const { packages } = parsed
  const isNative = readsJsrArguments(program.version)
  const { mayLock, ...plan } = planPnpm({
    command,
    parsed,
    packages: isNative ? packages : translateArguments(packages, packages),
  })
  return {
    ...plan,
    makesLockfile: mayLock,
    isUnsaved: false,
    leavesNoLockfile: false,
    isDryRun: false,
    environment: pinVersion(checked.project),
  }
}

/** Between 12.0 and 12.3 pnpm reads `jsr:` in manifests, and takes it for a name on its command line. */
function readsJsrArguments(version: string): boolean {
  return readsJsr(version) && !/^12\.[0-3]\./.test(version)
}

function readsJsr(version: string): boolean {
  return detectJsrSupport({ name: 'pnpm', version }).type === 'reads'
}

/** The version was found out; pnpm must not download another one, and hand over to that. */
function pinVersion({ manifests }: Project): Record<string, string> {
  if (manifests.length === 0) return {}
  return {
    npm_config_manage_package_manager_versions: 'false',
    pnpm_config_manage_package_manager_versions: 'false',
  }
}

/**
 * A pnpm that reads `jsr:` gets the manifests as they are: then the lockfile has the specifiers that
 * they have, and a plain `pnpm install --frozen-lockfile` accepts it.
 *
 * With jsr-guard's hook the lockfile has aliases whatever the manifests say; pnpm 10 writes them
 * into the manifests when it updates, so there they are translated, and put back, all the same.
 */
function listTranslated(
  { manifests, pnpmHook }: Project,
  version: string,
): readonly LoadedManifest[] {
  const isRewritten = pnpmHook !== undefined && Number.parseInt(version, 10) < 11
  return isRewritten || !readsJsr(version) ? manifests : []
}

function listFiles({ root, manifests, pnpmConfig }: Project): SnapshotFiles {
  const isShared = !isSet(pnpmConfig, 'sharedWorkspaceLockfile', false)
  const folders = isShared ? [] : manifests.map(({ manifest }) => manifest.folder)
  return {
    lockfiles: Array.from(new Set(['', ...folders]), (folder) =>
      path.join(root, folder, 'pnpm-lock.yaml'),
    ),
    manifests: [
      ...manifests.map((manifest) => manifest.path),
      path.join(root, 'pnpm-workspace.yaml'),
    ],
  }
}

function isSet(config: Project['pnpmConfig'], key: string, value: boolean): boolean {
  if (config === undefined) return false
  return listPnpmSettings(config, key).some((found) => String(found.value) === String(value))
}

/** `.npmrc` files are npm's as well; pnpm has some of its own beside them. */
function readNetwork({ npmConfig, pnpmConfig }: Project): ClientNetwork {
  const sources = pnpmConfig?.sources
  const files = sources === undefined ? [] : [sources.rc, sources.auth, sources.user]
  const read = (...keys: readonly string[]): string | undefined => {
    const values = keys.flatMap((key) => [
      sources?.workspace?.get(key)?.value,
      sources?.global?.get(key)?.value,
      ...[npmConfig, ...files].map((config) => config.get(key)?.value),
    ])
    const value = values.find((found) => found !== undefined && found !== null && found !== '')
    if (Array.isArray(value)) return value.join(',')
    return typeof value === 'string' ? value : undefined
  }
  return {
    proxies: {
      httpsProxy: read('httpsProxy', 'https-proxy'),
      proxy: read('httpProxy', 'http-proxy', 'proxy'),
      noProxy: read('noProxy', 'no-proxy', 'noproxy'),
    },
    registryOptions: registryOptions(npmConfig, files),
  }
}
