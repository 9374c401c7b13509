import type { NpmConfig } from '../../config/npm-config.ts'
import { closeEnvironment } from '../../egress/environment.ts'
import { openClosedWayOut } from '../way-out.ts'
import type { GuardedWayOut, InstallRun } from './step.ts'

/**
 * Opens the way out that refuses JSR's hosts for as long as `action` takes, and closes it however
 * that ends. It goes on through the proxy that npm would have used.
 */
export async function withWayOut<Result>(
  run: InstallRun,
  config: NpmConfig,
  action: (wayOut: GuardedWayOut) => Promise<Result>,
): Promise<Result> {
  const refusal = new AbortController()
  const wayOut = await openClosedWayOut({
    env: run.env,
    config,
    onRefusal: ({ host }) => {
      if (!refusal.signal.aborted) run.onProgress({ type: 'refused', host })
      refusal.abort('SIGTERM')
    },
  })
  try {
    return await action({
      ...wayOut,
      clientEnvironment: closeEnvironment(run.env, wayOut.url, 'npm'),
      end: AbortSignal.any([refusal.signal, run.stop]),
    })
  } finally {
    await wayOut.close()
  }
}
