import { redactText } from '../url/redact.ts'
import { parseWebUrl } from '../url/web-url.ts'
import type { PackageSource } from './locked-package.ts'

/**
 * Reads where a lockfile says that a package comes from: a web address, a git repository or a path
 * of this machine. Whatever is none of these for certain is `unknown`; never throws.
 *
 * Text that only some readers take for a URL is `unknown` too: npm reads an address with a space
 * before it as a folder, `new URL` reads it as an address.
 */
export function parseSource(text: string): PackageSource {
  if (text.startsWith('https://')) return parseRemote(text)
  const scheme = text.slice(0, text.indexOf(':') + 1).toLowerCase()
  if (scheme === 'https:' || scheme === 'http:') return parseRemote(text)
  if (gitSchemes.has(scheme)) return parseGit(text)
  if (gitShortcuts.has(scheme)) return { type: 'git', url: text }
  if (scheme === 'file:') return parseLocal(text)
  return unknownSource(text)
}

/** A source that nothing can be said about, its text without credentials. */
export function unknownSource(text: string): PackageSource {
  return { type: 'unknown', text: redactText(text) }
}

/** A path; a `file:` address with a host leads to another machine, for those who know such shares. */
function parseLocal(text: string): PackageSource {
  const isHere = URL.canParse(text) && new URL(text).host === ''
  return isHere ? { type: 'local', path: text } : unknownSource(text)
}

const gitSchemes: ReadonlySet<string> = new Set([
  'git:',
  'git+ssh:',
  'git+https:',
  'git+http:',
  'git+file:',
])

const gitShortcuts: ReadonlySet<string> = new Set(['github:', 'gitlab:', 'bitbucket:', 'gist:'])

/** `new URL` drops tabs and line feeds wherever they stand, and spaces at the ends. */
const hasBlank = /[\0- \x7f]/

function parseRemote(text: string): PackageSource {
  const web = parseWebUrl(text)
  // Text that comes out of the parser as it went in holds nothing that it drops.
  if (web === undefined || (web.url.href !== text && hasBlank.test(text)))
    return unknownSource(text)
  const { url, hasCredentials } = web
  return { type: 'remote', url, hasCredentials }
}

/** git's own way to write a host and a path, which is no URL: `git+ssh://git@host:folder/name`. */
const scpAddress = /^(git\+ssh:\/\/[^\s/@:#]+@[^\s/@:#]+):(?!\d+(?:\/|$))(?=[^\s#])/i

/** `new URL` takes an address without them too, but finds no host in it. */
const hasSlashes = /^[^:]+:\/\//

function parseGit(text: string): PackageSource {
  const address = text.replace(scpAddress, '$1/')
  if (!hasSlashes.test(address) || hasBlank.test(address) || !URL.canParse(address)) {
    return unknownSource(text)
  }
  const url = new URL(address)
  url.password = ''
  // The user of an ssh address is part of the address; that of a web address may be a token.
  if (url.protocol !== 'git+ssh:') url.username = ''
  return { type: 'git', url: url.href }
}
