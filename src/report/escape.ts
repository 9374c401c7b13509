/**
 * Text that does nothing to a terminal: control characters, escapes, bidi overrides, invisible
 * characters and line ends are written as `\u{…}`.
 */
export function escapeForTerminal(text: string): string {
  return text.replace(hidden, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
}

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu

/**
 * A line that no CI runner takes for a command. GitHub obeys `::name::` at the start of a line,
 * after white space, and `##[name]` anywhere in it; Azure obeys `##vso[`, TeamCity `##teamcity[`.
 */
export function disarmLine(line: string): string {
  return line.replace(/^(\s*):(?=:)/, '$1\\u{3a}').replace(/##(?=\w*\[)/g, '#\\u{23}')
}

/** Lines of text that comes from elsewhere, such as a stack, each escaped and disarmed. */
export function escapeLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => disarmLine(escapeForTerminal(line)))
}

/**
 * JSON text with the characters escaped that `JSON.stringify` leaves alone and a terminal or a CI
 * runner would obey. It stays the same JSON value.
 */
export function escapeJson(json: string): string {
  return json
    .replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, escapeJsonChar)
    .replace(/##(?=\w*\[)/g, '#\\u0023')
}

function escapeJsonChar(char: string): string {
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index))
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
