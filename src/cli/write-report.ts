import { appendFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { JsrGuardError } from '../errors.ts'
import { explainRule } from '../policy/explanations.ts'
import { renderGithubSummary } from '../report/github-summary.ts'
import { listFailedProjects, type Report } from '../report/report.ts'
import { reporters } from '../report/reporters.ts'
import { canColor, type CliContext, type Output } from './context.ts'
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
    const text = reporters[name](report, { hasColor, detail, explain: explainRule, digest })
    await writeOutput(text, { file, stdout })
  }
  await writeStepSummary(report, { settings, context })
  const errors = report.summary.errors + listFailedProjects(report).length
  if (errors > 0 && formats.every(({ file }) => file !== undefined)) {
    stderr.write(`jsr-guard: ${errors} ${errors === 1 ? 'error' : 'errors'}\n`)
  }
}

/** Loads node's cryptography when it is first asked: few formats do, and it takes 10 ms. */
function digest(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(text).digest('hex')
}

/** With annotations comes a table, where GitHub says that it takes one. */
async function writeStepSummary(
  report: Report,
  { settings, context }: WriteReportOptions,
): Promise<void> {
  const file = context.env['GITHUB_STEP_SUMMARY']
  if (file === undefined || file === '') return
  if (!settings.formats.some(({ name }) => name === 'github')) return
  try {
    await appendFile(file, renderGithubSummary(report))
  } catch (cause) {
    const message = 'the summary of the step cannot be written'
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', message, { file, cause })
  }
}

/**
 * Writes a text to a file, or to standard output where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE` for a file that can't be written.
 */
export async function writeOutput(
  text: string,
  { file, stdout }: { readonly file: string | undefined; readonly stdout: Output },
): Promise<void> {
  if (file === undefined) stdout.write(text)
  else await writeReportFile(file, text)
}

async function writeReportFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', 'the report cannot be written', { file, cause })
  }
}
