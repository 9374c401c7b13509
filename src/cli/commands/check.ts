import { JsrGuardError } from '../../errors.ts'
import { findFolder } from '../../project/folder.ts'
import type { Report } from '../../report/report.ts'
import { checkProject, type CheckProjectOptions } from '../../tasks/check.ts'
import type { Invocation } from '../commands.ts'
import { reportExitCode } from '../exit-code.ts'
import { formatPolicy, renderPolicy } from '../render-policy.ts'
import { parseSettings, refuseArguments, refuseFormats } from '../settings.ts'
import { writeReport, type WriteReportOptions } from '../write-report.ts'

/** Judges configuration, manifests and lockfiles, and prints the report. */
export async function run(invocation: Invocation): Promise<number> {
  const { options, context, arguments: patterns } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels } = settings
  const { env, home } = context
  const request = { cwd, registry, client, config, levels, env, home }
  if (options.has('print-config')) {
    refuseArguments(invocation)
    return await printConfig(request, { settings, context })
  }
  const isDry = options.has('dry-run')
  if (isDry) refuseFormats(settings, 'check --dry-run')
  if (options.has('fix')) await fix(request, { invocation, isDry })
  else if (isDry) {
    const message = '--dry-run belongs to --fix'
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', message, { hint: 'a check writes nothing' })
  }
  const report =
    patterns.length === 0 ? await checkProject(request) : await checkMany(request, patterns)
  if (!isDry) await writeReport(report, { settings, context })
  return reportExitCode(report)
}

/** What only some runs need is loaded by them. */
async function checkMany(
  request: CheckProjectOptions,
  patterns: readonly string[],
): Promise<Report> {
  const { checkProjects } = await import('../../tasks/check-many.ts')
  return await checkProjects({ ...request, patterns })
}

/** What is fixed is said on standard error, so that the report stays the only thing on the other. */
async function fix(
  request: CheckProjectOptions,
  { invocation, isDry }: { readonly invocation: Invocation; readonly isDry: boolean },
): Promise<void> {
  const { context, arguments: patterns } = invocation
  const { fixProject } = await import('../../tasks/fix.ts')
  const { fixProjects } = await import('../../tasks/fix-many.ts')
  const { renderDiff, renderFixes, renderKept } = await import('../render-fix.ts')
  const options = {
    ...request,
    mode: isDry ? ('show' as const) : ('write' as const),
    onWait: ({ pid }: { readonly pid: number }) =>
      context.stderr.write(`jsr-guard: waiting for another run (${pid})\n`),
  }
  const results =
    patterns.length === 0
      ? [await fixProject(options)]
      : await fixProjects({ ...options, patterns })
  const cwd = await findFolder(request.cwd)
  if (isDry) context.stdout.write(renderDiff(results, cwd))
  else context.stderr.write(renderFixes(results, cwd))
  context.stderr.write(renderKept(results, cwd))
}

async function printConfig(
  request: CheckProjectOptions,
  { settings, context }: WriteReportOptions,
): Promise<number> {
  const [format, ...others] = settings.formats
  const isPlain = format?.file === undefined && others.length === 0
  if (!isPlain || (format?.name !== 'text' && format?.name !== 'json')) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', '--print-config prints text or json', {
      hint: 'leave other formats out',
    })
  }
  const { loadPolicyInForce } = await import('../../tasks/policy-in-force.ts')
  const inForce = await loadPolicyInForce(request)
  context.stdout.write(format.name === 'json' ? formatPolicy(inForce) : renderPolicy(inForce))
  return 0
}
