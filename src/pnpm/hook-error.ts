import { JsrGuardError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { disarmLine, escapeForTerminal } from '../report/escape.ts'
import { redactText } from '../url/redact.ts'

/** A finding, as far as a hook shows it. */
type ShownFinding = Pick<Finding, 'rule' | 'message' | 'hint' | 'file' | 'line'>

const maxFindings = 10

/**
 * The error that a hook stops pnpm with. All that there is to say stands in the message, and the
 * stack is the message: pnpm 12 prints the stack and nothing else, 9 to 11 print the message after
 * a code that begins with `ERR_PNPM_`.
 */
export function createHookError(title: string, details: readonly string[] = []): Error {
  const lines = [`jsr-guard: ${title}`, ...details.map((line) => `  ${line}`)]
  const text = lines.map((line) => disarmLine(escapeForTerminal(redactText(line)))).join('\n')
  return Object.assign(new Error(text), { code: 'ERR_PNPM_JSR_GUARD', stack: text })
}

/** The error for what the rules found. */
export function createFindingsError(title: string, findings: readonly ShownFinding[]): Error {
  const shown = findings.slice(0, maxFindings).flatMap(formatFinding)
  const left = findings.length - maxFindings
  return createHookError(title, left > 0 ? [...shown, `and ${left} more`] : shown)
}

function formatFinding({ rule, message, hint, file, line }: ShownFinding): string[] {
  const place = line === undefined || line === 0 ? file : `${file}:${line}`
  return [`${place} ${rule}: ${message}`, ...(hint === undefined ? [] : [`  ${hint}`])]
}

/** What pnpm is stopped with for an error of jsr-guard's own; a bug keeps its stack. */
export function toHookError(error: unknown): unknown {
  if (!(error instanceof JsrGuardError)) return error
  const { code, message, hint, file, line } = error
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`} `
  return createHookError(`${place}${message} (${code})`, hint === undefined ? [] : [hint])
}
