import { isJsrHost } from '../url/jsr-host.ts'
import { isPublicHost } from '../url/public-registry.ts'
import { isLinkLocalHost } from '../url/special-host.ts'
import { isLoopback, parseWebUrl } from '../url/web-url.ts'

/** What is to be made of a redirect. */
export type RedirectJudgement =
  | { readonly type: 'follow'; readonly to: URL }
  /** To JSR itself, or to a registry that is open to everyone. */
  | { readonly type: 'outside'; readonly to: URL; readonly whose: 'jsr' | 'public' }
  | { readonly type: 'refused'; readonly reason: string }

/**
 * Judges a redirect before it is followed. To a storage host it may be followed: many products keep
 * their files there, and the hash in the lockfile pins what comes of it. To JSR, to the public
 * registry, to plain http and to addresses of the machine's own network it may not.
 *
 * @param location as the registry wrote it: any text
 */
export function judgeRedirect(from: URL, location: string): RedirectJudgement {
  const to = resolve(location, from)
  if (to === undefined) return refused('it redirects to something that is no web address')
  if (isJsrHost(to.hostname)) return { type: 'outside', to, whose: 'jsr' }
  if (isPublicHost(to.hostname) && to.hostname !== from.hostname) {
    return { type: 'outside', to, whose: 'public' }
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    return refused(`it redirects from https to plain http (${to.host})`)
  }
  if (isLinkLocalHost(to.hostname)) {
    return refused(`it redirects to an address of the machine's own network (${to.host})`)
  }
  if (isLoopback(to.hostname) && !isLoopback(from.hostname)) {
    return refused(`it redirects to this machine itself (${to.host})`)
  }
  return { type: 'follow', to }
}

function resolve(location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) return undefined
  return parseWebUrl(new URL(location, from.href).href)?.url
}

function refused(reason: string): RedirectJudgement {
  return { type: 'refused', reason }
}
