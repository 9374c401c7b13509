import type { Finding } from '../finding.ts'
import { isPublicHost } from '../url/public-registry.ts'
import { hasPrefix } from '../url/url-prefix.ts'
import { isServedBy, parseWebUrl } from '../url/web-url.ts'
import type { ClientInUse, LockfileInUse, PolicyContext } from './rule.ts'

/**
 * What npm's `allow-remote=none` would refuse in a lockfile: packages fetched from an address that
 * is not below the registry configured for them.
 *
 * npm 12 takes an alias for a package of the alias's own scope, so it refuses aliases of `@jsr`
 * that are perfectly private. jsr-guard lifts the setting for its run, and this does its work.
 */
export function findRemotes(
  context: PolicyContext,
  client: ClientInUse,
  { file, content }: LockfileInUse,
): Finding[] {
  if (content.type !== 'read') return []
  return content.lockfile.packages.flatMap((locked) => {
    const { source, name, version } = locked
    if (source.type !== 'remote' || isExpected(source.url, name, { context, client })) return []
    return [
      {
        rule: 'unknown-source',
        severity: 'error',
        message: `${name} is fetched from ${source.url.origin}${source.url.pathname}, which is not its registry, and npm's allow-remote does not let it`,
        hint: 'name a package of the registry instead, or set allow-remote=all if you trust it',
        file,
        line: locked.line(),
        package: name,
        version,
      } satisfies Finding,
    ]
  })
}

/** Dependencies that a manifest asks for by address, which `allow-remote=none` would refuse. */
export function findRemoteRequests({ manifests }: PolicyContext): Finding[] {
  return manifests.flatMap(({ file, dependencies }) =>
    dependencies.flatMap(({ alias, specifier, line }) => {
      const url = parseWebUrl(specifier)?.url
      if (url === undefined) return []
      return [
        {
          rule: 'unknown-source',
          severity: 'error',
          message: `${alias} is asked for by address (${url.origin}${url.pathname}), and npm's allow-remote does not let it`,
          hint: 'name a package of the registry instead, or set allow-remote=all if you trust it',
          file,
          line,
          package: alias,
          version: undefined,
        } satisfies Finding,
      ]
    }),
  )
}

function isExpected(
  url: URL,
  name: string,
  { context, client }: { readonly context: PolicyContext; readonly client: ClientInUse },
): boolean {
  const route = client.routeOf(name).url
  if (route !== undefined && isServedBy(url, route)) return true
  // npm takes the public registry's host for a placeholder of the default registry.
  if (isPublicHost(url.hostname)) return true
  if (!name.startsWith('@jsr/')) return false
  const { registry, tarballs } = context
  const isPrivate = registry !== undefined && isServedBy(url, registry)
  return isPrivate || tarballs.some((prefix) => hasPrefix(url, prefix))
}
