/** Values in memory that together weigh no more than a bound; the longest unused go first. */
export interface ByteCache<T> {
  readonly get: (key: string) => T | undefined
  /** A value that alone is over the bound isn't kept. */
  readonly set: (key: string, value: T, bytes: number) => void
  readonly delete: (key: string) => void
  /** What all of them weigh. */
  readonly bytes: () => number
}

/** An empty cache. */
export function createByteCache<T>(maxBytes: number): ByteCache<T> {
  const entries = new Map<string, { readonly value: T; readonly bytes: number }>()
  let total = 0
  const remove = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      // A map keeps the order of insertion: the first key is the longest unused.
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, bytes) {
      remove(key)
      if (bytes > maxBytes) return
      entries.set(key, { value, bytes })
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
