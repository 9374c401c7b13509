import type { Finding } from '../finding.ts'
import { disarmLine, escapeForTerminal } from './escape.ts'
import { createPaint, type Paint } from './paint.ts'
import {
  listFailedProjects,
  type IgnoredFinding,
  type RenderOptions,
  type Report,
} from './report.ts'
import { renderPackages, renderRoutes } from './text-packages.ts'

/**
 * The report for people. Every value is escaped as it enters a line, so that a line of the report
 * is a line of the terminal; the lines are then made harmless for CI runners.
 */
export function renderText(
  report: Report,
  { hasColor, detail }: Pick<RenderOptions, 'hasColor' | 'detail'>,
): string {
  const paint = createPaint(hasColor)
  const limit = detail === 'verbose' ? Number.POSITIVE_INFINITY : 10
  const sections =
    detail === 'quiet'
      ? renderErrors(report, { paint, limit })
      : [
          ...renderFailures(report, paint),
          ...groupFindings(report.findings).map((group) => renderGroup(group, { paint, limit })),
          ...groupFindings(report.ignored).map((group) => renderIgnored(group, { paint, limit })),
          ...renderPackages(report.packages, paint),
          renderRoutes(report.clients),
          renderSkipped(report),
          renderHosts(report),
          [renderSummary(report, paint)],
        ]
  return joinSections(sections)
}

/** How findings are laid out. */
interface Layout {
  readonly paint: Paint
  /** How many findings of one rule in one file are shown. */
  readonly limit: number
}

function joinSections(sections: ReadonlyArray<readonly string[]>): string {
  const texts = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${disarmLine(line)}\n`).join(''))
  return texts.join('\n')
}

function renderErrors(report: Report, layout: Layout): string[][] {
  const errors = report.findings.filter(({ severity }) => severity === 'error')
  const failures = renderFailures(report, layout.paint)
  if (errors.length === 0 && failures.length === 0) return []
  const groups = groupFindings(errors).map((group) => renderGroup(group, layout))
  return [...failures, ...groups, [renderSummary(report, layout.paint)]]
}

/** Projects that could not be judged. */
function renderFailures(report: Report, paint: Paint): string[][] {
  return listFailedProjects(report).map(({ path, error }) => {
    const { code, message, hint, file, line } = error
    const place = file === undefined ? path : line === undefined ? file : `${file}:${line}`
    const lines = [
      `${paint.red(code)} ${escapeForTerminal(place)}`,
      `  ${escapeForTerminal(message)}`,
    ]
    return hint === undefined
      ? lines
      : [...lines, `  ${paint.bold('hint:')} ${escapeForTerminal(hint)}`]
  })
}

/** The findings of one rule in one file. */
interface Group<T extends Finding> {
  readonly rule: string
  readonly file: string
  readonly findings: T[]
}

/** File by file, as they come; in each file rule by rule. */
function groupFindings<T extends Finding>(findings: readonly T[]): Array<Group<T>> {
  const groups = new Map<string, Group<T>>()
  const files = new Map<string, number>()
  for (const finding of findings) {
    const { rule, file } = finding
    if (!files.has(file)) files.set(file, files.size)
    const key = JSON.stringify([file, rule])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { rule, file, findings: [finding] })
    else group.findings.push(finding)
  }
  const fileOrder = ({ file }: Group<T>): number => files.get(file) ?? 0
  return [...groups.values()].toSorted((a, b) => fileOrder(a) - fileOrder(b))
}

function renderGroup({ rule, file, findings }: Group<Finding>, layout: Layout): string[] {
  const shown = findings.slice(0, layout.limit)
  const lines = shown.flatMap((finding, index) =>
    renderFinding(finding, {
      paint: layout.paint,
      hasHint: finding.hint !== shown[index + 1]?.hint,
    }),
  )
  return [...lines, ...renderRest({ rule, file, count: findings.length - shown.length })]
}

/** A hint that several findings in a row share stands below the last of them. */
function renderFinding(
  finding: Finding,
  { paint, hasHint }: { readonly paint: Paint; readonly hasHint: boolean },
): string[] {
  const { severity, rule, message, hint } = finding
  const color = severity === 'error' ? paint.red : paint.yellow
  const title = `${color(`${severity}[${rule}]`)} ${formatPlace(finding)}`
  const lines = [title, `  ${escapeForTerminal(message)}`, ...renderContext(finding, paint)]
  if (hint !== undefined && hasHint)
    lines.push(`  ${paint.bold('hint:')} ${escapeForTerminal(hint)}`)
  return lines
}

/** The line itself, and what brings the package in. */
function renderContext({ line, excerpt, why }: Finding, paint: Paint): string[] {
  const quoted =
    excerpt === undefined || line === undefined
      ? []
      : [`  ${paint.dim(`${line} |`)} ${escapeForTerminal(excerpt)}`]
  const path = why?.map(escapeForTerminal).join(' > ')
  return path === undefined ? quoted : [...quoted, `  ${paint.dim('brought in by')} ${path}`]
}

function renderRest({
  rule,
  file,
  count,
}: {
  readonly rule: string
  readonly file: string
  readonly count: number
}): string[] {
  if (count === 0) return []
  const more = `${formatCount(count)} more ${rule} in ${escapeForTerminal(file)}`
  return [`… and ${more} (--verbose shows them all)`]
}

function renderIgnored({ rule, file, findings }: Group<IgnoredFinding>, layout: Layout): string[] {
  const shown = findings.slice(0, layout.limit)
  const lines = shown.flatMap((finding) => {
    const until = finding.until === undefined ? '' : ` (until ${escapeForTerminal(finding.until)})`
    return [
      `${layout.paint.dim(`ignored[${rule}]`)} ${formatPlace(finding)}`,
      `  ${escapeForTerminal(finding.message)}`,
      `  reason: ${escapeForTerminal(finding.reason)}${until}`,
    ]
  })
  return [...lines, ...renderRest({ rule, file, count: findings.length - shown.length })]
}

function formatPlace({ file, line }: Finding): string {
  const path = escapeForTerminal(file)
  return line === undefined ? path : `${path}:${line}`
}

/** One line per reason. */
function renderSkipped({ skipped }: Report): string[] {
  const rules = new Map<string, string[]>()
  for (const { rule, reason } of skipped) {
    rules.set(reason, [...(rules.get(reason) ?? []), rule])
  }
  const lines = Array.from(
    rules,
    ([reason, ids]) => `  ${ids.join(', ')}: ${escapeForTerminal(reason)}`,
  )
  return lines.length === 0 ? [] : ['not judged', ...lines]
}

function renderHosts({ hosts }: Report): string[] {
  const lines = hosts.map(({ host, connections, refused }) => {
    const tail = refused === 0 ? '' : `, ${formatCount(refused)} refused`
    return `  ${escapeForTerminal(host)}: ${formatNumber(connections, 'connection')}${tail}`
  })
  return lines.length === 0 ? [] : ['hosts that were asked', ...lines]
}

function renderSummary(report: Report, paint: Paint): string {
  const { summary, packages, projects } = report
  const { errors, warnings, ignored } = summary
  const failed = listFailedProjects(report).length
  const counts = [formatNumber(errors, 'error'), formatNumber(warnings, 'warning')]
  if (projects.length > 1) counts.push(`in ${formatNumber(projects.length, 'project')}`)
  if (failed > 0) counts.push(`${formatCount(failed)} not judged`)
  if (ignored > 0) counts.push(`${formatCount(ignored)} ignored`)
  const verdicts = (['private', 'direct', 'foreign', 'unknown'] as const).flatMap((verdict) => {
    const count = packages.filter((locked) => locked.verdict === verdict).length
    return count === 0 ? [] : [`${formatCount(count)} ${verdict}`]
  })
  const locked =
    packages.length === 0
      ? 'no @jsr packages locked'
      : `${formatNumber(packages.length, '@jsr package')} locked: ${verdicts.join(', ')}`
  const color = errors + failed > 0 ? paint.red : warnings > 0 ? paint.yellow : paint.green
  return `${color(counts.join(', '))}; ${locked}`
}

function formatNumber(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** `1,268`. */
function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}
