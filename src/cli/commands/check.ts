import { checkProject } from '../../tasks/check.ts'
import type { Invocation } from '../commands.ts'
import { reportExitCode } from '../exit-code.ts'
import { parseSettings, refuseArguments } from '../settings.ts'
import { writeReport } from '../write-report.ts'

/** Judges configuration, manifests and lockfiles, and prints the report. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels } = settings
  const { env, home } = context
  const report = await checkProject({ cwd, registry, client, config, levels, env, home })
  await writeReport(report, { settings, context })
  return reportExitCode(report)
}
