import { escapeJson } from '../report/escape.ts'
import type { PolicyInForce } from '../tasks/policy-in-force.ts'
import { formatLine } from './format-line.ts'

/** What is in force, one value a line. */
export function renderPolicy({ policy, values }: PolicyInForce): string {
  const widthOf = (field: 'key' | 'value'): number =>
    Math.min(60, Math.max(...values.map((row) => row[field].length)))
  const [keys, texts] = [widthOf('key'), widthOf('value')]
  const rows = values.map(
    ({ key, value, from }) => `${key.padEnd(keys)}  ${value.padEnd(texts)}  ${from}`,
  )
  const lines = [`policy: ${policy ?? 'none'}`, ...rows]
  return lines.map((line) => `${formatLine(line)}\n`).join('')
}

/** The same as JSON. */
export function formatPolicy(inForce: PolicyInForce): string {
  const json = JSON.stringify(inForce, (_key, value: unknown) => value ?? null, 2)
  return `${escapeJson(json)}\n`
}
