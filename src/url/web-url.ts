import { withoutTrailingDots } from './host-name.ts'

/**
 * Reads an absolute `http:` or `https:` URL; `undefined` for everything else.
 *
 * Credentials come off here, so that any URL further in can be printed; `hasCredentials` tells
 * that there were some.
 */
export function parseWebUrl(text: string): WebUrl | undefined {
  const url = parseUrl(text)
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined
  if (url.username === '' && url.password === '') return { url, hasCredentials: false }
  url.username = ''
  url.password = ''
  return { url, hasCredentials: true }
}

/** Asking `URL.canParse` first would parse every address of a lockfile twice. */
function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** A parsed web address without its credentials. */
export interface WebUrl {
  readonly url: URL
  readonly hasCredentials: boolean
}

/**
 * Reads the URL of a registry: a web address whose path is made to end in `/`, without query,
 * fragment and credentials; `undefined` for everything else.
 */
export function parseRegistryUrl(text: string): URL | undefined {
  const url = parseWebUrl(text)?.url
  if (url === undefined) return undefined
  url.search = ''
  url.hash = ''
  if (!url.pathname.endsWith('/')) url.pathname += '/'
  return url
}

/**
 * Whether a URL lies below a registry: the same scheme, host and port, and a path below the
 * registry's, compared at a `/`.
 */
export function isServedBy(url: URL, registry: URL): boolean {
  return (
    url.protocol === registry.protocol &&
    (url.host === registry.host || canonicalHost(url) === canonicalHost(registry)) &&
    url.pathname.startsWith(registry.pathname) &&
    !hasEncodedTraversal(url.pathname.slice(registry.pathname.length))
  )
}

/** Host and port, without the dots that may end a host name. */
function canonicalHost(url: URL): string {
  return `${withoutTrailingDots(url.hostname)}:${url.port}`
}

/**
 * Whether a path climbs out once a server has decoded it. `new URL` resolves `..` and `%2e%2e`
 * between plain slashes, but leaves `..%2f` alone, and there are servers that decode first.
 */
function hasEncodedTraversal(path: string): boolean {
  if (!path.includes('%')) return false
  const decoded = path
    .replace(/%2e/gi, '.')
    .replace(/%2f/gi, '/')
    .replace(/%5c|\\/gi, '/')
  return decoded.split('/').some((segment) => segment === '..' || segment === '.')
}

/** Whether a host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`. */
export function isLoopback(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]') {
    return true
  }
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}
