import type { Finding } from '../finding.ts'
import { escapeForTerminal, escapeJson } from './escape.ts'
import { createFingerprints } from './fingerprint.ts'
import {
  listFailedProjects,
  type FailedProject,
  type RenderOptions,
  type Report,
} from './report.ts'

/**
 * The report as GitLab's Code Quality report, a list of issues.
 *
 * @see https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function formatGitlab(report: Report, { digest }: Pick<RenderOptions, 'digest'>): string {
  const prints = createFingerprints(report.findings, digest)
  const issues = [
    ...listFailedProjects(report).map((failed) => createFailure(failed, digest)),
    ...report.findings.map((finding, index) => createIssue(finding, prints[index] ?? '')),
  ]
  return `${escapeJson(JSON.stringify(issues, undefined, 2))}\n`
}

function createIssue(finding: Finding, fingerprint: string): object {
  const { rule, severity, message, hint, file, line } = finding
  const text = hint === undefined ? message : `${message} (hint: ${hint})`
  return {
    description: escapeForTerminal(text),
    check_name: rule,
    fingerprint,
    severity: severity === 'error' ? 'critical' : 'minor',
    // GitLab drops an issue that names no line.
    location: { path: file, lines: { begin: line ?? 1 } },
  }
}

function createFailure({ path, error }: FailedProject, digest: RenderOptions['digest']): object {
  return {
    description: escapeForTerminal(`${path}: ${error.message}`),
    check_name: error.code,
    fingerprint: digest(JSON.stringify([path, error.code])),
    severity: 'blocker',
    location: { path: error.file ?? path, lines: { begin: error.line ?? 1 } },
  }
}
