import { isExactVersion, isNpmName } from './npm-key.ts'

/** What the shape of a pnpm lockfile goes by; each has keys of its own. */
export type PnpmFormat = 'v5' | 'v6' | 'v9' | 'v13'

/** What the key of an entry names. */
export type PnpmKey =
  /** A package of a registry, which is found by the name's scope. */
  | { readonly type: 'version'; readonly name: string; readonly version: string }
  /** A package of a registry that the key names: `npmjs:`, `gh:`, or a prefix of the project's. */
  | {
      readonly type: 'prefix'
      readonly name: string
      readonly version: string
      readonly prefix: string
    }
  /** Everything else: a web address, a repository, a folder. */
  | { readonly type: 'address'; readonly name: string; readonly address: string }

/**
 * Reads the key of an entry in `packages`, without what pnpm adds for peers and patches.
 *
 * `undefined` for what pnpm does not write. A version that is not exact is an address, as it is to
 * pnpm, and then no source that can be told.
 */
export function parsePnpmKey(key: string, format: PnpmFormat): PnpmKey | undefined {
  if (format === 'v5') return parseOldKey(key)
  if (format === 'v6') return key.startsWith('/') ? parseKey(key.slice(1)) : undefined
  return parseKey(key)
}

function parseKey(key: string): PnpmKey | undefined {
  const at = key.indexOf('@', 1)
  const name = key.slice(0, Math.max(0, at))
  if (at === -1 || !isNpmName(name)) return undefined
  return readPlace(name, key.slice(at + 1))
}

/** `/name/1.0.0`, `/@scope/name/1.0.0`. */
function parseOldKey(key: string): PnpmKey | undefined {
  const slash = key.lastIndexOf('/')
  const name = key.slice(1, Math.max(1, slash))
  if (!key.startsWith('/') || !isNpmName(name)) return undefined
  return readPlace(name, key.slice(slash + 1))
}

const prefixed = /^([a-z][a-z0-9._-]*):(.*)$/i
const schemes: ReadonlySet<string> = new Set(['http', 'https', 'file', 'link', 'workspace'])

function readPlace(name: string, text: string): PnpmKey {
  if (isExactVersion(text)) return { type: 'version', name, version: text }
  const [, prefix, version] = prefixed.exec(text) ?? []
  if (prefix !== undefined && version !== undefined && !schemes.has(prefix)) {
    if (isExactVersion(version)) return { type: 'prefix', name, version, prefix }
  }
  return { type: 'address', name, address: text }
}

/**
 * A key without what pnpm adds for peers and patches: `(react@18.0.0)` at the end, in version 5
 * `_react@18.0.0`.
 */
export function withoutSuffix(key: string, format: PnpmFormat): string {
  if (format === 'v5') {
    const start = key.indexOf('_', key.lastIndexOf('/'))
    return start === -1 || /^[a-z]+:/.test(key) ? key : key.slice(0, start)
  }
  const start = suffixStart(key)
  return start === -1 ? key : key.slice(0, start)
}

/** pnpm looks for the brackets from the end: there may be others in an address. */
function suffixStart(key: string): number {
  if (!key.endsWith(')')) return -1
  let depth = 0
  let start = -1
  for (let at = key.length - 1; at >= 0; at -= 1) {
    const char = key[at]
    if (char === ')') depth += 1
    else if (char === '(') depth -= 1
    else if (depth === 0) break
    if (depth === 0) start = at
  }
  return start
}

/**
 * The key that a dependency's value leads to, by the alias that it stands under; `undefined` for a
 * link to a folder, which has no entry.
 */
export function findReferredKey(
  reference: string,
  alias: string,
  format: PnpmFormat,
): string | undefined {
  if (reference.startsWith('link:')) return undefined
  if (format === 'v5') return isOldReference(reference) ? reference : `/${alias}/${reference}`
  if (format === 'v6') return isWholeKey(reference) ? reference : `/${alias}@${reference}`
  return isWholeReference(reference) ? reference : `${alias}@${reference}`
}

function isOldReference(reference: string): boolean {
  return reference.startsWith('file:') || reference.replace(/[_(].*$/s, '').includes('/')
}

function isWholeKey(reference: string): boolean {
  if (reference.startsWith('/') || reference.startsWith('file:')) return true
  return reference.replace(/\(.*$/s, '').includes('/')
}

/** pnpm's own test: an `@` before any colon or bracket ends a name. */
function isWholeReference(reference: string): boolean {
  if (reference.startsWith('@')) return true
  const at = reference.indexOf('@')
  if (at === -1) return false
  const colon = reference.indexOf(':')
  const bracket = reference.indexOf('(')
  return (colon === -1 || at < colon) && (bracket === -1 || at < bracket)
}
