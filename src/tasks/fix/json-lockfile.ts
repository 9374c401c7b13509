import { findNodeAtLocation, type Node } from 'jsonc-parser'
import { blankJsonExtras } from '../../json/blank-extras.ts'
import { editValues, type ValueEdit } from '../../manifest/edit.ts'
import { parseTextTree, type TextTree } from '../../manifest/text-tree.ts'
import type { Repointing } from './repoint.ts'

/** The text of a `bun.lock` with other addresses as the second element of its entries. */
export function repointBunLockfile(text: string, repointings: readonly Repointing[]): string {
  return repointJson(text, blankJsonExtras(text), {
    repointings,
    tables: [['packages']],
    keyOf: ({ locked }) => locked.key,
    find: (entry) => entry.children?.[1],
  })
}

/** The text of a `deno.lock` with other addresses as `tarball` of its packages of npm. */
export function repointDenoLockfile(text: string, repointings: readonly Repointing[]): string {
  return repointJson(text, text, {
    repointings,
    tables: [['npm'], ['packages', 'npm']],
    keyOf: ({ locked }) => locked.key.replace(/^npm:/, ''),
    find: (entry) => findNodeAtLocation(entry, ['tarball']),
  })
}

interface JsonPlaces {
  readonly repointings: readonly Repointing[]
  /** The keys that lead to the tables of entries. */
  readonly tables: ReadonlyArray<readonly string[]>
  readonly keyOf: (repointing: Repointing) => string
  /** The address of an entry. */
  readonly find: (entry: Node) => Node | undefined
}

/** `source` is the text as plain JSON, of the same length. */
function repointJson(
  text: string,
  source: string,
  { repointings, tables, keyOf, find }: JsonPlaces,
): string {
  const tree = parseTextTree(source)
  if (tree === undefined) return text
  const wanted = new Map(repointings.map((each) => [keyOf(each), each]))
  const edits = tables.flatMap((table) =>
    (findNodeAtLocation(tree.root, [...table])?.children ?? []).flatMap(
      ({ children: [key, entry] = [] }) => {
        const repointing = wanted.get(String(key?.value))
        const node = repointing === undefined || entry === undefined ? undefined : find(entry)
        return editAddress(node, repointing, tree)
      },
    ),
  )
  return editValues(text, edits)
}

function editAddress(
  node: Node | undefined,
  repointing: Repointing | undefined,
  { offsetOf }: TextTree,
): ValueEdit[] {
  const address: unknown = node?.value
  if (node === undefined || repointing === undefined || typeof address !== 'string') return []
  if (!URL.canParse(address) || new URL(address).href !== repointing.from.href) return []
  return [{ offset: offsetOf(node), length: node.length, value: repointing.to }]
}
