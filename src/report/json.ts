import { escapeJson } from './escape.ts'
import type { Report } from './report.ts'

/** The report as one JSON object; what is not known is `null`, so that every field is there. */
export function formatJson(report: Report): string {
  const json = JSON.stringify(report, (_key, value: unknown) => value ?? null, 2)
  return `${escapeJson(json)}\n`
}
