/** What a walk over the keys of a JSON text finds. */
export interface KeyScan {
  /** The keys of the outermost object and of those directly below it, in the order of the text. */
  readonly upperKeys: UpperKeys
  /** A key that stands twice in one object: its second place. */
  readonly duplicate: { readonly key: string; readonly line: number } | undefined
}

/** Keys, one per index of all three lists. Numbers in lists take the least memory: there may be many. */
export interface UpperKeys {
  /** Offsets of the opening quotes. */
  readonly starts: number[]
  readonly lines: number[]
  readonly depths: number[]
}

const quote = 34
const newline = 10
const colon = 58
const backslash = 92
const openBracket = 91
const closeBracket = 93
const openBrace = 123
const closeBrace = 125

/**
 * Walks over text that `JSON.parse` has accepted, once. Strings are jumped over; each colon outside
 * of them ends a key.
 */
export function scanKeys(source: string): KeyScan {
  const upperKeys: UpperKeys = { starts: [], lines: [], depths: [] }
  const objects = createObjects(source)
  let depth = 0
  let line = 1
  let start = 0
  let end = 0
  let startLine = 1
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charCodeAt(at)
    if (char === quote) {
      start = at
      // The colon may stand on a later line than its key.
      startLine = line
      at = stringEnd(source, at)
      end = at
    } else if (char === newline) line += 1
    else if (char === colon) {
      if (depth <= 2) pushKey(upperKeys, { start, line: startLine, depth })
      if (!objects.add(start, end)) {
        return { upperKeys, duplicate: { key: source.slice(start, end + 1), line: startLine } }
      }
    } else if (char === openBrace || char === openBracket) {
      depth += 1
      objects.open()
    } else if (char === closeBrace || char === closeBracket) {
      depth -= 1
      objects.close()
    }
  }
  return { upperKeys, duplicate: undefined }
}

function pushKey(
  { starts, lines, depths }: UpperKeys,
  key: { readonly start: number; readonly line: number; readonly depth: number },
): void {
  starts.push(key.start)
  lines.push(key.line)
  depths.push(key.depth)
}

/** Offset of the quote that closes the string opened at `start`. */
export function stringEnd(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); ; end = source.indexOf('"', end + 1)) {
    let before = end - 1
    while (source.charCodeAt(before) === backslash) before -= 1
    if ((end - before) % 2 === 1) return end
  }
}

/** The key whose opening quote stands at `start`, decoded. */
export function keyAt(source: string, start: number): string {
  const end = stringEnd(source, start)
  const text = source.slice(start + 1, end)
  return text.includes('\\') ? String(JSON.parse(source.slice(start, end + 1))) : text
}

/** The objects that are open at a place in the text, and the keys that they have so far. */
interface OpenObjects {
  readonly open: () => void
  readonly close: () => void
  /** Adds a key to the innermost object; `false` where it is there already. */
  readonly add: (start: number, end: number) => boolean
}

/** Objects of more keys are looked up in a set; comparing each with each would take too long. */
const smallObject = 24

/**
 * Small objects, which are nearly all of a lockfile's, are compared in the text itself, so that
 * nothing is allocated for them. A key with an escape is compared decoded.
 */
function createObjects(source: string): OpenObjects {
  // Used as stacks; what lies beyond `size` is left over.
  const starts: number[] = []
  const ends: number[] = []
  let size = 0
  const bases: number[] = []
  const sets: Array<Set<string> | undefined> = []
  return {
    open: () => {
      bases.push(size)
      sets.push(undefined)
    },
    close: () => {
      size = bases.pop() ?? 0
      sets.pop()
    },
    add: (start, end) => {
      const set = sets.at(-1)
      if (set !== undefined) return addNew(set, keyAt(source, start))
      const base = bases.at(-1) ?? 0
      if (size - base >= smallObject || hasEscape(source, start, end)) {
        const keys = new Set(starts.slice(base, size).map((other) => keyAt(source, other)))
        sets[sets.length - 1] = keys
        return addNew(keys, keyAt(source, start))
      }
      for (let index = base; index < size; index += 1) {
        const other = starts[index] ?? 0
        const isAsLong = (ends[index] ?? 0) - other === end - start
        if (isAsLong && isSameKey(source, other, start)) return false
      }
      starts[size] = start
      ends[size] = end
      size += 1
      return true
    },
  }
}

/** Whether the keys at two places are the same text, where both are of the same length. */
function isSameKey(source: string, one: number, other: number): boolean {
  for (let at = 1; ; at += 1) {
    const char = source.charCodeAt(one + at)
    if (char !== source.charCodeAt(other + at)) return false
    if (char === quote) return true
  }
}

function hasEscape(source: string, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at += 1) if (source.charCodeAt(at) === backslash) return true
  return false
}

function addNew(keys: Set<string>, key: string): boolean {
  if (keys.has(key)) return false
  keys.add(key)
  return true
}
