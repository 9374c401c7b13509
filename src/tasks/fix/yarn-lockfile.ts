import { editText, type TextEdit } from '../../manifest/edit.ts'
import type { Repointing } from './repoint.ts'

/**
 * The text of a `yarn.lock` of Yarn 1 with other addresses behind `resolved`. The hash behind `#` stays.
 */
export function repointYarnLockfile(text: string, repointings: readonly Repointing[]): string {
  return editEntries(text, repointings, (entry, { from, to }) => {
    const match = /(?<=^ {2}resolved "?)[^\s"#]+/m.exec(entry)
    if (match === null || !isAddress(match[0], from)) return undefined
    return { offset: match.index, length: match[0].length, text: to }
  })
}

/**
 * The text of a `yarn.lock` of Yarn 2 and later with other addresses behind `__archiveUrl=`. Where a
 * patch lies on the package, its address is written in another way, and stays.
 */
export function repointYarnBerryLockfile(text: string, repointings: readonly Repointing[]): string {
  return editEntries(text, repointings, (entry, { from, to }) => {
    const match =
      /(?<=^ {2}resolution: "[^"\s]+@(?:npm|jsr):[^":\s]+::__archiveUrl=)[^"\s&+]+(?=" ?$)/m.exec(
        entry,
      )
    const written = match === null ? undefined : tryDecode(match[0])
    if (match === null || written === undefined || !isAddress(written, from)) return undefined
    return { offset: match.index, length: match[0].length, text: encodeURIComponent(to) }
  })
}

type EditEntry = (entry: string, repointing: Repointing) => TextEdit | undefined

/** One entry is several packages where several aliases lead to it, and is edited once. */
function editEntries(
  text: string,
  repointings: readonly Repointing[],
  editEntry: EditEntry,
): string {
  const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
  const edits = new Map<number, TextEdit>()
  for (const repointing of repointings) {
    const start = starts[(repointing.locked.line() ?? 0) - 1]
    if (start === undefined) continue
    // An entry ends at the first empty line, and a `\r` may stand in it.
    const end = /\n\r?\n/g
    end.lastIndex = start
    const entry = text.slice(start, end.exec(text)?.index ?? text.length).replaceAll('\r', ' ')
    const edit = editEntry(entry, repointing)
    if (edit !== undefined) edits.set(start, { ...edit, offset: start + edit.offset })
  }
  return editText(text, [...edits.values()])
}

function isAddress(text: string, url: URL): boolean {
  return URL.canParse(text) && new URL(text).href === url.href
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
