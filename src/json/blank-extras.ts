const quote = 34
const slash = 47
const star = 42
const comma = 44
const backslash = 92

/**
 * JSON with comments and trailing commas as plain JSON of the same length, line by line: what is
 * taken out becomes blanks. What is neither stays, for the parser to refuse.
 */
export function blankJsonExtras(text: string): string {
  const pieces: string[] = []
  let from = 0
  const blank = (start: number, end: number): void => {
    pieces.push(text.slice(from, start), text.slice(start, end).replace(/[^\n]/g, ' '))
    from = end
  }
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === quote) at = stringEnd(text, at)
    else if (char === slash) {
      const end = commentEnd(text, at)
      if (end === undefined) break
      blank(at, end)
      at = end - 1
    } else if (char === comma && isTrailing(text, at)) blank(at, at + 1)
  }
  pieces.push(text.slice(from))
  return pieces.join('')
}

/** Offset of the quote that closes the string opened at `start`; the text's end where none does. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

/** Where the comment that begins at `start` ends; `undefined` where it is none, or never ends. */
function commentEnd(text: string, start: number): number | undefined {
  const next = text.charCodeAt(start + 1)
  if (next === slash) {
    const end = text.indexOf('\n', start)
    return end === -1 ? text.length : end
  }
  const end = next === star ? text.indexOf('*/', start + 2) : -1
  return end === -1 ? undefined : end + 2
}

/** Whether nothing but blanks and comments stands between a comma and a bracket that closes. */
function isTrailing(text: string, start: number): boolean {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === 125 || char === 93) return true
    if (char === slash) {
      const end = commentEnd(text, at)
      if (end === undefined) return false
      at = end - 1
    } else if (char !== 32 && char !== 10 && char !== 13 && char !== 9) return false
  }
  return false
}
