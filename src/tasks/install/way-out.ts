import { closeEnvironment } from '../../egress/environment.ts'
import type { Project } from '../../project/load.ts'
import { openClosedWayOut } from '../way-out.ts'
import type { GuardedWayOut, InstallRun } from './step.ts'

/**
 * Opens the way out that refuses JSR's hosts for as long as `action` takes, and closes it however
 * that ends. It goes on through the proxy that the client would have used.
 */
export async function withWayOut<Result>(
  run: InstallRun,
  project: Project,
  action: (wayOut: GuardedWayOut) => Promise<Result>,
): Promise<Result> {
  const refusal = new AbortController()
  const wayOut = await openClosedWayOut({
    env: run.env,
    network: run.session.readNetwork(project),
    onRefusal: ({ host }) => {
      if (!refusal.signal.aborted) run.onProgress({ type: 'refused', host })
      refusal.abort('SIGTERM')
    },
  })
  try {
    return await action({
      ...wayOut,
      clientEnvironment: closeEnvironment(run.env, wayOut.url, run.session.name),
      end: AbortSignal.any([refusal.signal, run.stop]),
    })
  } finally {
    await wayOut.close()
  }
}
