/** Colours for a terminal. */
export type Paint = Readonly<Record<PaintName, (text: string) => string>>

type PaintName = 'red' | 'yellow' | 'green' | 'bold' | 'dim'

/** Colours, or functions that leave the text alone. The text must be escaped before. */
export function createPaint(hasColor: boolean): Paint {
  return hasColor ? ansi : plain
}

const ansi: Paint = {
  red: (text) => `\u001B[31m${text}\u001B[39m`,
  yellow: (text) => `\u001B[33m${text}\u001B[39m`,
  green: (text) => `\u001B[32m${text}\u001B[39m`,
  bold: (text) => `\u001B[1m${text}\u001B[22m`,
  dim: (text) => `\u001B[2m${text}\u001B[22m`,
}

const plain: Paint = {
  red: (text) => text,
  yellow: (text) => text,
  green: (text) => text,
  bold: (text) => text,
  dim: (text) => text,
}
