/** What a key of `packages` in one of npm's lockfiles stands for. */
export type NpmKey =
  /** The project's root, a workspace, or another folder that the project links to. */
  | { readonly type: 'project' }
  /** A package in a `node_modules` folder, under the name that it is imported by. */
  | { readonly type: 'package'; readonly alias: string }
  /** A folder inside a package, which a `file:` dependency of that package leads to. */
  | { readonly type: 'inside'; readonly alias: string; readonly container: string }
  /** A folder of the linked install strategy, which only holds a `node_modules` folder. */
  | { readonly type: 'store' }

/**
 * Reads a key of `packages`; `undefined` where it is no plain path.
 *
 * npm resolves keys as paths, so `node_modules/./a` and `x/../node_modules/a` stand for
 * `node_modules/a` to it. Nothing is resolved here: npm itself writes no such key.
 */
export function parseNpmKey(key: string): NpmKey | undefined {
  const alias = topAlias(key)
  if (alias !== undefined) return { type: 'package', alias }
  if (key === '') return { type: 'project' }
  const segments = key.split('/')
  if (!isPlainPath(key, segments)) return undefined
  const first = segments.indexOf('node_modules')
  return first === -1 ? { type: 'project' } : parseModules(segments, first)
}

/** Whether a text can be the name of a package: what npm lets into a URL, and no path. */
export function isNpmName(text: string): boolean {
  return npmName.test(text)
}

const npmName = /^(?!node_modules$)(?:@[\w.!~*'()-]+\/(?!\.)|(?![._]))[\w.!~*'()-]+$/

/** Whether a text is one version, written out, as a registry can be asked for: no range and no tag. */
export function isExactVersion(text: string): boolean {
  return exactVersion.test(text)
}

const exactVersion = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/

const modules = 'node_modules/'

/** The alias of a package at the top, as most are. */
function topAlias(key: string): string | undefined {
  if (!key.startsWith(modules)) return undefined
  const alias = key.slice(modules.length)
  return isNpmName(alias) ? alias : undefined
}

/** A drive, a path separator of Windows, or something that no path should hold. */
const strange = /^[a-z]:|[\\\p{Cc}]/iu

/** Only a path that begins with `..` leads outside: npm writes one for a folder beside the project. */
function isPlainPath(key: string, segments: readonly string[]): boolean {
  if (strange.test(key)) return false
  const inner = segments.findIndex((segment) => segment !== '..')
  return !segments.some(
    (segment, at) =>
      segment === '' || segment === '.' || (segment === '..' && at > inner && inner !== -1),
  )
}

/** Walks from one `node_modules` to the next; each must be followed by the name of a package. */
function parseModules(segments: readonly string[], first: number): NpmKey | undefined {
  let at = first
  for (;;) {
    const isStore = segments[at + 1] === '.store'
    const name = segments.slice(at + (isStore ? 2 : 1), nameEnd(segments, at)).join('/')
    if (!(isStore ? storeName : npmName).test(name)) return undefined
    const end = nameEnd(segments, at)
    if (end === segments.length) return isStore ? store : { type: 'package', alias: name }
    if (isStore && segments[end] !== 'node_modules') return undefined
    at = segments.indexOf('node_modules', end)
    if (at === -1) return insideOf(segments, end)
  }
}

/** What the store calls a package: its name, its version and a hash. */
const storeName = /^(?:@[^/]+\/)?[^@/]+@[^/]+$/

const store: NpmKey = { type: 'store' }

/** Where the name after a `node_modules` ends: a scope and a name are two segments. */
function nameEnd(segments: readonly string[], at: number): number {
  const start = segments[at + 1] === '.store' ? at + 2 : at + 1
  return start + (segments[start]?.startsWith('@') === true ? 2 : 1)
}

function insideOf(segments: readonly string[], end: number): NpmKey {
  const [parent = '', folder = ''] = segments.slice(-2)
  return {
    type: 'inside',
    alias: parent.startsWith('@') ? `${parent}/${folder}` : folder,
    container: segments.slice(0, end).join('/'),
  }
}
