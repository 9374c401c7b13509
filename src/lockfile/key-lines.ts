import { listKeys } from '../json/key-scan.ts'

/**
 * 1-based lines of the keys of JSON objects, by the keys that lead to them, three levels deep. The
 * text, which has been read before, is walked once more when a line is first asked for: findings
 * are few, and where they are many one walk has to do for all.
 */
export function createKeyLines(text: string): (path: readonly string[]) => number | undefined {
  let lines: ReadonlyMap<string, number> | undefined
  return (path) => {
    lines ??= indexLines(text.startsWith('\uFEFF') ? text.slice(1) : text)
    return lines.get(JSON.stringify(path))
  }
}

const maxDepth = 3

function indexLines(source: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  const path: string[] = []
  for (const { text, line, depth } of listKeys(source)) {
    if (depth > maxDepth) continue
    path.length = depth - 1
    path.push(String(JSON.parse(text)))
    lines.set(JSON.stringify(path), line)
  }
  return lines
}
