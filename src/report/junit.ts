import { ruleLevels, type Finding } from '../finding.ts'
import { escapeXml } from './escape-markup.ts'
import { listFailedProjects, type FailedProject, type Report, type SkippedRule } from './report.ts'

/**
 * The report as JUnit XML. A finding at error level is a failed test; a warning is one that passed
 * and says something, as the run does not fail for it; a rule without findings is one that passed,
 * a rule that was not judged one that was skipped, and a project that could not be judged an error.
 *
 * @see https://github.com/testmoapp/junitxml
 */
export function formatJunit(report: Report): string {
  const cases = [
    ...listFailedProjects(report).map(formatFailure),
    ...report.findings.map(formatFinding),
    ...report.skipped.map(formatSkipped),
    ...listPassed(report).map((rule) => formatCase('jsr-guard', rule, '')),
  ]
  const counts = [
    `tests="${cases.length}"`,
    `failures="${report.summary.errors}"`,
    `errors="${listFailedProjects(report).length}"`,
    `skipped="${report.skipped.length}"`,
  ].join(' ')
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="jsr-guard" ${counts}>`,
    `  <testsuite name="jsr-guard" ${counts}>`,
    ...cases.map((each) => `    ${each}`),
    '  </testsuite>',
    '</testsuites>',
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** Rules that were judged and have found nothing. */
function listPassed({ findings, skipped }: Report): string[] {
  const others = new Set([...findings, ...skipped].map(({ rule }) => rule as string))
  return Object.keys(ruleLevels).filter((rule) => !others.has(rule))
}

function formatFinding(finding: Finding): string {
  const { rule, severity, message, hint, file, line, package: name, version } = finding
  const what = name === undefined ? '' : ` ${version === undefined ? name : `${name}@${version}`}`
  const place = line === undefined ? file : `${file}:${line}`
  const text = [message, ...(hint === undefined ? [] : [`hint: ${hint}`])].map(escapeXml).join('\n')
  const body =
    severity === 'error'
      ? `<failure type="${rule}" message="${escapeXml(message)}">${text}</failure>`
      : `<system-out>${text}</system-out>`
  return formatCase(file, `${rule}${what} ${place}`, body)
}

function formatSkipped({ rule, reason }: SkippedRule): string {
  return formatCase('jsr-guard', rule, `<skipped message="${escapeXml(reason)}"/>`)
}

function formatFailure({ path, error }: FailedProject): string {
  const body = `<error type="${escapeXml(error.code)}" message="${escapeXml(error.message)}"/>`
  return formatCase(error.file ?? path, `${error.code} ${path}`, body)
}

function formatCase(className: string, name: string, body: string): string {
  const start = `<testcase classname="${escapeXml(className)}" name="${escapeXml(name)}"`
  return body === '' ? `${start}/>` : `${start}>${body}</testcase>`
}
