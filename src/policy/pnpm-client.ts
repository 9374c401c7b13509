import type { Route } from '../route/route.ts'
import type { ClientInUse } from './rule.ts'

/**
 * pnpm as a client in use. Its route depends on the scope alone, and a lockfile asks for each of its
 * packages, so each scope is asked for once.
 */
export function createPnpmClient(
  version: string | undefined,
  findRoute: (packageName: string) => Route,
): ClientInUse {
  const routes = new Map<string, Route>()
  const routeOf = (packageName: string): Route => {
    const slash = packageName.startsWith('@') ? packageName.indexOf('/') : -1
    const scope = slash === -1 ? '' : packageName.slice(0, slash)
    const route = routes.get(scope) ?? findRoute(packageName)
    routes.set(scope, route)
    return route
  }
  return { name: 'pnpm', version, route: routeOf('@jsr/scope__name'), routeOf }
}
