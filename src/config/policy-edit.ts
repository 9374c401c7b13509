import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree } from 'jsonc-parser'

/**
 * The text of a policy with another private registry in it; comments and layout stay.
 *
 * `inside` is the path of keys to the policy, where it is a part of another document.
 */
export function setPolicyRegistry(text: string, registry: URL, inside: readonly string[]): string {
  return setValue(text, [...inside, 'registry'], registry.href)
}

/**
 * The text of a policy with further prefixes among its `tarballs`; comments and layout stay.
 *
 * `inside` as for {@link setPolicyRegistry}.
 */
export function addPolicyTarballs(
  text: string,
  prefixes: readonly string[],
  inside: readonly string[],
): string {
  const root = parseTree(text.replace(/^\uFEFF/, ''), [], { allowTrailingComma: true })
  const node = root === undefined ? undefined : findNodeAtLocation(root, [...inside, 'tarballs'])
  const value: unknown = node === undefined ? [] : getNodeValue(node)
  const known: readonly unknown[] = Array.isArray(value) ? value : []
  const added = prefixes.filter((prefix) => !known.includes(prefix))
  return added.length === 0 ? text : setValue(text, [...inside, 'tarballs'], [...known, ...added])
}

function setValue(text: string, place: readonly string[], value: unknown): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const indent = /^[\t ]+/m.exec(text)?.[0] ?? '  '
  const insertSpaces = !indent.startsWith('\t')
  const formattingOptions = { insertSpaces, tabSize: insertSpaces ? indent.length : 1, eol }
  // A byte order mark would be no part of the document; the edit leaves it where it is.
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const source = text.slice(mark.length)
  const edits = modify(source, [...place], value, { formattingOptions })
  return mark + applyEdits(source, edits)
}
