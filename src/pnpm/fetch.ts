import { isRecord } from '../json/record.ts'
import { hasJsrName } from '../policy/jsr-target.ts'
import { findRegistryOf } from '../policy/private-registry.ts'
import { hasJsrScope } from '../policy/tarball-url.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { redactUrl } from '../url/redact.ts'
import { hasPrefix } from '../url/url-prefix.ts'
import { isServedBy, parseWebUrl } from '../url/web-url.ts'
import { createHookError } from './hook-error.ts'
import { refuseAnswer, type Bench } from './judge.ts'
import type { PnpmObject } from './pnpmfile.ts'

/**
 * Refuses a tarball that is about to be fetched: one on a JSR host whatever it is called, and one of
 * `@jsr` that neither the private registry nor the policy's `tarballs` serve.
 */
export function refuseTarball(address: unknown, name: string, bench: Bench): void {
  if (typeof address !== 'string') return
  const web = parseWebUrl(address)
  if (web === undefined) {
    // A path on this machine is no address; `new URL` reads what pnpm would.
    if (!hasJsrName(name) || address.startsWith('file:')) return
    throw createHookError(`${name} would be fetched from nobody knows where: ${address}`)
  }
  const { url, hasCredentials } = web
  if (!isJsrHost(url.hostname)) {
    if (!hasJsrName(name) && !hasJsrScope(url.pathname)) return
    if (!hasCredentials && isOurs(url, name, bench)) return
  }
  throw createHookError(
    `${name} would be fetched from ${redactUrl(url)}, not through ${bench.registry.href}`,
    [
      'the registry names this address, or the lockfile does: let the registry rewrite dist.tarball,',
      'or take the entry out of the lockfile; other places belong in "tarballs" of jsr-guard.json',
    ],
  )
}

function isOurs(url: URL, name: string, { registry, policy }: Bench): boolean {
  const own = findRegistryOf(name, { registry, scopes: policy.scopes }) ?? registry
  return isServedBy(url, own) || policy.tarballs.some((prefix) => hasPrefix(url, prefix))
}

/** A package's manifest as a registry answers it names the tarball that pnpm fetches next. */
export function refuseDist({ name, version, dist }: PnpmObject, bench: Bench): void {
  const tarball = isRecord(dist) ? dist['tarball'] : undefined
  if (typeof tarball !== 'string' || typeof name !== 'string') return
  if (!hasJsrName(name)) refuseTarball(tarball, name, bench)
  else
    refuseAnswer(
      { name, version: typeof version === 'string' ? version : undefined, tarball },
      bench,
    )
}

/** The name in an id such as `@jsr/luca__cases@1.0.1`. */
export function nameOf(packageId: unknown): string {
  const id = String(packageId)
  const at = id.indexOf('@', 1)
  return at === -1 ? id : id.slice(0, at)
}

/**
 * pnpm 10 has fetchers among the hooks: the one for tarballs looks, then leaves the work to the
 * project's own or to pnpm's.
 */
export function createFetchers(own: unknown, open: () => Promise<Bench>): PnpmObject {
  const theirs = isRecord(own) ? own : {}
  return {
    ...theirs,
    remoteTarball: (tools: unknown) => {
      const fetch = findTarballFetcher(theirs, tools)
      return async (...args: readonly unknown[]) => {
        const [, resolution, options] = args
        const tarball = isRecord(resolution) ? resolution['tarball'] : undefined
        refuseTarball(tarball, nameOfOptions(options), await open())
        return await fetch(...args)
      }
    },
  }
}

type Fetch = (...args: readonly unknown[]) => unknown

function findTarballFetcher(own: PnpmObject, tools: unknown): Fetch {
  const create = own['remoteTarball']
  const defaults = isRecord(tools) ? tools['defaultFetchers'] : undefined
  const fetch: unknown =
    typeof create === 'function'
      ? create(tools)
      : isRecord(defaults)
        ? defaults['remoteTarball']
        : undefined
  if (typeof fetch === 'function') return (...args) => fetch(...args)
  throw createHookError('pnpm has no fetcher for tarballs that a hook could use')
}

function nameOfOptions(options: unknown): string {
  const pkg = isRecord(options) ? options['pkg'] : undefined
  return isRecord(pkg) && typeof pkg['name'] === 'string' ? pkg['name'] : 'a package'
}
