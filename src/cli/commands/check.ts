import { JsrGuardError } from '../../errors.ts'
import { checkProject, type CheckProjectOptions } from '../../tasks/check.ts'
import { loadPolicyInForce } from '../../tasks/policy-in-force.ts'
import type { Invocation } from '../commands.ts'
import { reportExitCode } from '../exit-code.ts'
import { formatPolicy, renderPolicy } from '../render-policy.ts'
import { parseSettings, refuseArguments } from '../settings.ts'
import { writeReport, type WriteReportOptions } from '../write-report.ts'

/** Judges configuration, manifests and lockfiles, and prints the report. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels } = settings
  const { env, home } = context
  const request = { cwd, registry, client, config, levels, env, home }
  if (options.has('print-config')) return await printConfig(request, { settings, context })
  const report = await checkProject(request)
  await writeReport(report, { settings, context })
  return reportExitCode(report)
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
  const inForce = await loadPolicyInForce(request)
  context.stdout.write(format.name === 'json' ? formatPolicy(inForce) : renderPolicy(inForce))
  return 0
}
