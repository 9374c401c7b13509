import { disarmLine, escapeForTerminal } from '../report/escape.ts'
import { redactText } from '../url/redact.ts'

/** A line for a terminal, from text that may hold anything: no secrets, no commands, no second line. */
export function formatLine(text: string): string {
  return disarmLine(escapeForTerminal(redactText(text)))
}
