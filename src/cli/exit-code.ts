import type { ErrorCode } from '../errors.ts'
import { listFailedProjects, type Report } from '../report/report.ts'

/** What the process ends with. */
export type ExitCode = 0 | 1 | 2 | 3 | 4

/** How each error ends a run. */
export const errorExitCodes: Readonly<Record<ErrorCode, ExitCode>> = {
  ERR_JSR_GUARD_USAGE: 2,
  ERR_JSR_GUARD_UNSUPPORTED: 2,
  ERR_JSR_GUARD_POLICY: 2,
  ERR_JSR_GUARD_MANIFEST: 2,
  ERR_JSR_GUARD_CONFIG: 2,
  ERR_JSR_GUARD_JSON_SYNTAX: 2,
  ERR_JSR_GUARD_YAML_SYNTAX: 2,
  ERR_JSR_GUARD_LOCKFILE_SYNTAX: 2,
  ERR_JSR_GUARD_LOCKFILE_VERSION: 2,
  ERR_JSR_GUARD_SPECIFIER: 2,
  ERR_JSR_GUARD_JSR_NAME: 2,
  ERR_JSR_GUARD_URL: 2,
  ERR_JSR_GUARD_CLIENT: 2,
  ERR_JSR_GUARD_JOURNAL: 2,
  ERR_JSR_GUARD_NOTHING_TO_CHECK: 3,
  ERR_JSR_GUARD_REGISTRY: 4,
}

/** The worst first: of several projects that decides. */
const worstFirst: readonly ExitCode[] = [2, 1, 4, 3]

/** How a report ends a run. */
export function reportExitCode(report: Report): ExitCode {
  const codes = listFailedProjects(report).map(({ error }) => errorExitCodes[error.code])
  if (report.summary.errors > 0) codes.push(1)
  return worstFirst.find((code) => codes.includes(code)) ?? 0
}
