import type { Finding } from '../finding.ts'
import { escapeMarkdown } from './escape-markup.ts'
import { listFailedProjects, type Report } from './report.ts'

/** GitHub takes 1 MiB for a step, and an escaped character takes up to eight. */
const maxRows = 100

/**
 * The report as Markdown, for the summary of a step on GitHub.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
 */
export function renderGithubSummary(report: Report): string {
  const { summary, findings, ignored } = report
  const { errors, warnings, packages } = summary
  const failures = listFailedProjects(report).map(({ path, error }) => [
    'error',
    error.code,
    error.file ?? path,
    error.message,
  ])
  const rows = [...failures, ...orderBySeverity(findings).map(toCells)]
  const counts = [`${errors} errors`, `${warnings} warnings`, `${ignored.length} ignored`]
  const sections = [
    '## jsr-guard',
    `${counts.join(', ')}; ${packages} @jsr packages locked`.replaceAll('@', '&#64;'),
    renderTable(['', 'rule', 'place', 'message'], rows),
    renderTable(
      ['ignored', 'place', 'reason', 'until'],
      ignored.map((each) => [each.rule, formatPlace(each), each.reason, each.until ?? '']),
    ),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n\n`
}

function orderBySeverity(findings: readonly Finding[]): Finding[] {
  const of = (severity: Finding['severity']): Finding[] =>
    findings.filter((finding) => finding.severity === severity)
  return [...of('error'), ...of('warning')]
}

function toCells(finding: Finding): string[] {
  return [finding.severity, finding.rule, formatPlace(finding), finding.message]
}

function formatPlace({ file, line }: Finding): string {
  return line === undefined ? file : `${file}:${line}`
}

function renderTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  if (rows.length === 0) return ''
  const lines = [head, head.map(() => '---')].map((cells) => `| ${cells.join(' | ')} |`)
  const shown = rows
    .slice(0, maxRows)
    .map((cells) => `| ${cells.map((cell) => escapeMarkdown(cut(cell))).join(' | ')} |`)
  const rest = rows.length > maxRows ? [`\n… and ${rows.length - maxRows} more`] : []
  return [...lines, ...shown, ...rest].join('\n')
}

const maxCell = 200

function cut(text: string): string {
  return text.length > maxCell ? `${text.slice(0, maxCell)}…` : text
}
