import type { Finding } from '../../finding.ts'
import { inspectProject, type CheckedProject } from '../check.ts'
import { addFindingContext } from '../finding-context.ts'
import type { InstallRun } from './step.ts'

/**
 * What the project looks like now, without what an install takes care of by itself. Findings have
 * their context from now on: a lockfile that is refused is put back before the report is made.
 */
export async function inspect(run: Omit<InstallRun, 'lock'>): Promise<CheckedProject> {
  const { reading, projectFolder } = run.session
  const checked = await inspectProject({ ...run, ...reading, cwd: projectFolder })
  const findings = checked.findings.filter(isOfConcern)
  return { ...checked, findings: await addFindingContext(findings, checked.project) }
}

/** `jsr:` in a manifest is translated for the run; what a policy makes an error stays one. */
function isOfConcern({ rule, severity, file }: Finding): boolean {
  return !(rule === 'jsr-specifier' && severity === 'warning' && file.endsWith('package.json'))
}

/** Whether anything is at error level. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === 'error')
}
