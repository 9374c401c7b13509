import { formatMapping, formatRoute, locateRoute } from '../advice.ts'
import { isPrivate } from '../private-registry.ts'
import { listRoutedClients, titleClient } from '../routed-clients.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/** Speaks of good routes only: where the default registry is JSR or public, another rule has an error. */
export const unmappedScope: Rule = {
  id: 'unmapped-scope',
  summary: 'The scope @jsr is mapped to the private registry, not left to the default registry.',
  explanation: `The route is right today, but only because this client falls back to the default registry for a scope that nobody mapped.

Other clients don't, and neither do newer versions of some: with the same configuration pnpm since 10.9, Yarn since 4.9 and Deno since 2.6.7 go to https://npm.jsr.io/. A colleague with another client, or an update of this one, leaves the private registry without anyone changing a line.

Map the scope explicitly: @jsr:registry=https://npm.corp.example/npm/ in .npmrc.`,

  *check(context: JudgedContext) {
    if (!context.hasJsr) return
    for (const client of listRoutedClients(context)) {
      const { name, route } = client
      if (route.kind !== 'default' || !isPrivate(route)) continue
      yield {
        message: `${titleClient(client)} asks ${formatRoute(route)} for @jsr only because the scope is not mapped`,
        hint: formatMapping(name, context.registry ?? route.url),
        ...locateRoute(client, context),
      }
    }
  },
}
