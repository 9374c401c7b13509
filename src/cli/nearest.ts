/** The name that someone who wrote `text` may have meant; `undefined` if none is like it. */
export function detectNearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase().slice(0, maxLength)
  const scored = names.map((name) => ({ name, distance: measureDistance(wanted, name) }))
  const nearest = scored.toSorted((a, b) => a.distance - b.distance)[0]
  const limit = Math.min(wanted.length - 1, Math.max(1, wanted.length / 2))
  if (nearest !== undefined && nearest.distance <= limit) return nearest.name
  return wanted.length < 3 ? undefined : names.find((name) => name.includes(wanted))
}

/** `did you mean "check"?`, or all the names where none is like it. */
export function formatNearest(text: string, names: readonly string[]): string {
  const nearest = detectNearest(text, names)
  return nearest === undefined ? `one of: ${names.join(', ')}` : `did you mean ${nearest}?`
}

const maxLength = 64

/** How many letters must be added, taken out or changed. */
function measureDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [index, letter] of from.split('').entries()) {
    const next = [index + 1]
    for (let at = 0; at < to.length; at += 1) {
      const change = (row[at] ?? 0) + (letter === to[at] ? 0 : 1)
      next.push(Math.min(change, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
