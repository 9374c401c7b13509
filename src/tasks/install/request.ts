import type { Finding } from '../../finding.ts'
import type { LockfileInUse } from '../../policy/rule.ts'
import type { ClientName } from '../../route/route.ts'
import { isJsrHost } from '../../url/jsr-host.ts'
import { parseWebUrl } from '../../url/web-url.ts'
import type { InstallRun } from './step.ts'

/** The lockfiles that a client installs from; the record in `node_modules` is none. */
export function findLockfiles(
  client: ClientName,
  lockfiles: readonly LockfileInUse[],
): LockfileInUse[] {
  return lockfiles.filter(
    (found) =>
      found.client === client && found.isAuthoritative && !found.file.startsWith('node_modules/'),
  )
}

/** The first of them. */
export function findLockfile(
  client: ClientName,
  lockfiles: readonly LockfileInUse[],
): LockfileInUse | undefined {
  return findLockfiles(client, lockfiles)[0]
}

/** Package arguments that are addresses of JSR's: clients download them to find out their name. */
export function checkArguments({ session, command }: InstallRun): Finding[] {
  return session.packages.flatMap((argument) => {
    if (!readAddresses(argument).some(({ hostname }) => isJsrHost(hostname))) return []
    return [
      createFinding({
        rule: 'direct-dependency',
        message: `the package argument ${JSON.stringify(argument)} is an address of JSR's own`,
        hint: `name the package instead: jsr-guard ${command} jsr:@scope/name`,
      }),
    ]
  })
}

/** Package arguments that are addresses at all, which npm's `allow-remote` would not let it fetch. */
export function findRemoteArguments(packages: readonly string[]): Finding[] {
  return packages.flatMap((argument) => {
    const [url] = readAddresses(argument)
    if (url === undefined) return []
    return [
      createFinding({
        rule: 'unknown-source',
        message: `a package argument is an address (${url.origin}${url.pathname}), and npm's allow-remote does not let it`,
        hint: 'name a package of the registry instead, or set allow-remote=all if you trust it',
      }),
    ]
  })
}

/** `https://…`, or `alias@https://…`. */
function readAddresses(argument: string): URL[] {
  const texts = [argument, argument.slice(argument.indexOf('@', 1) + 1)]
  return texts.flatMap((text) => parseWebUrl(text)?.url ?? [])
}

function createFinding(found: Pick<Finding, 'rule' | 'message' | 'hint'>): Finding {
  return {
    severity: 'error',
    file: 'package.json',
    line: undefined,
    package: undefined,
    version: undefined,
    ...found,
  }
}
