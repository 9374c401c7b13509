/**
 * Values in memory that together weigh no more than a bound. The longest unused go first, as nearly
 * as is cheap to tell: to be used puts a value into the younger half.
 */
export interface ByteCache<T> {
  readonly get: (key: string) => T | undefined
  /** A value that alone is over the bound isn't kept. */
  readonly set: (key: string, value: T, bytes: number) => void
  readonly delete: (key: string) => void
  /** What all of them weigh. */
  readonly bytes: () => number
}

interface Entry<T> {
  readonly value: T
  readonly bytes: number
  /** How many moves there had been with its own: since then, so many at most have come behind it. */
  movedAt: number
}

/** An empty cache. */
export function createByteCache<T>(maxBytes: number): ByteCache<T> {
  const entries = new Map<string, Entry<T>>()
  let total = 0
  let moves = 0
  const remove = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      // A map keeps the order of insertion: the first keys are the longest unused. To move one costs
      // more than to find it, so one that is surely in the younger half stays where it is.
      if ((moves - entry.movedAt) * 2 > entries.size) {
        entries.delete(key)
        entries.set(key, entry)
        entry.movedAt = moves += 1
      }
      return entry.value
    },
    set(key, value, bytes) {
      remove(key)
      if (bytes > maxBytes) return
      entries.set(key, { value, bytes, movedAt: (moves += 1) })
      total += bytes
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break
        remove(oldest)
      }
    },
    delete: remove,
    bytes: () => total,
  }
}
