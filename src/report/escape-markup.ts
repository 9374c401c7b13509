import { escapeForTerminal } from './escape.ts'

/** Text for XML, as content or in an attribute. XML has no way to write most control characters. */
export function escapeXml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}

/**
 * Text for one cell of a Markdown table, as GitHub renders it: no markup, no link, no mention, no
 * second cell or line. Everything that could mean something is written as a character reference, and
 * all of it is code, in which GitHub looks for no names of people.
 */
export function escapeMarkdown(text: string): string {
  const escaped = escapeForTerminal(text).replace(
    /[^\p{L}\p{N} ,-]/gu,
    (char) => `&#${char.codePointAt(0) ?? 0};`,
  )
  return escaped === '' ? '' : `<code>${escaped}</code>`
}

/** The message of one of GitHub's workflow commands. */
export function escapeCommandData(text: string): string {
  return text.replace(/[%\r\n]/g, percent)
}

/** A property of one of GitHub's workflow commands. */
export function escapeCommandProperty(text: string): string {
  return text.replace(/[%\r\n:,]/g, percent)
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/**
 * A plain message of SARIF, in which `[text](target)` is a link and `{0}` a placeholder.
 *
 * @see SARIF 2.1.0, sections 3.11.5 and 3.11.6
 */
export function escapeSarifMessage(text: string): string {
  return escapeForTerminal(text)
    .replace(/\\(?=[[\]\\])/g, '\\\\')
    .replace(/[[\]](?=[^[\]]*\]?\()/g, '\\$&')
    .replace(/\{(\d+)\}/g, '{{$1}}')
}
