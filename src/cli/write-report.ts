import { writeFile } from 'node:fs/promises'
import { JsrGuardError } from '../errors.ts'
import type { Report } from '../report/report.ts'
import { reporters } from '../report/reporters.ts'
import { canColor, type CliContext } from './context.ts'
import type { Settings } from './settings.ts'

/** What decides how a report is written, and where. */
export interface WriteReportOptions {
  readonly settings: Settings
  readonly context: CliContext
}

/**
 * Writes a report in every format that was asked for. Where none goes to standard output, failures
 * are still counted on standard error.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE` for a file that can't be written.
 */
export async function writeReport(
  report: Report,
  { settings, context }: WriteReportOptions,
): Promise<void> {
  const { formats, detail, isColorOff } = settings
  const { stdout, stderr, env } = context
  for (const { name, file } of formats) {
    const hasColor = file === undefined && canColor(stdout, { env, isOff: isColorOff })
    const text = reporters[name](report, { hasColor, detail })
    if (file === undefined) stdout.write(text)
    else await writeReportFile(file, text)
  }
  const { errors } = report.summary
  if (errors > 0 && formats.every(({ file }) => file !== undefined)) {
    stderr.write(`jsr-guard: ${errors} ${errors === 1 ? 'error' : 'errors'}\n`)
  }
}

async function writeReportFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', 'the report cannot be written', { file, cause })
  }
}
