import { editText, type TextEdit } from '../../manifest/edit.ts'
import type { Repointing } from './repoint.ts'

/**
 * The text of a `pnpm-lock.yaml` with other addresses in its entries. Looked for is the very text of
 * an address behind `tarball:`, between the line of the entry and the next line that is indented as
 * little; whoever calls reads the result again to see that nothing else has changed.
 */
export function repointPnpmLockfile(text: string, repointings: readonly Repointing[]): string {
  const starts = listLineStarts(text)
  return editText(
    text,
    repointings.flatMap((each) => findEdit(text, starts, each) ?? []),
  )
}

function listLineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function findEdit(
  text: string,
  starts: readonly number[],
  { locked, from, to }: Repointing,
): TextEdit | undefined {
  const line = locked.line()
  const start = line === undefined ? undefined : starts[line - 1]
  if (line === undefined || start === undefined) return undefined
  const block = text.slice(start, findBlockEnd(text, starts, line))
  const match = /(?<=[\s{,]tarball:[ \t]+['"]?)[^\s'",{}]+/.exec(block)
  if (match === null || !URL.canParse(match[0]) || new URL(match[0]).href !== from.href) {
    return undefined
  }
  return { offset: start + match.index, length: match[0].length, text: to }
}

function findBlockEnd(text: string, starts: readonly number[], line: number): number {
  const indent = indentAt(text, starts[line - 1] ?? 0)
  for (let next = line; next < starts.length; next += 1) {
    const start = starts[next] ?? text.length
    const isBlank = /^[ \t]*(?:\r?\n|$)/.test(text.slice(start, start + 200))
    if (!isBlank && indentAt(text, start) <= indent) return start
  }
  return text.length
}

function indentAt(text: string, start: number): number {
  let at = start
  while (text[at] === ' ') at += 1
  return at - start
}
