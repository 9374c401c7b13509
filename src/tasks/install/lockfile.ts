import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Finding } from '../../finding.ts'
import type { CheckedProject } from '../check.ts'
import { runClientIn, type ClientResult } from './client.ts'
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
  onProgress({ type: 'resolving', isAside: request.divert !== undefined })
  const { exit, end } = await runDiverted(step)
  await snapshot.noteChanges()
  if (end === undefined) return undefined
  // Each client says on another stream what is wrong.
  const text = `${session.name === 'npm' ? '' : exit.stdout}${exit.stderr}`
  if (end.type === 'client-failed') onProgress({ type: 'client-output', text })
  return { end, checked: before, findings: await session.explainFailure(step, exit) }
}

/** Where the client can't but download, all that goes to a folder of its own, and goes with it. */
async function runDiverted(step: InstallStep): Promise<ClientResult> {
  const { divert, lockArguments } = step.request
  if (divert === undefined) return await runClientIn(step, { arguments: lockArguments }, 'hidden')
  const folder = await mkdtemp(path.join(tmpdir(), 'jsr-guard-'))
  try {
    const { arguments: args, environment } = divert(folder)
    const call = { arguments: [...lockArguments, ...args], environment }
    return await runClientIn(step, call, 'hidden')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function stopped(checked: CheckedProject, findings: readonly Finding[]): StepResult {
  return { end: { type: 'stopped', at: 'lockfile' }, checked, findings }
}
