import { randomBytes } from 'node:crypto'
import { closeEnvironment } from '../../egress/environment.ts'
import { openWayOut } from '../../egress/proxy.ts'
import { detectUpstream } from '../../egress/upstream.ts'
import type { Project } from '../../project/load.ts'
import { createCredentialChoice } from '../../registry/credentials.ts'
import { isJsrHost } from '../../url/jsr-host.ts'
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
  const { proxies, registryOptions: options } = run.session.readNetwork(project)
  const wayOut = await openWayOut({
    upstream: { ...detectUpstream(run.env, proxies), ca: readAuthorities(options) },
    isRefused: isJsrHost,
    chooseCredential: createCredentialChoice(options),
    // Other users of this machine could go out through us otherwise, with the credentials of the
    // proxy upstream, and end the run by asking JSR.
    password: randomBytes(16).toString('hex'),
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

/** Clients trust these for their proxy as well. */
function readAuthorities(options: Readonly<Record<string, unknown>>): string[] | undefined {
  const authorities = [options['ca']].flat().filter((ca) => typeof ca === 'string')
  return authorities.length === 0 ? undefined : authorities
}
