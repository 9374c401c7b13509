/** Schemes of clients for a folder of this machine. */
const localSchemes = new Set(['file', 'link', 'portal'])

/** `owner/name` and `owner/name#branch` are repositories, though they look like folders. */
const repository = /^[^./~@:\s][^/@:\s]*\/[^/@:\s]+$/

/**
 * The path that a specifier names where it is one of a folder or a file, relative to the manifest
 * or absolute; `undefined` for everything else. Whether there is such a folder, the disk knows.
 *
 * npm takes the text as it is: `%20` is no space, and neither `?` nor `#` ends the path. Paths
 * below the home directory (`~/`) are left out, for they lead out of the project.
 */
export function parseLocalTarget(specifier: string): string | undefined {
  const scheme = /^([a-z][a-z+.-]+):/i.exec(specifier)?.[1]
  if (scheme !== undefined) {
    const body = specifier.slice(scheme.length + 1)
    return localSchemes.has(scheme.toLowerCase()) ? normalizeSlashes(body) : undefined
  }
  const isPath = specifier.startsWith('.') || specifier.includes('/')
  return isPath && !specifier.startsWith('~') && !repository.test(specifier) ? specifier : undefined
}

/** `file:///a` and `file://a` are `/a` to npm, `file:/../a` is `../a`. */
function normalizeSlashes(body: string): string {
  const path = body.replace(/^\/+/, '/')
  return /^\/\.\.?(?:\/|$)/.test(path) ? path.slice(1) : path
}
