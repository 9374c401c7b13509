/** The package that a tarball's URL is for. */
export interface PackageInUrl {
  /** The registry's name, such as `@jsr/luca__cases`. */
  readonly name: string
  /** `undefined` where the file's name tells none. */
  readonly version: string | undefined
}

/**
 * The package that a tarball's URL is for; `undefined` where it doesn't tell, or could be read in
 * two ways.
 *
 * Knows the layouts that registries serve, below whatever path they are mounted at:
 *
 * - `@s/n/-/n-1.0.0.tgz`: npm, Azure Artifacts, GAR, Nexus, CodeArtifact, Cloudsmith, ProGet, vlt;
 *   the scope may be `%40` and end in `%2f`
 * - `@s/n/-/1.0.0.tgz`: Verdaccio and Nexus behind JSR's own layout
 * - `@s/n/-/@s/n-1.0.0.tgz`: Artifactory and GitLab
 * - `@s/n/-/1.0.0/n-1.0.0.tgz`: Gitea and Forgejo
 * - `@s/n/download/@s/n-1.0.0.tgz`: cnpm
 * - `download/@s/n/1.0.0/<hash>`: GitHub Packages
 * - `~/11/@jsr/s__n/1.0.0.tgz`: JSR
 *
 * GAR's `/artifacts-downloads/` and what blob stores hand out tell nothing.
 */
export function detectPackage(url: URL): PackageInUrl | undefined {
  const parts = decodePath(url.pathname)
  if (parts === undefined) return undefined
  // Where npm's separator stands, nothing but npm's layout is looked for.
  if (parts.includes('-')) return detectSeparated(parts, '-')
  return detectGitHub(parts) ?? detectJsr(parts) ?? detectSeparated(parts, 'download')
}

/** Tells whether a URL's path is what npm's convention makes of a name and version; `false` says nothing. */
export type ConventionCheck = (path: string, name: string, version: string) => boolean

/**
 * A quick yes for the many entries with nothing special about them. It remembers the path that the
 * last of them lay below, since a lockfile's entries mostly share that.
 */
export function createConventionCheck(): ConventionCheck {
  let base = ''
  return (path, name, version) => {
    if (path.includes('%')) return false
    const start = findConvention(path, name, version)
    if (start === base.length && base !== '' && path.startsWith(base)) return true
    if (path[start - 1] !== '/') return false
    const before = path.slice(0, start)
    // Before an unscoped name a scope may stand, and a second separator makes the path ambiguous.
    if (/@|\/-\//.test(before)) return false
    base = before
    return true
  }
}

/** Where `<name>/-/<name without scope>-<version>.tgz` starts, if a path ends in it; else -1. Builds no text. */
function findConvention(path: string, name: string, version: string): number {
  const file = withoutScope(name)
  const start = path.length - name.length - file.length - version.length - 8
  const isThere =
    start >= 0 &&
    path.startsWith(name, start) &&
    path.startsWith('/-/', start + name.length) &&
    path.startsWith(file, start + name.length + 3) &&
    path[start + name.length + 3 + file.length] === '-' &&
    path.startsWith(version, start + name.length + 4 + file.length) &&
    path.endsWith('.tgz')
  return isThere ? start : -1
}

/**
 * Whether a URL's path names something in the scope `@jsr`, in whatever layout. A path that can't be
 * decoded counts: a server that decodes it in its own way may find the scope there.
 */
export function hasJsrScope(pathname: string): boolean {
  // What has neither can't hold the scope in any spelling, and almost no address has.
  if (!/%|@jsr/i.test(pathname)) return false
  const parts = decodePath(pathname)
  return parts === undefined || parts.some((part) => part.toLowerCase() === '@jsr')
}

/**
 * Whether a path climbs once a server has decoded it: `new URL` resolves `..` between plain
 * slashes, but leaves `..%2f` alone.
 */
export function isClimbing(url: URL): boolean {
  return url.pathname.includes('%') && decodePath(url.pathname) === undefined
}

/** The segments of a path, encoded slashes counted as slashes; `undefined` for what must not be guessed at. */
function decodePath(path: string): string[] | undefined {
  const text = path.includes('%') ? decode(path) : path
  if (text === undefined || /[%\\\p{Cc}]/u.test(text)) return undefined
  const parts = text.split('/')
  return parts.includes('..') || parts.includes('.') ? undefined : parts
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** `…/download/@scope/name/1.0.0/<hash>`. */
function detectGitHub(parts: readonly string[]): PackageInUrl | undefined {
  const [folder, scope, name, version, hash] = parts.slice(-5)
  if (folder !== 'download' || !/^[0-9a-f]{32,128}$/.test(hash ?? '')) return undefined
  return isScope(scope) && isName(name) ? { name: `${scope}/${name}`, version } : undefined
}

/** `…/~/11/@jsr/scope__name/1.0.0.tgz`. */
function detectJsr(parts: readonly string[]): PackageInUrl | undefined {
  const [tilde, revision, scope, name, file] = parts.slice(-5)
  if (tilde !== '~' || !/^\d+$/.test(revision ?? '')) return undefined
  if (!isScope(scope) || !isName(name)) return undefined
  return { name: `${scope}/${name}`, version: withoutExtension(file ?? '') }
}

/** `…/[@scope/]name/-/…`, and the same with `download` in the separator's place. */
function detectSeparated(
  parts: readonly string[],
  separator: '-' | 'download',
): PackageInUrl | undefined {
  const at = findSeparator(parts, separator)
  const base = at === undefined ? undefined : parts[at - 1]
  if (at === undefined || !isName(base)) return undefined
  const before = parts[at - 2]
  const scope = isScope(before) ? before : undefined
  const stem = detectStem(parts.slice(at + 1), scope)
  // Releases of GitHub have `download` too: only a file named for the package tells of cnpm.
  if (stem === undefined || (separator === 'download' && !isNamedFor(stem, base))) return undefined
  const version = detectVersion(stem, base)
  if (version === undefined) return undefined
  return { name: scope === undefined ? base : `${scope}/${base}`, version: version.text }
}

/** Where the first separator stands; GitLab's own `/-/packages/` is none. So little may follow it that there is no second. */
function findSeparator(parts: readonly string[], separator: string): number | undefined {
  const at = parts.findIndex((part, index) => part === separator && parts[index + 1] !== 'packages')
  return at === -1 ? undefined : at
}

/** What stands after the separator: a file, below the scope once more or below a folder for its version. */
interface Stem {
  readonly folder: string | undefined
  readonly file: string
}

function detectStem(after: readonly string[], scope: string | undefined): Stem | undefined {
  const [first, second] = after
  if (after.length === 1 && first !== undefined) return { folder: undefined, file: first }
  if (after.length !== 2 || first === undefined || second === undefined) return undefined
  if (first === scope) return { folder: undefined, file: second }
  return { folder: first, file: second }
}

function isNamedFor({ folder, file }: Stem, base: string): boolean {
  return folder === undefined && file.startsWith(`${base}-`)
}

/** The version that file and folder agree on; `undefined` where the file is for another package. */
function detectVersion(
  { folder, file }: Stem,
  base: string,
): { readonly text: string | undefined } | undefined {
  const stem = withoutExtension(file)
  if (stem === undefined) return folder === undefined ? { text: undefined } : undefined
  const isNamed = stem.startsWith(`${base}-`)
  if (!isNamed && !/^\d/.test(stem)) return undefined
  const text = isNamed ? stem.slice(base.length + 1) : stem
  return folder === undefined || folder === text ? { text } : undefined
}

function withoutExtension(file: string): string | undefined {
  const end = ['.tgz', '.tar.gz'].find((extension) => file.endsWith(extension))
  return end === undefined ? undefined : file.slice(0, -end.length)
}

function withoutScope(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}

function isScope(part: string | undefined): part is string {
  return part !== undefined && part.length > 1 && part.startsWith('@')
}

function isName(part: string | undefined): part is string {
  return part !== undefined && part !== '' && !part.startsWith('@')
}
