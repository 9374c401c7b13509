import type { Diagnosis } from '../../doctor/diagnosis.ts'
import { renderDiagnosis } from '../../doctor/render.ts'
import { JsrGuardError } from '../../errors.ts'
import { formatJson } from '../../report/json.ts'
import { examineProject } from '../../tasks/examine.ts'
import type { Invocation } from '../commands.ts'
import { canColor } from '../context.ts'
import { parseSettings, refuseArguments } from '../settings.ts'
import { writeOutput } from '../write-report.ts'

/** Prints where each client goes, how the registry does, and what to do. */
export async function run(invocation: Invocation): Promise<number> {
  refuseArguments(invocation)
  const { options, context } = invocation
  const settings = parseSettings(options, context)
  const formats = options.has('json')
    ? [{ name: 'json' as const, file: undefined }]
    : settings.formats.map(({ name, file }) => ({ name: parseFormat(name), file }))
  const { cwd, registry, client, config, levels } = settings
  const { env, home, stdout } = context
  const diagnosis = await examineProject({ cwd, registry, client, config, levels, env, home })
  const isQuiet = settings.detail === 'quiet'
  for (const { name, file } of formats) {
    const hasColor = file === undefined && canColor(stdout, { env, isOff: settings.isColorOff })
    const text =
      name === 'json' ? formatJson(diagnosis) : renderDiagnosis(diagnosis, { hasColor, isQuiet })
    await writeOutput(text, { file, stdout })
  }
  return exitCodeOf(diagnosis)
}

function parseFormat(name: string): 'text' | 'json' {
  if (name === 'text' || name === 'json') return name
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `doctor makes no report of the format ${name}`, {
    hint: 'it has text and json',
  })
}

/** What is certainly wrong goes before what could not be told. */
function exitCodeOf({ isProtected, checks, findings, registry }: Diagnosis): number {
  if (isProtected) return 0
  const isWrong =
    registry === undefined ||
    findings.some(({ severity }) => severity === 'error') ||
    checks.some(({ status }) => status === 'fail')
  return isWrong ? 1 : 4
}
