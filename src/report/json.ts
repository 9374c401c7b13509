import { escapeJson } from './escape.ts'
/** A report as one JSON object; what is not known is `null`, so that every field is there. */
export function formatJson(report: object): string {
  const json = JSON.stringify(report, (_key, value: unknown) => value ?? null, 2)
  return `${escapeJson(json)}\n`
}
