import { chooseClient } from '../project/client-choice.ts'
import { recoverTranslation } from '../project/journal.ts'
import { acquireRunLock, type RunLock } from '../project/lock.ts'
import { findInstallClient } from './install/clients.ts'
import { reportInterruption, runInstall } from './install/run.ts'
import {
  lockVariable,
  type InstallOptions,
  type InstallOutcome,
  type InstallRun,
} from './install/step.ts'

/**
 * Runs the project's own package manager so that every `@jsr` package comes through the private
 * registry, and shows that it did.
 *
 * Keeps the five promises of the contract: it judges before anything is fetched, translates `jsr:`
 * specifiers for the time of the run only, makes lockfiles without fetching, closes the way to JSR
 * while the client runs, and judges again what came of it.
 *
 * @throws JsrGuardError for what keeps it from telling: no client, a manifest, policy or
 *   configuration that can't be read, a request that can't be verified, a registry that does not
 *   answer (`ERR_JSR_GUARD_REGISTRY`).
 */
export async function installProject(options: InstallOptions): Promise<InstallOutcome> {
  const { client, cwd } = options
  const session = await findInstallClient(client, await chooseClient(cwd)).open(options)
  const run = { ...options, session }
  const lock = await waitForTurn(run)
  if (lock === undefined) return await reportInterruption(run)
  try {
    const { files } = await recoverTranslation(session.root)
    if (files.length > 0) options.onProgress({ type: 'recovered', files })
    return await runInstall({ ...run, lock })
  } finally {
    await lock.release()
  }
}

/** Gives no lock where the run was ended while it waited for another. */
async function waitForTurn(run: Omit<InstallRun, 'lock'>): Promise<RunLock | undefined> {
  try {
    return await acquireRunLock(run.session.root, {
      onWait: ({ pid }) => run.onProgress({ type: 'waiting', pid }),
      outerToken: run.env[lockVariable],
      signal: run.stop,
    })
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined
    throw error
  }
}
