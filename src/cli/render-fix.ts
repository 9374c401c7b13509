import path from 'node:path'
import { createTwoFilesPatch } from 'diff'
import type { FileEdit } from '../tasks/fix/edit.ts'
import type { FixResult } from '../tasks/fix.ts'
import { formatLine } from './format-line.ts'

/** What was fixed, one line for each change; files relative to a folder. */
export function renderFixes(results: readonly FixResult[], cwd: string): string {
  const lines = results.flatMap(({ edits }) =>
    edits.flatMap(({ path: file, changes }) =>
      changes.map((change) => `fixed ${formatFile(file, cwd)}: ${change}`),
    ),
  )
  return lines.map(renderLine).join('')
}

/** What was left as it is, and why, one line for each; files relative to a folder. */
export function renderKept(results: readonly FixResult[], cwd: string): string {
  const lines = results.flatMap(({ root, kept }) =>
    kept.map(({ file, line, reason }) => {
      const place = formatFile(path.resolve(root, file), cwd)
      return `left ${line === undefined ? place : `${place}:${line}`}: ${reason}`
    }),
  )
  return lines.map(renderLine).join('')
}

function renderLine(line: string): string {
  return `jsr-guard: ${formatLine(line)}\n`
}

/** What would be fixed, as a unified diff; a note where that is nothing. */
export function renderDiff(results: readonly FixResult[], cwd: string): string {
  const edits = results.flatMap((result) => result.edits)
  if (edits.length === 0) return 'nothing to fix\n'
  return edits.map((edit) => renderEdit(edit, cwd)).join('')
}

function renderEdit({ path: target, before, after }: FileEdit, cwd: string): string {
  const file = formatFile(target, cwd)
  const old = before === undefined ? '/dev/null' : `a/${file}`
  const patch = createTwoFilesPatch(old, `b/${file}`, before ?? '', after, undefined, undefined, {
    context: 3,
  })
  // Escaping would make a tab unreadable, which lockfiles are indented with here and there.
  const lines = patch.trimEnd().split('\n').slice(1)
  return lines.map((line) => `${formatLine(line.replaceAll('\t', '  '))}\n`).join('')
}

function formatFile(file: string, cwd: string): string {
  return path.relative(cwd, file).replaceAll(path.sep, '/')
}
