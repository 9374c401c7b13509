/** What the id of a package in a `vlt-lock.json` says. */
export type VltId =
  /** A registry, by its alias or its address, and `name@version`. */
  | {
      readonly type: 'registry'
      readonly registry: string
      readonly name: string
      readonly version: string
    }
  | { readonly type: 'git'; readonly address: string }
  | { readonly type: 'remote'; readonly address: string }
  /** A folder, relative to the lockfile. */
  | { readonly type: 'file'; readonly folder: string }
  | { readonly type: 'workspace'; readonly folder: string }

/**
 * Reads the id of a package: parts divided by `~`, in which signs that no file may be called by are
 * written otherwise. `undefined` for what vlt does not write.
 *
 * @see https://github.com/vltpkg/vltpkg (`src/dep-id/src/browser.ts`)
 */
export function parseVltId(id: string): VltId | undefined {
  return parsePlain(id) ?? parseParts(id)
}

/**
 * What nearly every id is: a registry by its alias, and `name@version`, with nothing in it that is
 * written otherwise but the slash behind a scope. Makes no list of its parts.
 */
function parsePlain(id: string): VltId | undefined {
  const middle = id.indexOf('~', 1)
  if (!id.startsWith('~') || middle === -1) return undefined
  const isPlain = !id.includes('_') && !id.includes('~', middle + 1)
  return isPlain
    ? readRegistry(withSlashes(id.slice(1, middle)), withSlashes(id.slice(middle + 1)))
    : undefined
}

function withSlashes(part: string): string {
  return part.includes('+') ? part.replaceAll('+', '/') : part
}

function parseParts(id: string): VltId | undefined {
  const parts = id.split('~').map(decode)
  const [type, first, second] = parts
  if (type === undefined || first === undefined || parts.length > 4) return undefined
  if (type === '') return readRegistry(first, second)
  if (type === 'git') {
    return second === undefined ? undefined : { type, address: `${first}#${second}` }
  }
  if (type === 'remote') return { type, address: first }
  return type === 'file' || type === 'workspace' ? { type, folder: first } : undefined
}

/** Whether an id says beyond doubt that its package has a name; `false` says nothing. */
export function isNameOfId(id: string, name: string): boolean {
  const start = id.startsWith('~') ? id.indexOf('~', 1) + 1 : 0
  if (start === 0 || name === '' || !plainName.test(name)) return false
  const written = encodePlain(name)
  return id.startsWith(written, start) && id[start + written.length] === '@'
}

/** Nothing that is written otherwise but `_` and `/`, and no second `@`, behind which the version is. */
const plainName = /^@?[\w./-]*$/

function encodePlain(name: string): string {
  const isSame = !name.includes('_') && !name.includes('/')
  return isSame ? name : name.replaceAll('_', '__').replaceAll('/', '+')
}

function readRegistry(registry: string, spec: string | undefined): VltId | undefined {
  const at = spec === undefined ? -1 : spec.indexOf('@', 1)
  if (spec === undefined || at === -1) return undefined
  return { type: 'registry', registry, name: spec.slice(0, at), version: spec.slice(at + 1) }
}

const signs: ReadonlyMap<string, string> = new Map([
  ['__', '_'],
  ['_p', '+'],
  ['_b', '\\'],
  ['_c', ':'],
  ['_t', '~'],
  ['_l', '<'],
  ['_g', '>'],
  ['_q', '"'],
  ['_i', '|'],
  ['_m', '?'],
  ['_a', '*'],
  ['_d', '.'],
  ['_s', ' '],
])

/** `undefined` where a sign is written as vlt does not write it. */
function decode(part: string): string | undefined {
  if (!part.includes('_')) return withSlashes(part)
  let isKnown = true
  const text = part.replace(/_.?|\+/gs, (found) => {
    if (found === '+') return '/'
    const sign = signs.get(found)
    if (sign === undefined) isKnown = false
    return sign ?? ''
  })
  return isKnown ? text : undefined
}
