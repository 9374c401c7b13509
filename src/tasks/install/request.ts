import { existsSync } from 'node:fs'
import path from 'node:path'
import { planNpm, translateArguments } from '../../client/npm-plan.ts'
import { JsrGuardError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { isLockfileCurrent } from '../../policy/lockfile-state.ts'
import type { LockfileInUse } from '../../policy/rule.ts'
import { isJsrHost } from '../../url/jsr-host.ts'
import { parseWebUrl } from '../../url/web-url.ts'
import type { CheckedProject } from '../check.ts'
import type { InstallRun, NpmRequest } from './step.ts'

/**
 * Plans the run from what the user typed and what the project is.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what can't be verified.
 */
export function planRequest(run: InstallRun, checked: CheckedProject): NpmRequest {
  const { npmConfig, manifests, root } = checked.project
  const plan = planNpm({
    command: run.command,
    arguments: translateArguments(run.arguments, run.parsed.packages),
    parsed: run.parsed,
    setting: (key) => npmConfig.get(key)?.value,
  })
  const allowRemote = npmConfig.get('allow-remote')?.value
  refuseExtension(root, run.program.version)
  const lockfile = findLockfile(checked.context.lockfiles)
  const isCurrent =
    lockfile?.content.type === 'read' &&
    isLockfileCurrent(
      manifests.map(({ manifest }) => manifest),
      lockfile.content.lockfile,
    )
  return {
    ...plan,
    makesLockfile: run.command !== 'ci' && !plan.isDryRun && (plan.changesLockfile || !isCurrent),
    liftsAllowRemote: allowRemote === 'none' || allowRemote === 'root',
  }
}

/** The lockfile that npm installs from; the record in `node_modules` is none. */
export function findLockfile(lockfiles: readonly LockfileInUse[]): LockfileInUse | undefined {
  return lockfiles.find(
    ({ client, file, isAuthoritative }) =>
      client === 'npm' && isAuthoritative && !file.startsWith('node_modules/'),
  )
}

/** npm 12 lets such a file change every manifest, but not while scripts are ignored. */
function refuseExtension(root: string, version: string): void {
  if (Number.parseInt(version, 10) < 12) return
  const file = ['.npm-extension.cjs', '.npm-extension.mjs'].find((name) =>
    existsSync(path.join(root, name)),
  )
  if (file === undefined) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    `${file} changes what npm installs, but not the lockfile that is made without scripts`,
    { hint: `remove ${file}, or install with npm 11` },
  )
}

/** Package arguments that are addresses of JSR's: npm would download them to find out their name. */
export function checkArguments({ parsed, command }: InstallRun): Finding[] {
  return parsed.packages.flatMap((argument) => {
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
export function findRemoteArguments({ parsed }: InstallRun): Finding[] {
  return parsed.packages.flatMap((argument) => {
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
