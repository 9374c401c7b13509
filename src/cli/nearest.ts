import { distance } from 'fastest-levenshtein'

/** What someone who wrote `text` may have meant; all the names where none is like it. */
export function formatNearest(text: string, names: readonly string[]): string {
  const nearest = detectNearest(text, names)
  return nearest === undefined ? `one of: ${names.join(', ')}` : `did you mean "${nearest}"?`
}

const maxLength = 64

function detectNearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase().slice(0, maxLength)
  const scored = names.map((name) => ({ name, edits: distance(wanted, name) }))
  const nearest = scored.toSorted((a, b) => a.edits - b.edits)[0]
  const limit = Math.min(wanted.length - 1, Math.max(1, wanted.length / 2))
  if (nearest !== undefined && nearest.edits <= limit) return nearest.name
  return wanted.length < 3 ? undefined : names.find((name) => name.includes(wanted))
}
