import type { ClientName, Route } from '../route/route.ts'
import { readScope } from '../route/scope.ts'
import type { ClientInUse } from './rule.ts'

/** What a client in use is made from. */
export interface ClientInUseOptions {
  readonly name: ClientName
  readonly version: string | undefined
  readonly findRoute: (packageName: string) => Route
}

/**
 * A client in use. Its route depends on a package's scope alone, and a lockfile asks for each of its
 * packages, so each scope is asked for once.
 */
export function createClientInUse({ name, version, findRoute }: ClientInUseOptions): ClientInUse {
  const routes = new Map<string | undefined, Route>()
  const routeOf = (packageName: string): Route => {
    const scope = readScope(packageName)
    const route = routes.get(scope) ?? findRoute(packageName)
    routes.set(scope, route)
    return route
  }
  return { name, version, route: routeOf('@jsr/scope__name'), routeOf }
}
