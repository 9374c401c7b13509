import { verifyProject } from '../../tasks/verify.ts'
import type { Invocation } from '../commands.ts'
import { verdictExitCode } from '../exit-code.ts'
import { createProgressLine } from '../progress.ts'
import { parseSettings, refuseArguments } from '../settings.ts'
import { writeReport } from '../write-report.ts'

/** Does what `check` does, asks the registry about every `@jsr` package, and prints the report. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context } = invocation
  const settings = parseSettings(options, context)
  const { cwd, registry, client, config, levels } = settings
  const { env, home } = context
  const progress = createProgressLine(context.stderr, 'asking the registry about @jsr packages')
  try {
    const { report, unanswered } = await verifyProject({
      cwd,
      registry,
      client,
      config,
      levels,
      env,
      home,
      fetchesTarballs: options.has('tarballs'),
      onProgress: ({ done, packages }) => progress.update(done, packages),
    })
    progress.clear()
    await writeReport(report, { settings, context })
    return verdictExitCode(report, unanswered)
  } finally {
    progress.clear()
  }
}
