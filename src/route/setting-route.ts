import { redactUrl } from '../url/redact.ts'
import { parseRegistryUrl, parseWebUrl } from '../url/web-url.ts'
import type { Route } from './route.ts'

/** A setting that names a registry, and where it stands. */
export interface RegistrySetting {
  /** As the client takes it; it may hold a credential. */
  readonly value: unknown
  /** As it is written, before variables are expanded. */
  readonly raw: unknown
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** The route that a setting makes; without URL where it names no address that all parsers read alike. */
export function createSettingRoute(setting: RegistrySetting, kind: Route['kind']): Route {
  const { from, file, line } = setting
  return { url: readUrl(setting.value), text: describeValue(setting), kind, from, file, line }
}

/**
 * An address that every URL parser reads alike. npm's own takes each version through another one:
 * the old `url.parse` or `new URL`, before or after it has thrown invalid values away. Where they
 * could differ, what a client asks can't be told.
 */
const plainAddress =
  /^https?:\/\/(?:[^\s"'<>\\^`{|}@/?#[\]]+@)?(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?(?:\/[!$-&(-;=@-[\]_a-z~]*)?$/i

function readUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !plainAddress.test(value)) return undefined
  const url = parseRegistryUrl(value)
  // npm strips all slashes at the end before it adds the name of a package.
  if (url !== undefined) url.pathname = `${withoutTrailingSlashes(url.pathname)}/`
  return url
}

/** Scans once; a pattern anchored at the end would try again from every slash. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

/** An address is shown as npm takes it; anything else as written, for a variable may be a secret. */
function describeValue({ value, raw }: RegistrySetting): string {
  if (typeof value !== 'string') return describeNonText(value)
  const address = parseWebUrl(value)
  if (address === undefined) return hideUserInfo(typeof raw === 'string' ? raw : '')
  const { url, hasCredentials } = address
  return hasCredentials || url.search !== '' || url.hash !== '' ? redactUrl(url) : value
}

function describeNonText(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a section' : (JSON.stringify(value) ?? '')
}

/** What no parser reads may hold a password all the same. */
function hideUserInfo(text: string): string {
  return text.replace(/^(.*?\/\/)?.*@/s, '$1')
}
