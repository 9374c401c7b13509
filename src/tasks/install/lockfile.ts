import type { Finding } from '../../finding.ts'
import { findRemotes, findRemoteRequests } from '../../policy/remote-gate.ts'
import type { CheckedProject } from '../check.ts'
import { runClientIn } from './client.ts'
import { findLockfile, findRemoteArguments } from './request.ts'
import { hasErrors, inspect } from './inspect.ts'
import type { InstallStep, StepResult } from './step.ts'
import { explainFailure } from './transitive.ts'

/**
 * Lets npm make or change the lockfile, without tarballs and without scripts, and judges what came
 * of it. A lockfile that is as it should be has been judged already.
 */
export async function makeLockfile(step: InstallStep): Promise<StepResult> {
  const { before, request } = step
  const refused = request.liftsAllowRemote ? findRemotesAskedFor(step) : []
  if (refused.length > 0) return stopped(before, refused)
  const failure = request.makesLockfile ? await runLockPhase(step) : undefined
  if (failure !== undefined) return failure
  const checked = request.makesLockfile ? await inspect(step) : before
  const findings = request.liftsAllowRemote ? gateRemotes(checked) : []
  return hasErrors([...checked.findings, ...findings])
    ? stopped(checked, findings)
    : { end: undefined, checked, findings: [] }
}

function findRemotesAskedFor(step: InstallStep): Finding[] {
  return [...findRemoteRequests(step.before.context), ...findRemoteArguments(step)]
}

/** Gives why the run ends here, if it does. */
async function runLockPhase(step: InstallStep): Promise<StepResult | undefined> {
  const { before, request, snapshot, onProgress } = step
  onProgress({ type: 'resolving' })
  const { exit, end } = await runClientIn(step, request.lockArguments, 'hidden')
  await snapshot.noteChanges()
  if (end === undefined) return undefined
  if (end.type === 'client-failed') onProgress({ type: 'client-output', text: exit.stderr })
  return { end, checked: before, findings: await explainFailure(step, exit) }
}

function stopped(checked: CheckedProject, findings: readonly Finding[]): StepResult {
  return { end: { type: 'stopped', at: 'lockfile' }, checked, findings }
}

/**
 * Does the work of npm's `allow-remote`, which is lifted while npm runs. What a rule has refused
 * already is left out: to allow it is no way to get it.
 */
function gateRemotes({ context, findings }: CheckedProject): Finding[] {
  const lockfile = findLockfile(context.lockfiles)
  const client = context.clients.find(({ name }) => name === 'npm')
  if (lockfile === undefined || client === undefined) return []
  const refused = new Set(findings.filter(({ severity }) => severity === 'error').map(formatPlace))
  return findRemotes(context, client, lockfile).filter(
    (finding) => !refused.has(formatPlace(finding)),
  )
}

/** An entry begins on a line of its own; where it doesn't, its name tells it from the others. */
function formatPlace({ file, line, package: name }: Finding): string {
  return JSON.stringify([file, line, name])
}
