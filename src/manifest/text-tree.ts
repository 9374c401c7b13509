import { parseTree, type Node } from 'jsonc-parser'

/** A JSON document as a tree that knows where each value stands. */
export interface TextTree {
  readonly root: Node
  /** 1-based line of an offset of the tree. */
  readonly lineAt: (offset: number) => number
  /** Offset of a value in the text itself, byte order mark counted. */
  readonly offsetOf: (node: Node) => number
}

/**
 * Positions in text that has been read as strict JSON; `undefined` where it is nested too deep to
 * be walked.
 */
export function parseTextTree(text: string): TextTree | undefined {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const root = tryParseTree(source)
  if (root === undefined) return undefined
  const skipped = text.length - source.length
  return { root, lineAt: createLineLookup(source), offsetOf: ({ offset }) => offset + skipped }
}

/** `JSON.parse` takes any depth, the tree's recursion does not. */
function tryParseTree(source: string): Node | undefined {
  try {
    return parseTree(source)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A search among the starts of the lines, since a hostile manifest may have very many of both. */
function createLineLookup(source: string): (offset: number) => number {
  const starts: number[] = []
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at)
  return (offset) => {
    let low = 0
    let high = starts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
