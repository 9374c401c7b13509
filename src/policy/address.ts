import type { PackageSource } from '../lockfile/locked-package.ts'
import { redactText, redactUrl } from '../url/redact.ts'
import { parseWebUrl } from '../url/web-url.ts'

/**
 * The host that a specifier or a git address names, mapped as `URL.hostname` maps it; `undefined`
 * where it names none.
 *
 * Knows URLs of every scheme and git's `user@host:path`. The host of a scheme that `new URL` does
 * not know is left as it was written, so each is read again as if it were https.
 */
export function detectHost(text: string): string | undefined {
  // `new URL` drops these wherever they stand, so `ht<tab>tps:` is https too.
  const address = text.replace(/[\t\n\r]/g, '').trim()
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]
  const rest = scheme === undefined ? address : address.slice(scheme.length + 1)
  if (/^[\\/]{2}/.test(rest) || webSchemes.has(scheme?.toLowerCase() ?? '')) {
    return hostname(`https:${rest}`)
  }
  const scp = /^(?:[^\s/@:]+@)?([^\s/@:]+):/.exec(address)?.[1]
  return scp?.includes('.') === true ? hostname(`https://${scp}/`) : undefined
}

/** Their addresses need no slashes: `https:npm.jsr.io` is one. */
const webSchemes: ReadonlySet<string> = new Set(['http', 'https', 'git+http', 'git+https'])

function hostname(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined
}

const maxLength = 200

/** An address for a message: without credentials, query and fragment, and cut to a length that fits. */
export function formatAddress(address: URL | string): string {
  const text = typeof address === 'string' ? redactAddress(address) : redactUrl(address)
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text
}

function redactAddress(text: string): string {
  const prefix = /^\s*git\+/i.exec(text)?.[0] ?? ''
  const web = parseWebUrl(text.slice(prefix.length))
  return web === undefined ? redactText(text) : prefix + redactUrl(web.url)
}

/** What a lockfile says about where a package comes from, for a message. */
export function formatSource(source: PackageSource): string {
  switch (source.type) {
    case 'remote':
      return formatAddress(source.url)
    case 'git':
      return `the git repository ${formatAddress(source.url)}`
    case 'local':
      return `the path ${JSON.stringify(formatAddress(source.path))}`
    case 'bundled':
      return 'the tarball of the package that contains it'
    case 'route':
      return 'wherever the configuration leads'
    case 'native':
      return 'JSR itself'
    case 'unknown':
      return JSON.stringify(formatAddress(source.text))
  }
}
