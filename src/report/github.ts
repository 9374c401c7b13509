import type { Finding } from '../finding.ts'
import { disarmLine, escapeForTerminal } from './escape.ts'
import { escapeCommandData, escapeCommandProperty } from './escape-markup.ts'
import { listFailedProjects, type FailedProject, type Report } from './report.ts'

/**
 * GitHub's workflow commands, which become annotations. Errors come first: GitHub shows ten of each
 * kind in a step.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatGithub(report: Report): string {
  const ofSeverity = (severity: Finding['severity']): string[] =>
    report.findings.filter((finding) => finding.severity === severity).map(formatFinding)
  const lines = [
    ...listFailedProjects(report).map(formatFailure),
    ...ofSeverity('error'),
    ...ofSeverity('warning'),
    disarmLine(formatSummary(report)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function formatFinding({ severity, rule, message, hint, file, line, why }: Finding): string {
  const lines = [message]
  if (why !== undefined) lines.push(`brought in by ${why.join(' > ')}`)
  if (hint !== undefined) lines.push(`hint: ${hint}`)
  return formatCommand(severity, { title: `jsr-guard: ${rule}`, file, line, lines })
}

function formatFailure({ path, error }: FailedProject): string {
  const { code, message, hint, file = path, line } = error
  const lines = hint === undefined ? [message] : [message, `hint: ${hint}`]
  return formatCommand('error', { title: `jsr-guard: ${code}`, file, line, lines })
}

interface Annotation {
  readonly title: string
  readonly file: string
  readonly line: number | undefined
  readonly lines: readonly string[]
}

/** Each text is escaped for terminals first, so that the only line ends are those between the lines. */
function formatCommand(name: string, { title, file, line, lines }: Annotation): string {
  const properties = [
    `file=${escapeCommandProperty(escapeForTerminal(file))}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escapeCommandProperty(escapeForTerminal(title))}`,
  ]
  const data = escapeCommandData(lines.map(escapeForTerminal).join('\n'))
  // The data can't end the command; what a runner finds in the middle of a line is disarmed too.
  return `::${name} ${disarmLine(properties.join(','))}::${disarmLine(data)}`
}

function formatSummary({ summary }: Report): string {
  const { errors, warnings, ignored, packages } = summary
  return `jsr-guard: ${errors} errors, ${warnings} warnings, ${ignored} ignored, ${packages} @jsr packages`
}
