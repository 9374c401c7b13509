import { isLoopback } from '../../url/web-url.ts'
import { formatAddress } from '../address.ts'
import { formatPackage, formatRoute, locatePackage, locateRoute } from '../advice.ts'
import { listRoutedClients, titleClient } from '../routed-clients.ts'
import type { JudgedContext, Rule, RuleFinding } from '../rule.ts'

/**
 * Judges routes, and the one kind of locked address that would pass otherwise: plain http below one
 * of the policy's `tarballs`. An http address on the host of an https registry is foreign, and where
 * the registry itself is plain http its route says so.
 */
export const insecureRoute: Rule = {
  id: 'insecure-route',
  summary: '@jsr packages are not asked for over plain http.',
  explanation: `The registry is asked over plain http, and it is not this machine.

Whoever is on the way can answer in its place, with any version list and any tarball: nothing proves that the private registry spoke. A hash in the lockfile protects what is locked already, not what is resolved next. Credentials for the registry travel in the clear as well.

Write the registry's address with https. Plain http is accepted for loopback addresses only, such as http://127.0.0.1:4873/.`,

  *check(context: JudgedContext) {
    if (!context.hasJsr) return
    yield* checkRoutes(context)
    for (const { file, jsrPackages } of context.judged) {
      for (const { locked, judgement } of jsrPackages) {
        const { source } = locked
        if (judgement.by !== 'tarballs' || source.type !== 'remote' || !isInsecure(source.url)) {
          continue
        }
        yield {
          message: `${formatPackage(locked)} is fetched over plain http: ${formatAddress(source.url)}`,
          hint: 'serve the files over https, and write https in "tarballs" of jsr-guard.json',
          ...locatePackage(locked, file),
        }
      }
    }
  },
}

function* checkRoutes(context: JudgedContext): Iterable<RuleFinding> {
  for (const client of listRoutedClients(context)) {
    const { route } = client
    if (route.url === undefined || !isInsecure(route.url)) continue
    yield {
      message: `${titleClient(client)} would ask for @jsr over plain http: ${formatRoute(route)}`,
      hint: `write the address with https in ${route.from}`,
      ...locateRoute(client, context),
    }
  }
}

function isInsecure({ protocol, hostname }: URL): boolean {
  return protocol !== 'https:' && !isLoopback(hostname)
}
