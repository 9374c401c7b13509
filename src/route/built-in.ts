import { parseRegistryUrl } from '../url/web-url.ts'
import type { Route } from './route.ts'

/** The route that a client has built in, and what it is called for people: `pnpm's default`. */
export function createBuiltInRoute(address: string, from: string): Route {
  return {
    url: parseRegistryUrl(address),
    text: address,
    kind: 'built-in',
    from,
    file: undefined,
    line: undefined,
  }
}
