import { isServedBy } from '../../url/web-url.ts'
import { formatAddress } from '../address.ts'
import { clientTitles, formatMapping, formatRoute, locateRoute } from '../advice.ts'
import { isPrivate } from '../private-registry.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * A pinned registry is compared with every route: a route to some third registry is neither direct
 * nor public, and without a lockfile nothing else would notice. It may lie below the pinned one, as
 * the addresses of packages may. Routes found in configuration must be the same. Routes to JSR or to
 * a public registry have errors of their own.
 */
export const routeConflict: Rule = {
  id: 'route-conflict',
  summary: 'All clients and files send @jsr to one registry.',
  explanation: `Two clients would ask different registries for @jsr, or a client would ask another one than the policy names.

Which packages a developer gets then depends on the client that happens to run, and a lockfile made by one is not what the other would have installed. A route to a registry that the policy doesn't name is also what a changed .npmrc in a pull request looks like.

Make every client's configuration name the same registry, and name it in jsr-guard.json too: { "registry": "https://npm.corp.example/npm/" }.`,

  *check(context: JudgedContext) {
    if (!context.hasJsr) return
    const clients = context.clients.filter(({ route }) => isPrivate(route))
    const expected = context.registry ?? clients[0]?.route.url
    if (expected === undefined) return
    for (const client of clients) {
      const { name, route } = client
      if (isExpected(route.url, expected, context)) continue
      yield {
        message: `${clientTitles[name]} sends @jsr to ${formatRoute(route)}, but the private registry is ${formatAddress(expected)}`,
        hint: formatMapping(name, expected),
        ...locateRoute(client, context),
      }
    }
  },
}

function isExpected(
  url: URL | undefined,
  expected: URL,
  { isRegistryPinned }: JudgedContext,
): boolean {
  if (url === undefined || !isServedBy(url, expected)) return false
  return isRegistryPinned || isServedBy(expected, url)
}
