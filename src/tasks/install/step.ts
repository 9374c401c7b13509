import type { InstallCommand, NpmPlan } from '../../client/npm-plan.ts'
import type { ClientProgram } from '../../client/program.ts'
import type { NpmArguments } from '../../config/npm-arguments.ts'
import type { WayOut } from '../../egress/proxy.ts'
import type { Finding } from '../../finding.ts'
import type { RunLock } from '../../project/lock.ts'
import type { Snapshot } from '../../project/snapshot.ts'
import type { Report } from '../../report/report.ts'
import type { CheckedProject, CheckProjectOptions } from '../check.ts'

/** What to install, and how. */
export interface InstallOptions extends CheckProjectOptions {
  readonly command: InstallCommand
  /** What follows the command; goes to the client as it is, `jsr:` arguments apart. */
  readonly arguments: readonly string[]
  /** Whether our stdout carries a report for machines, so that the client must not write there. */
  readonly isStdoutTaken: boolean
  /** Aborted, with the signal's name as reason, when the user or the system ends the run. */
  readonly stop: AbortSignal
  /** Called with what is going on; for people. */
  readonly onProgress: (step: InstallProgress) => void
}

/** What an install is doing. */
export type InstallProgress =
  | { readonly type: 'waiting'; readonly pid: number }
  | { readonly type: 'recovered'; readonly files: readonly string[] }
  | { readonly type: 'resolving' }
  | { readonly type: 'probing'; readonly packages: number }
  | { readonly type: 'installing' }
  /** A host of JSR's was asked for, and refused; the client is being ended. */
  | { readonly type: 'refused'; readonly host: string }
  /** What the client said when it failed while it made the lockfile; its text may be hostile. */
  | { readonly type: 'client-output'; readonly text: string }

/** How an install ended. */
export interface InstallOutcome {
  readonly report: Report
  readonly end: InstallEnd
}

/** Why an install ended. */
export type InstallEnd =
  | { readonly type: 'done' }
  /** Findings, or a host that was refused; what the run had changed has been taken back. */
  | { readonly type: 'stopped'; readonly at: 'start' | 'lockfile' | 'registry' | 'run' | 'result' }
  | { readonly type: 'client-failed'; readonly exitCode: number }
  | { readonly type: 'interrupted'; readonly signal: string }

/** Carries the token of the run lock to what the client starts. */
export const lockVariable = 'JSR_GUARD_LOCK'

/** What the steps of an install share. */
export interface InstallRun extends InstallOptions {
  readonly root: string
  /** Where the client looks for the project: the current folder, or `--prefix`. */
  readonly projectFolder: string
  readonly program: ClientProgram
  readonly parsed: NpmArguments
  readonly lock: RunLock
}

/** What the steps between the translation of the manifests and its end share. */
export interface InstallStep extends InstallRun {
  readonly before: CheckedProject
  readonly request: NpmRequest
  readonly wayOut: GuardedWayOut
  readonly snapshot: Snapshot
}

/** How a step ended, and what is known after it. */
export interface StepResult {
  /** Why the run ends here; `undefined` where it goes on. */
  readonly end: InstallEnd | undefined
  /** The project as it was last judged. */
  readonly checked: CheckedProject
  /** What the step found beyond that. */
  readonly findings: readonly Finding[]
  /** Whether the registry was asked about every `@jsr` package: only then were its rules judged. */
  readonly isRegistryAsked?: boolean
}

/** What the run asks npm for, and what npm's settings mean for it. */
export interface NpmRequest extends NpmPlan {
  /** Whether the lockfile must be made or changed before anything is installed. */
  readonly makesLockfile: boolean
  /** Whether npm's `allow-remote` would refuse private aliases, so that we stand in for it. */
  readonly liftsAllowRemote: boolean
}

/** The closed way out of one run, and what ends the client. */
export interface GuardedWayOut extends WayOut {
  /** The environment that leads the client through it, and nowhere else. */
  readonly clientEnvironment: Readonly<Record<string, string>>
  /** Aborted at the first refusal, and when the run itself is ended. */
  readonly end: AbortSignal
}
