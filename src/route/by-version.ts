import { isJsrHost } from '../url/jsr-host.ts'
import type { Route } from './route.ts'

/** Major, minor and patch. */
export type Version = readonly [major: number, minor: number, patch: number]

/** Reads an exact version; what follows the patch is passed over. */
export function parseVersion(text: string | undefined): Version | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text ?? '') ?? []
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch)]
}

/** Whether a version is another one or newer. */
export function isAtLeast(version: Version, least: Version): boolean {
  for (const [index, part] of least.entries()) {
    const own = version[index] ?? 0
    if (own !== part) return own > part
  }
  return true
}

/**
 * The worst of the routes that versions of a client take from one configuration. Where several
 * are harmless and lead to different registries, it can't be told.
 */
export function chooseRoute(routes: readonly Route[]): Route {
  const [worst] = routes.toSorted((a, b) => dangerOf(b) - dangerOf(a))
  if (worst === undefined) throw new Error('there are no routes to choose from')
  const isSame = new Set(routes.map(({ url }) => url?.href)).size === 1
  if (isSame || dangerOf(worst) > 0) return worst
  return { ...worst, url: undefined, from: 'each version goes elsewhere' }
}

/** How bad a route is: to JSR, to nobody knows where, to everyone's registry, to somebody's own. */
function dangerOf({ url, kind }: Route): number {
  if (url === undefined) return 2
  if (isJsrHost(url.hostname)) return 3
  return kind === 'built-in' ? 1 : 0
}
