import { JsrGuardError } from '../errors.ts'
import { redactText } from './redact.ts'
import { isServedBy, parseWebUrl } from './web-url.ts'

/** A place on the web: everything below a URL, whose host may stand for many. */
export interface UrlPrefix {
  readonly protocol: string
  /** Without the `*.` and without a dot at the end. */
  readonly hostname: string
  /** Whether the host was written with `*.`, which stands for one or more labels. */
  readonly isWildcard: boolean
  readonly port: string
  /** Ends in `/`. */
  readonly pathname: string
}

/**
 * What a prefix looks like: the same pattern as in `schema.json`. A `*` may stand at one place only,
 * there is no user, query or fragment, and nothing that `new URL` would quietly repair.
 */
const shape = /^https?:\/\/(?:\*\.)?[^\s*@?#\\/%]+(?:\/[^\s*?#\\]*)?$/

/**
 * Reads a URL prefix such as `https://*.corp-storage.example/npm/`.
 *
 * `*.` may only be the first label, and what follows it must have two labels or more: `*.example`
 * would trust everybody who can register a name. A public suffix of two labels (`*.co.example`)
 * can't be told from a domain, so whoever writes one has to know.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_URL`.
 */
export function parseUrlPrefix(text: string): UrlPrefix {
  const isWildcard = text.includes('://*.')
  const web = shape.test(text) ? parseWebUrl(text.replace('://*.', '://')) : undefined
  if (web === undefined) {
    throw invalid(text, 'it is not an address such as https://files.corp.example/npm/')
  }
  const { protocol, port, pathname } = web.url
  const hostname = trimDots(web.url.hostname)
  if (isWildcard && !isDomain(hostname)) {
    throw invalid(text, 'a * must be followed by a domain of two labels or more')
  }
  const end = pathname.endsWith('/') ? '' : '/'
  return { protocol, hostname, isWildcard, port, pathname: pathname + end }
}

/** Whether a URL lies below the prefix: the same scheme and port, a host it stands for, and a path compared at a `/`. */
export function hasPrefix(url: URL, prefix: UrlPrefix): boolean {
  return (
    url.protocol === prefix.protocol &&
    url.port === prefix.port &&
    isHostCovered(url.hostname, prefix) &&
    isServedBy(url, createBase(url, prefix.pathname))
  )
}

function createBase(url: URL, pathname: string): URL {
  const base = new URL(url)
  base.pathname = pathname
  return base
}

/** Whether a prefix stands for a host. */
export function isHostCovered(hostname: string, prefix: UrlPrefix): boolean {
  const host = trimDots(hostname)
  if (!prefix.isWildcard) return host === prefix.hostname
  const suffix = `.${prefix.hostname}`
  return host.length > suffix.length && host.endsWith(suffix)
}

/** A name of two labels or more that is no IP address. */
function isDomain(hostname: string): boolean {
  const labels = hostname.split('.')
  return labels.length > 1 && !labels.includes('') && !/^(?:\d+|.*\])$/.test(labels.at(-1) ?? '')
}

/** A dot at the end names the same host. */
function trimDots(hostname: string): string {
  let end = hostname.length
  while (end > 0 && hostname[end - 1] === '.') end -= 1
  return hostname.slice(0, end)
}

function invalid(text: string, reason: string): JsrGuardError {
  return new JsrGuardError(
    'ERR_JSR_GUARD_URL',
    `${JSON.stringify(redactText(text))} is no URL prefix: ${reason}`,
  )
}
