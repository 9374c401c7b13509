import { JsrGuardError } from '../../errors.ts'
import type { RegistryFact } from '../../policy/registry-facts.ts'
import { evaluateFacts } from '../../policy/registry-findings.ts'
import { findRegistryOf } from '../../policy/private-registry.ts'
import type { ProbeTarget } from '../../registry/probe.ts'
import { hasPrefix } from '../../url/url-prefix.ts'
import { isServedBy } from '../../url/web-url.ts'
import type { CheckedProject } from '../check.ts'
import { findLockfiles } from './request.ts'
import { hasErrors } from './inspect.ts'
import type { ClientSession } from './session.ts'
import type { InstallStep, StepResult } from './step.ts'
import { describeStop, unlessStopped } from './stop.ts'

/**
 * Asks the registry for every `@jsr` tarball of the lockfile before the client does, through the
 * closed way out and without following a redirect to JSR: a redirect is in no lockfile.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_REGISTRY` where the registry does not answer, or refuses us.
 */
export async function askRegistry(step: InstallStep, locked: StepResult): Promise<StepResult> {
  const { request, session, onProgress, wayOut } = step
  if (request.isDryRun) return locked
  const targets = findTargets(session, locked.checked)
  if (request.isOffline) return session.readsCachedMetadata ? trustCache(targets, locked) : locked
  if (targets.length === 0) return { ...locked, isRegistryAsked: true }
  onProgress({ type: 'probing', packages: targets.length })
  // Loaded late: a project without @jsr packages has no use for it.
  const { probeTarballs } = await import('../../registry/probe.ts')
  const facts = await unlessStopped(
    step.stop,
    probeTarballs(targets, {
      registryOptions: session.readNetwork(locked.checked.project).registryOptions,
      proxyUrl: wayOut.url,
    }),
  )
  if (facts === undefined) return { ...locked, end: describeStop(step.stop) }
  const findings = evaluateFacts(facts, step.before.levels)
  if (hasErrors(findings)) {
    return { ...locked, end: { type: 'stopped', at: 'registry' }, findings, isRegistryAsked: true }
  }
  refuseUnknown(facts)
  return { ...locked, findings, isRegistryAsked: true }
}

/**
 * Offline nobody is asked, and npm installs what lies in its cache. Where the lockfile names no
 * address, the cached metadata of the registry decides, and that may lead to a tarball of JSR's.
 */
function trustCache(targets: readonly ProbeTarget[], locked: StepResult): StepResult {
  const unnamed = targets.find((target) => target.locked.source.type === 'route')
  if (unnamed === undefined) return locked
  const { name, version, line } = unnamed.locked
  throw new JsrGuardError(
    'ERR_JSR_GUARD_REGISTRY',
    `offline it can't be told where ${name}@${version ?? ''} comes from: the lockfile names no address`,
    {
      hint: 'install without offline, or lock again without omit-lockfile-registry-resolved',
      file: unnamed.file,
      line: line(),
    },
  )
}

function findTargets(session: ClientSession, { context }: CheckedProject): ProbeTarget[] {
  const files = findLockfiles(session.name, context.lockfiles).map(({ file }) => file)
  return context.judged
    .filter(({ file }) => files.includes(file))
    .flatMap(({ file, client, jsrPackages }) =>
      jsrPackages.flatMap(({ locked, judgement }) => {
        if (judgement.verdict !== 'private' || judgement.by === 'workspace') return []
        const registry = client?.routeOf(locked.name).url
        const tarball =
          registry === undefined ? undefined : session.formatTarballUrl(locked, registry)
        const isPrivate = createPlaceCheck(locked.name, context)
        return [{ file, locked, registry, tarball, isPrivate }]
      }),
    )
}

/** Whether a package's tarball may lie there: with the registry of its scope, or where the policy says. */
function createPlaceCheck(
  name: string,
  context: CheckedProject['context'],
): ProbeTarget['isPrivate'] {
  const registry = findRegistryOf(name, context)
  return (url) =>
    (registry !== undefined && isServedBy(url, registry)) ||
    context.tarballs.some((prefix) => hasPrefix(url, prefix))
}

function refuseUnknown(facts: readonly RegistryFact[]): void {
  for (const { answer, package: name, version } of facts) {
    if (answer.type !== 'unknown') continue
    const label = version === undefined ? name : `${name}@${version}`
    throw new JsrGuardError(
      'ERR_JSR_GUARD_REGISTRY',
      `could not ask ${answer.url.host} for ${label}: ${answer.reason}`,
      { hint: 'see that the registry is up, and that its credentials are configured' },
    )
  }
}
