import { getNodeValue, type Node } from 'jsonc-parser'
import type { PolicyDocument } from './policy-document.ts'

/** One value that a policy sets, and where. */
export interface PolicySetting {
  /** The keys that lead to it, joined by dots: `rules.unmapped-scope`. */
  readonly key: string
  /** A text as it is, anything else as JSON. */
  readonly value: string
  /** Whether it is one of several: then policies that extend each other add to it. */
  readonly isListed: boolean
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/** Keys that set nothing by themselves. */
const silentKeys: readonly string[] = ['$schema', 'extends']

/** Every value of a policy that has been read, in the order of the text. */
export function listSettings(root: Node, document: PolicyDocument): PolicySetting[] {
  return (root.children ?? []).flatMap(({ children = [] }) => {
    const [name, value] = children
    if (name === undefined || value === undefined) return []
    const key = String(name.value)
    return silentKeys.includes(key) ? [] : listValues(value, { key, at: name.offset, document })
  })
}

interface Place {
  readonly key: string
  readonly at: number
  readonly document: PolicyDocument
}

function listValues(node: Node, { key, at, document }: Place): PolicySetting[] {
  const { file, lineAt } = document
  const children = node.children ?? []
  if (node.type === 'object') {
    return children.flatMap(({ children: [name, value] = [] }) => {
      if (name === undefined || value === undefined) return []
      return listValues(value, { key: `${key}.${String(name.value)}`, at: name.offset, document })
    })
  }
  if (node.type !== 'array') {
    return [{ key, value: formatValue(node), isListed: false, file, line: lineAt(at) }]
  }
  if (children.length === 0) {
    // An empty list may say much: an empty "allow" allows nothing.
    return [{ key, value: '[]', isListed: true, file, line: lineAt(at) }]
  }
  return children.map((item) => {
    return { key, value: formatValue(item), isListed: true, file, line: lineAt(item.offset) }
  })
}

function formatValue(node: Node): string {
  const value: unknown = getNodeValue(node)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
