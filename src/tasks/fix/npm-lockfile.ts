import type { Node } from 'jsonc-parser'
import { editValues, type ValueEdit } from '../../manifest/edit.ts'
import { parseTextTree, type TextTree } from '../../manifest/text-tree.ts'
import type { Repointing } from './repoint.ts'

/**
 * The text of one of npm's lockfiles with other addresses in its entries, and in the `dependencies`
 * of version 2, which npm 6 reads.
 */
export function repointNpmLockfile(text: string, repointings: readonly Repointing[]): string {
  const tree = parseTextTree(text)
  if (tree === undefined) return text
  const byKey = new Map(repointings.map((each) => [each.locked.key, each]))
  const bySource = new Map(repointings.map((each) => [identify(each), each]))
  const edits: ValueEdit[] = []
  for (const [key, entry] of listProperties(findProperty(tree.root, 'packages'))) {
    if (byKey.has(key)) edits.push(...editEntry(entry, bySource, tree))
  }
  for (const entry of walkDependencies(tree.root)) edits.push(...editEntry(entry, bySource, tree))
  return editValues(text, edits)
}

/** The same address with the same hash is the same file. */
function identify({ from, locked }: Repointing): string {
  return JSON.stringify([from.href, locked.integrity.join(' ')])
}

function editEntry(
  entry: Node,
  bySource: ReadonlyMap<string, Repointing>,
  { offsetOf }: TextTree,
): ValueEdit[] {
  const resolved = findProperty(entry, 'resolved')
  const integrity: unknown = findProperty(entry, 'integrity')?.value
  const address: unknown = resolved?.value
  if (resolved === undefined || typeof address !== 'string' || !URL.canParse(address)) return []
  const match = bySource.get(JSON.stringify([new URL(address).href, integrity]))
  if (match === undefined) return []
  return [{ offset: offsetOf(resolved), length: resolved.length, value: match.to }]
}

/** Every entry of the nested tables of version 2. */
function walkDependencies(root: Node): readonly Node[] {
  const pending = listProperties(findProperty(root, 'dependencies')).map(([, entry]) => entry)
  // A list that grows while it is walked is walked to its new end.
  for (const entry of pending) {
    for (const [, inner] of listProperties(findProperty(entry, 'dependencies'))) pending.push(inner)
  }
  return pending
}

function listProperties(node: Node | undefined): ReadonlyArray<readonly [string, Node]> {
  if (node?.type !== 'object') return []
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name === undefined || value === undefined ? [] : [[String(name.value), value] as const],
  )
}

function findProperty(node: Node, key: string): Node | undefined {
  return listProperties(node).find(([name]) => name === key)?.[1]
}
