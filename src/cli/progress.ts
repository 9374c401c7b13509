import type { Output } from './context.ts'

/** A line on a terminal that says how far something has come. */
export interface ProgressLine {
  readonly update: (done: number, all: number) => void
  /** Takes it away. */
  readonly clear: () => void
}

/** A progress line on a terminal; on anything else it says nothing. */
export function createProgressLine(output: Output, what: string): ProgressLine {
  if (!output.isTerminal) return { update: () => undefined, clear: () => undefined }
  let shown = ''
  const write = (text: string): void => {
    if (text === shown) return
    // Back to the start, and the rest of what stood there taken out.
    output.write(`\r${text}\u001b[K`)
    shown = text
  }
  return {
    update: (done, all) => write(`jsr-guard: ${what} ${done}/${all}`),
    clear: () => write(''),
  }
}
