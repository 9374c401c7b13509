import { isJsrHost } from '../../url/jsr-host.ts'
import { formatMapping, formatRoute, locateRoute } from '../advice.ts'
import { isOpenToAll } from '../private-registry.ts'
import { listRoutedClients, titleClient } from '../routed-clients.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * Built-in routes count as public whatever their host: no client comes with somebody's private
 * registry, and Yarn 1's default is not the one that npm names.
 */
export const publicRoute: Rule = {
  id: 'public-route',
  summary: 'No client would ask a public registry for @jsr packages.',
  explanation: `A client in use would ask a registry that is open to everyone for the scope @jsr: the public npm registry, or whatever else is built into the client.

The packages are not there. Whoever comes to own the scope on that registry could publish a look-alike of every @jsr name, and the client would install it.

Map the scope to the private registry, in the file that the client reads: @jsr:registry=https://npm.corp.example/npm/ in .npmrc, npmScopes.jsr.npmRegistryServer in .yarnrc.yml. The private registry must not fall back to the public one for @jsr either; its own routing rules decide that.`,

  *check(context: JudgedContext) {
    if (!context.hasJsr) return
    for (const client of listRoutedClients(context)) {
      const { name, route } = client
      if (!isOpenToAll(route) || isJsrHost(route.url?.hostname ?? '')) continue
      yield {
        message: `${titleClient(client)} would ask a public registry for @jsr: ${formatRoute(route)}`,
        hint: formatMapping(name, context.registry),
        ...locateRoute(client, context),
      }
    }
  },
}
