import { disarmLine, escapeForTerminal } from '../report/escape.ts'
import { createPaint, type Paint } from '../report/paint.ts'
import { renderRoutes } from '../report/text-packages.ts'
import type { DoctorCheck } from './checks.ts'
import type { Diagnosis } from './diagnosis.ts'
import { modelTexts } from './upstream-model.ts'

/** The diagnosis for people; its last line says whether all is well, or the first thing to do. */
export function renderDiagnosis(
  diagnosis: Diagnosis,
  { hasColor, isQuiet }: { readonly hasColor: boolean; readonly isQuiet: boolean },
): string {
  const paint = createPaint(hasColor)
  const sections = isQuiet
    ? []
    : [
        renderRoutes(diagnosis.clients),
        renderFindings(diagnosis, paint),
        renderRegistry(diagnosis),
        diagnosis.checks.map((check) => renderCheck(check, paint)),
        ...diagnosis.advice.map(({ topic, steps }) => [
          `what to do: ${topic}`,
          ...steps.map((step) => `  - ${escapeForTerminal(step)}`),
        ]),
      ]
  const texts = [...sections, [renderEnd(diagnosis, paint)]]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${disarmLine(line)}\n`).join(''))
  return texts.join('\n')
}

function renderFindings({ findings }: Diagnosis, paint: Paint): string[] {
  return findings.map(({ severity, rule, file, line, message }) => {
    const color = severity === 'error' ? paint.red : paint.yellow
    const place = escapeForTerminal(line === undefined ? file : `${file}:${line}`)
    return `${color(`${severity}[${rule}]`)} ${place}: ${escapeForTerminal(message)}`
  })
}

function renderRegistry({ registry, product, model }: Diagnosis): string[] {
  if (registry === undefined) return ['no private registry is named or configured']
  const kind =
    product === undefined
      ? 'a registry whose product is not known'
      : `${product.sureness === 'certain' ? '' : 'most likely '}${product.name} (by ${product.evidence.join(', ')})`
  const lines = [`${escapeForTerminal(registry)} is ${escapeForTerminal(kind)}`]
  if (model !== undefined) lines.push(`  ${modelTexts[model.model]} (${model.why})`)
  return lines
}

const labels: Readonly<Record<DoctorCheck['status'], (paint: Paint) => string>> = {
  pass: (paint) => paint.green('ok     '),
  warning: (paint) => paint.yellow('warning'),
  fail: (paint) => paint.red('FAILED '),
  unknown: (paint) => paint.red('UNKNOWN'),
}

function renderCheck({ status, id, message }: DoctorCheck, paint: Paint): string {
  return `${labels[status](paint)} ${id}: ${escapeForTerminal(message)}`
}

function renderEnd({ next }: Diagnosis, paint: Paint): string {
  return next === undefined
    ? paint.green('protected')
    : `${paint.red('first:')} ${escapeForTerminal(next)}`
}
