import type { InstallCommand } from '../../client/npm-plan.ts'
import type { WayOut } from '../../egress/proxy.ts'
import type { Finding } from '../../finding.ts'
import type { RunLock } from '../../project/lock.ts'
import type { Snapshot } from '../../project/snapshot.ts'
import type { Report } from '../../report/report.ts'
import type { CheckedProject, CheckProjectOptions } from '../check.ts'
import type { ClientRequest, ClientSession } from './session.ts'

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
  /** `isAside`: what the client can't but download meanwhile is thrown away. */
  | { readonly type: 'resolving'; readonly isAside: boolean }
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
  readonly session: ClientSession
  readonly lock: RunLock
}

/** What the steps between the translation of the manifests and its end share. */
export interface InstallStep extends InstallRun {
  readonly before: CheckedProject
  readonly request: ClientRequest
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

/** The closed way out of one run, and what ends the client. */
export interface GuardedWayOut extends WayOut {
  /** The environment that leads the client through it, and nowhere else. */
  readonly clientEnvironment: Readonly<Record<string, string>>
  /** Aborted at the first refusal, and when the run itself is ended. */
  readonly end: AbortSignal
}
