import { JsrGuardError } from '../../errors.ts'
import { judgeContext } from '../../policy/judge.ts'
import type { RegistryFact } from '../../policy/registry-facts.ts'
import { evaluateFacts } from '../../policy/registry-findings.ts'
import { registryOptions } from '../../project/npm-registry-options.ts'
import type { ProbeTarget } from '../../registry/probe.ts'
import type { CheckedProject } from '../check.ts'
import { findLockfile } from './request.ts'
import { hasErrors } from './inspect.ts'
import type { InstallStep, StepResult } from './step.ts'
import { describeStop, unlessStopped } from './stop.ts'

/**
 * Asks the registry for every `@jsr` tarball of the lockfile before the client does, through the
 * closed way out and without following a redirect to JSR: a redirect is in no lockfile.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_REGISTRY` where the registry does not answer, or refuses us.
 */
export async function askRegistry(step: InstallStep, locked: StepResult): Promise<StepResult> {
  const { request, onProgress, wayOut } = step
  const targets = request.isOffline || request.isDryRun ? [] : findTargets(locked.checked)
  if (targets.length === 0) return locked
  onProgress({ type: 'probing', packages: targets.length })
  // Loaded late: a project without @jsr packages has no use for it.
  const { probeTarballs } = await import('../../registry/probe.ts')
  const facts = await unlessStopped(
    step.stop,
    probeTarballs(targets, {
      registryOptions: registryOptions(locked.checked.project.npmConfig),
      proxyUrl: wayOut.url,
    }),
  )
  if (facts === undefined) return { ...locked, end: describeStop(step.stop) }
  const findings = evaluateFacts(facts, step.before.levels)
  if (hasErrors(findings)) {
    return { ...locked, end: { type: 'stopped', at: 'registry' }, findings }
  }
  refuseUnknown(facts)
  return { ...locked, findings }
}

function findTargets({ context }: CheckedProject): ProbeTarget[] {
  const lockfile = findLockfile(context.lockfiles)
  const judged = judgeContext(context).judged.find(({ file }) => file === lockfile?.file)
  if (judged === undefined) return []
  return judged.jsrPackages.flatMap(({ locked, judgement }) => {
    if (judgement.verdict !== 'private' || judgement.by === 'workspace') return []
    return [{ file: judged.file, locked, registry: judged.client?.routeOf(locked.name).url }]
  })
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
