import { runClient, type ClientExit } from '../../client/run.ts'
import { lockVariable, type InstallEnd, type InstallStep } from './step.ts'
import { describeStop } from './stop.ts'

/** How a client's run ended, and why that ends the install, if it does. */
export interface ClientResult {
  readonly exit: ClientExit
  readonly end: InstallEnd | undefined
}

/** What the client is to do. */
export interface ClientCall {
  readonly arguments: readonly string[]
  /** Variables for this call alone. */
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Runs the client with the way out closed.
 *
 * `hidden` keeps what it prints and gives it no input; `shown` lets it have the terminal. A refusal
 * counts before the exit code: clients end with 0 where the package was optional.
 */
export async function runClientIn(
  step: InstallStep,
  call: ClientCall,
  output: 'hidden' | 'shown',
): Promise<ClientResult> {
  const { session, cwd, wayOut, lock, isStdoutTaken } = step
  const exit = await runClient({
    program: session.program,
    arguments: call.arguments,
    cwd,
    env: { ...clientEnvironment(step), ...call.environment },
    output: output === 'hidden' ? 'captured' : isStdoutTaken ? 'stderr' : 'shared',
    stop: wayOut.end,
    onStart: async (pid) => await lock.recordClient(pid),
  })
  return { exit, end: explainEnd(step, exit) }
}

function clientEnvironment({ wayOut, request, lock }: InstallStep): Record<string, string> {
  return {
    ...wayOut.clientEnvironment,
    // A script of the project may run jsr-guard itself: it must not wait for us.
    [lockVariable]: lock.token,
    ...request.environment,
  }
}

function explainEnd(
  { wayOut, stop }: InstallStep,
  { exitCode }: ClientExit,
): InstallEnd | undefined {
  if (wayOut.refusals().length > 0) return { type: 'stopped', at: 'run' }
  if (stop.aborted) return describeStop(stop)
  return exitCode === 0 ? undefined : { type: 'client-failed', exitCode }
}
