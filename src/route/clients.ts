import type { BunConfig } from '../config/bun-config.ts'
import type { DenoConfig } from '../config/deno-config.ts'
import type { NpmConfig } from '../config/npm-config.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import type { VltConfig } from '../config/vlt-config.ts'
import type { YarnBerryConfig } from '../config/yarn-berry-config.ts'
import type { YarnConfig } from '../config/yarn-config.ts'
import { findBunRoute } from './bun.ts'
import { findDenoNativeRoute, findDenoRoute } from './deno.ts'
import { findNpmRoute } from './npm.ts'
import { findPnpmRoute } from './pnpm.ts'
import type { Route } from './route.ts'
import { findVltNativeRoute, findVltRoute } from './vlt.ts'
import { findYarnBerryRoute } from './yarn-berry.ts'
import { findYarnRoute } from './yarn.ts'

/** What each client that jsr-guard knows is configured with. */
export interface ClientConfigs {
  readonly npm: NpmConfig
  readonly pnpm: PnpmConfig
  readonly yarn: YarnConfig
  readonly 'yarn-berry': YarnBerryConfig
  readonly bun: BunConfig
  readonly deno: DenoConfig
  readonly vlt: VltConfig
}

/** Says where a client would go for a package, by the package's name in the registry. */
type RouteFinder<Config> = (config: Config, packageName: string) => Route

/** Where each client would go: the one list, a line for each. */
const routeFinders: {
  readonly [Name in keyof ClientConfigs]: RouteFinder<ClientConfigs[Name]>
} = {
  npm: findNpmRoute,
  pnpm: findPnpmRoute,
  yarn: findYarnRoute,
  'yarn-berry': findYarnBerryRoute,
  bun: findBunRoute,
  deno: findDenoRoute,
  vlt: findVltRoute,
}

/** Where the clients that speak JSR's own protocol, or have a registry for `jsr:` alone, go with it. */
const nativeRouteFinders: {
  readonly [Name in keyof ClientConfigs]?: (config: ClientConfigs[Name]) => Route
} = {
  deno: findDenoNativeRoute,
  vlt: findVltNativeRoute,
}

/** Where a client with this configuration goes, by the name of a package. */
export function createRouteFinder<Name extends keyof ClientConfigs>(
  name: Name,
  config: ClientConfigs[Name],
): (packageName: string) => Route {
  return (packageName) => routeFinders[name](config, packageName)
}

/** Where a client goes for JSR by a way of its own; `undefined` where it has none. */
export function findNativeRoute<Name extends keyof ClientConfigs>(
  name: Name,
  config: ClientConfigs[Name],
): Route | undefined {
  return nativeRouteFinders[name]?.(config)
}
