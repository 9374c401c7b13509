import { JsrGuardError } from '../../errors.ts'
import type { ClientName } from '../../route/route.ts'
import { bunClient } from './bun.ts'
import { denoClient } from './deno.ts'
import { npmClient } from './npm.ts'
import { pnpmClient } from './pnpm.ts'
import type { InstallClient } from './session.ts'
import { yarnBerryClient } from './yarn-berry.ts'
import { yarnClient } from './yarn.ts'

/** The clients that installs are run with: the one list. */
const installClients: readonly InstallClient[] = [
  npmClient,
  pnpmClient,
  yarnClient,
  yarnBerryClient,
  bunClient,
  denoClient,
]

/**
 * The client that a run uses: the one that was asked for, else the one that the project is installed
 * with. npm stands in for one that can't be run here: it judges what lies there, and stops.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` where one was asked for whose installs can't be
 *   verified.
 */
export function findInstallClient(
  asked: ClientName | undefined,
  detected: ClientName,
): InstallClient {
  const found = installClients.find(({ name }) => name === (asked ?? detected))
  if (found !== undefined) return found
  if (asked === undefined) return npmClient
  const names = installClients.map(({ name }) => name).join(', ')
  throw new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', `this version can't run ${asked}`, {
    hint: `judge its lockfile with jsr-guard check; install runs ${names}`,
  })
}
