import type { Finding } from '../../finding.ts'
import type { CheckedProject } from '../check.ts'
import { runClientIn } from './client.ts'
import { hasErrors, inspect } from './inspect.ts'
import type { InstallStep, StepResult } from './step.ts'

/**
 * Lets the client make or change the lockfile, without tarballs and without scripts, and judges what
 * came of it. A lockfile that is as it should be has been judged already.
 */
export async function makeLockfile(step: InstallStep): Promise<StepResult> {
  const { before, request, session } = step
  const refused = session.judgeRequest(before)
  if (refused.length > 0) return stopped(before, refused)
  const failure = request.makesLockfile ? await runLockPhase(step) : undefined
  if (failure !== undefined) return failure
  const checked = request.makesLockfile ? await inspect(step) : before
  const findings = session.judgeLockfile(checked)
  return hasErrors([...checked.findings, ...findings])
    ? stopped(checked, findings)
    : { end: undefined, checked, findings: [] }
}

/** Gives why the run ends here, if it does. */
async function runLockPhase(step: InstallStep): Promise<StepResult | undefined> {
  const { before, request, session, snapshot, onProgress } = step
  onProgress({ type: 'resolving' })
  const { exit, end } = await runClientIn(step, request.lockArguments, 'hidden')
  await snapshot.noteChanges()
  if (end === undefined) return undefined
  // Each client says on another stream what is wrong.
  const text = `${session.name === 'npm' ? '' : exit.stdout}${exit.stderr}`
  if (end.type === 'client-failed') onProgress({ type: 'client-output', text })
  return { end, checked: before, findings: await session.explainFailure(step, exit) }
}

function stopped(checked: CheckedProject, findings: readonly Finding[]): StepResult {
  return { end: { type: 'stopped', at: 'lockfile' }, checked, findings }
}
