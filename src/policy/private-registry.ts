import type { Route } from '../route/route.ts'
import { parseNpmName } from '../specifier/jsr-name.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { isPublicHost } from '../url/public-registry.ts'
import type { PolicyContext } from './rule.ts'

/** What is known about where the private registry may be. */
export interface RegistryEvidence {
  /** What the command line or the policy names. */
  readonly pinned: URL | undefined
  /** Where the clients in use go for `@jsr`, and where they go for packages without a scope. */
  readonly routes: readonly Route[]
}

/**
 * The private registry: the pinned one; else the project's explicit `@jsr:registry`; else its
 * `registry`, provided that it is neither JSR nor open to everyone.
 *
 * An explicit mapping hides the default registry even where it leads to JSR: nobody would be asked
 * there. What is built into a client is never private. `undefined` means that no package can be
 * said to have come through a private registry.
 */
export function detectPrivateRegistry({ pinned, routes }: RegistryEvidence): URL | undefined {
  if (pinned !== undefined) return pinned
  const mapped = routes.filter(({ kind }) => kind === 'scope')
  const candidates = mapped.length > 0 ? mapped : routes.filter(({ kind }) => kind === 'default')
  return candidates.find(isPrivate)?.url
}

/** The registry that a package must come from: that of its scope, where the policy names one. */
export function findRegistryOf(
  packageName: string,
  { registry, scopes }: Pick<PolicyContext, 'registry' | 'scopes'>,
): URL | undefined {
  if (scopes === undefined || scopes.size === 0) return registry
  const scope = parseNpmName(packageName)?.scope
  return (scope === undefined ? undefined : scopes.get(scope)) ?? registry
}

/** Whether a route leads to a registry that is neither JSR nor open to everyone. */
export function isPrivate(route: Route): boolean {
  return route.url !== undefined && !isJsrHost(route.url.hostname) && !isOpenToAll(route)
}

/**
 * Whether everyone may publish where a route leads: the public registry, and whatever is built into
 * a client, since no client comes with somebody's private registry.
 */
export function isOpenToAll({ url, kind }: Route): boolean {
  return url !== undefined && (kind === 'built-in' || isPublicHost(url.hostname))
}
