import type { ClientExit } from '../../client/run.ts'
import type { ClientProgram } from '../../client/program.ts'
import type { Finding } from '../../finding.ts'
import type { LockedPackage } from '../../lockfile/locked-package.ts'
import type { Project } from '../../project/load.ts'
import type { SnapshotFiles } from '../../project/snapshot.ts'
import type { LoadedManifest } from '../../project/workspaces.ts'
import type { ClientName } from '../../route/route.ts'
import type { CheckedProject, CheckProjectOptions } from '../check.ts'
import type { ClientNetwork } from '../way-out.ts'
import type { InstallOptions, InstallStep } from './step.ts'

/** A client that installs can be run with: one file each, one line in the list of them all. */
export interface InstallClient {
  readonly name: ClientName
  /**
   * Finds the client, without starting it where that can be helped, and reads its command line.
   *
   * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where there is none, `ERR_JSR_GUARD_UNSUPPORTED` for
   *   a command line that can't be verified.
   */
  readonly open: (options: InstallOptions) => Promise<ClientSession>
}

/** A client as one run uses it: found, with its command line read. */
export interface ClientSession {
  readonly name: ClientName
  readonly program: ClientProgram
  /** Where the client looks for the project: the current folder, or the one that it is told. */
  readonly projectFolder: string
  /** The project that it installs in. */
  readonly root: string
  /** The packages that were named, as typed. */
  readonly packages: readonly string[]
  /** How the project is read and judged for it. */
  readonly reading: Pick<CheckProjectOptions, 'known' | 'running' | 'npm' | 'pnpm' | 'versions'>
  /**
   * Refuses what can't be verified, whatever else is wrong with the project.
   *
   * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED`
   */
  readonly refuse: (project: Project) => void
  /**
   * Plans the run from what the user typed and what the project is.
   *
   * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
   */
  readonly plan: (checked: CheckedProject) => ClientRequest
  /** The manifests in which `jsr:` has to be translated, and those in which it may come back translated. */
  readonly listTranslated: (project: Project) => readonly LoadedManifest[]
  /** The files that the client may write. */
  readonly listFiles: (project: Project) => SnapshotFiles
  readonly readNetwork: (project: Project) => ClientNetwork
  /** What is wrong with what was asked for, beyond the rules. */
  readonly judgeRequest: (checked: CheckedProject) => readonly Finding[]
  /** What is wrong with what is locked, beyond the rules. */
  readonly judgeLockfile: (checked: CheckedProject) => readonly Finding[]
  /**
   * The address that the client asks for a package whose lockfile names none; `undefined` where it
   * takes the one of the registry's metadata.
   */
  readonly formatTarballUrl: (locked: LockedPackage, registry: URL) => URL | undefined
  /** Whether what lies in its cache can be another package than the lockfile's hash says. */
  readonly readsCachedMetadata: boolean
  /** Says more of a failure in the first phase than the client does. */
  readonly explainFailure: (step: InstallStep, exit: ClientExit) => Promise<readonly Finding[]>
}

/** What the run asks the client for. */
export interface ClientRequest {
  /** Makes or changes the lockfile, and nothing else: no tarball, no script. */
  readonly lockArguments: readonly string[]
  /** Installs from the lockfile that was judged; `undefined` where nothing is to be installed. */
  readonly installArguments: readonly string[] | undefined
  /** Whether packages were named, or newer versions asked for: the lockfile will change. */
  readonly changesLockfile: boolean
  /** Whether the lockfile must be made or changed before anything is installed. */
  readonly makesLockfile: boolean
  /** Whether what the first phase saved must be taken back before the second (`--no-save`). */
  readonly isUnsaved: boolean
  /** Whether the user wants no lockfile to be left (`--no-package-lock`). */
  readonly leavesNoLockfile: boolean
  /** Whether the user asked for a rehearsal: nothing is to be written. */
  readonly isDryRun: boolean
  readonly isOffline: boolean
  /** Variables for the client, beside those that close its way out. */
  readonly environment: Readonly<Record<string, string>>
  /**
   * For a client that makes no lockfile without downloading: what leads all that to a folder which
   * is removed afterwards.
   */
  readonly divert?: ((folder: string) => ClientDiversion) | undefined
}

/** What is added to the first phase, so that nothing of it stays but the lockfile. */
export interface ClientDiversion {
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
