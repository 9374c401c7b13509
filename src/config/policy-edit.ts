import { applyEdits, modify } from 'jsonc-parser'

/**
 * The text of a policy with another private registry in it; comments and layout stay.
 *
 * `inside` is the path of keys to the policy, where it is a part of another document.
 */
export function setPolicyRegistry(text: string, registry: URL, inside: readonly string[]): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const indent = /^[\t ]+/m.exec(text)?.[0] ?? '  '
  const insertSpaces = !indent.startsWith('\t')
  const formattingOptions = { insertSpaces, tabSize: insertSpaces ? indent.length : 1, eol }
  // A byte order mark would be no part of the document; the edit leaves it where it is.
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const source = text.slice(mark.length)
  const edits = modify(source, [...inside, 'registry'], registry.href, { formattingOptions })
  return mark + applyEdits(source, edits)
}
