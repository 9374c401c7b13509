/** A string value to put into a text, in place of another. */
export interface ValueEdit {
  /** Place of the old value in the text, quotes included. */
  readonly offset: number
  readonly length: number
  readonly value: string
}

/** A piece of text to put in place of another. */
export interface TextEdit {
  readonly offset: number
  readonly length: number
  readonly text: string
}

/**
 * Replaces string values in JSON text. Everything else stays byte for byte: indentation, order of
 * keys, ends of lines, byte order mark.
 */
export function editValues(text: string, edits: readonly ValueEdit[]): string {
  return editText(
    text,
    edits.map(({ offset, length, value }) => ({ offset, length, text: JSON.stringify(value) })),
  )
}

/** Replaces pieces of a text that don't overlap, in any order. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  const pieces: string[] = []
  let end = 0
  for (const edit of edits.toSorted((a, b) => a.offset - b.offset)) {
    pieces.push(text.slice(end, edit.offset), edit.text)
    end = edit.offset + edit.length
  }
  return [...pieces, text.slice(end)].join('')
}
