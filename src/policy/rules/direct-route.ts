import { isJsrHost } from '../../url/jsr-host.ts'
import { formatMapping, formatRoute, locateRoute } from '../advice.ts'
import { listRoutedClients, titleClient } from '../routed-clients.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * The host alone decides, by its parsed name: scheme, port and path of a JSR host make no
 * difference to who answers.
 */
export const directRoute: Rule = {
  id: 'direct-route',
  summary: 'No client would ask JSR itself for @jsr packages.',
  explanation: `The route is the registry that a client really asks for the scope @jsr: what an explicit mapping says, else what the client falls back to. Here it leads to JSR itself, jsr.io or a host below it.

Rewriting jsr: specifiers doesn't help. pnpm since 10.9, Yarn since 4.9 and Deno since 2.6.7 have https://npm.jsr.io/ built in for @jsr, and a private default registry does not change that. A lockfile that names no addresses is then installed from JSR too, however it was made.

Map the scope to the private registry, in the file that the client reads: @jsr:registry=https://npm.corp.example/npm/ in .npmrc, npmScopes.jsr.npmRegistryServer in .yarnrc.yml.

Routes are judged where the project asks for a JSR package or has one locked, where its scope is mapped, and wherever the policy names a registry.`,

  *check(context: JudgedContext) {
    if (!context.hasJsr) return
    for (const client of listRoutedClients(context)) {
      const { name, route } = client
      if (route.url === undefined || !isJsrHost(route.url.hostname)) continue
      yield {
        message: `${titleClient(client)} would ask JSR itself for @jsr: ${formatRoute(route)}`,
        hint: formatMapping(name, context.registry),
        ...locateRoute(client, context),
      }
    }
  },
}
