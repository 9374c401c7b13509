/** What a walk over the keys of a JSON text finds. */
export interface KeyScan {
  /** The keys of the outermost object and of those directly below it, in the order of the text. */
  readonly upperKeys: UpperKeys
  /** Whether a key stands twice in one of the objects further in. */
  readonly hasInnerDuplicate: boolean
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

/**
 * Walks over text that `JSON.parse` has accepted, once. Strings are jumped over; each colon outside
 * of them ends a key.
 *
 * Nearly all objects of a lockfile are small: their keys are compared in the text itself, so that
 * nothing is allocated for them.
 */
export function scanKeys(source: string): KeyScan {
  const upperKeys: UpperKeys = { starts: [], lines: [], depths: [] }
  const inner = createInnerKeys()
  let line = 1
  let start = 0
  let startLine = 1
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charCodeAt(at)
    if (char === quote) {
      start = at
      // The colon may stand on a later line than its key.
      startLine = line
      at = stringEnd(source, at)
    } else if (char === newline) line += 1
    else if (char === colon) {
      if (inner.depth <= 2) pushKey(upperKeys, { start, line: startLine, depth: inner.depth })
      else if (isRepeated(source, inner, start)) return { upperKeys, hasInnerDuplicate: true }
    } else if (char > colon) changeDepth(inner, char)
  }
  return { upperKeys, hasInnerDuplicate: false }
}

function pushKey(
  { starts, lines, depths }: UpperKeys,
  key: { readonly start: number; readonly line: number; readonly depth: number },
): void {
  starts.push(key.start)
  lines.push(key.line)
  depths.push(key.depth)
}

/** The objects that are open at a place in the text, and the keys that they have so far. */
interface InnerKeys {
  depth: number
  /** Offsets of keys, a stack; what lies beyond `size` is left over. */
  readonly starts: number[]
  size: number
  /** By depth: where the keys of the open object begin in the stack. */
  readonly bases: number[]
  /** By depth: the keys of an open object that is large, or has a key with an escape. */
  readonly sets: Array<Set<string> | undefined>
}

function createInnerKeys(): InnerKeys {
  return { depth: 0, starts: [], size: 0, bases: [0], sets: [undefined] }
}

function changeDepth(inner: InnerKeys, char: number): void {
  // `{` and `[`; `}` and `]` are the only others that stand outside of strings and matter.
  if (char === 123 || char === 91) {
    inner.depth += 1
    inner.bases[inner.depth] = inner.size
    inner.sets[inner.depth] = undefined
  } else if (char === 125 || char === 93) {
    inner.size = inner.bases[inner.depth] ?? 0
    inner.depth -= 1
  }
}

/** Objects of more keys are looked up in a set; comparing each with each would take too long. */
const smallObject = 24

/** Adds a key to the innermost object; `true` where it is there already. */
function isRepeated(source: string, inner: InnerKeys, start: number): boolean {
  const { depth, starts, size } = inner
  const set = inner.sets[depth]
  if (set !== undefined) return !addNew(set, keyAt(source, start))
  const base = inner.bases[depth] ?? 0
  if (size - base >= smallObject || hasEscape(source, start)) {
    const keys = new Set(starts.slice(base, size).map((other) => keyAt(source, other)))
    inner.sets[depth] = keys
    return !addNew(keys, keyAt(source, start))
  }
  for (let index = base; index < size; index += 1) {
    if (isSameKey(source, starts[index] ?? 0, start)) return true
  }
  starts[size] = start
  inner.size = size + 1
  return false
}

/** Whether two keys without escapes are the same text, up to the quote that ends them. */
function isSameKey(source: string, one: number, other: number): boolean {
  for (let at = 1; ; at += 1) {
    const char = source.charCodeAt(one + at)
    if (char !== source.charCodeAt(other + at)) return false
    if (char === quote) return true
  }
}

function hasEscape(source: string, start: number): boolean {
  for (let at = start + 1; ; at += 1) {
    const char = source.charCodeAt(at)
    if (char === backslash) return true
    if (char === quote) return false
  }
}

function addNew(keys: Set<string>, key: string): boolean {
  if (keys.has(key)) return false
  keys.add(key)
  return true
}

/** Finds the key that stands twice in one object, for a message; slower, with a set per object. */
export function findDuplicate(
  source: string,
): { readonly key: string; readonly line: number } | undefined {
  const open: Array<Set<string>> = []
  let line = 1
  let start = 0
  let startLine = 1
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charCodeAt(at)
    if (char === quote) {
      start = at
      startLine = line
      at = stringEnd(source, at)
    } else if (char === newline) line += 1
    else if (char === colon) {
      const keys = open.at(-1)
      if (keys !== undefined && !addNew(keys, keyAt(source, start))) {
        return { key: source.slice(start, stringEnd(source, start) + 1), line: startLine }
      }
    } else if (char === 123 || char === 91) open.push(new Set())
    else if (char === 125 || char === 93) open.pop()
  }
  return undefined
}

/** Offset of the quote that closes the string opened at `start`. */
function stringEnd(source: string, start: number): number {
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
