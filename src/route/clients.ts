import type { NpmConfig } from '../config/npm-config.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import type { YarnBerryConfig } from '../config/yarn-berry-config.ts'
import type { YarnConfig } from '../config/yarn-config.ts'
import { findNpmRoute } from './npm.ts'
import { findPnpmRoute } from './pnpm.ts'
import type { Route } from './route.ts'
import { findYarnBerryRoute } from './yarn-berry.ts'
import { findYarnRoute } from './yarn.ts'

/** What each client that jsr-guard knows is configured with. */
export interface ClientConfigs {
  readonly npm: NpmConfig
  readonly pnpm: PnpmConfig
  readonly yarn: YarnConfig
  readonly 'yarn-berry': YarnBerryConfig
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
}

/** Where a client with this configuration goes, by the name of a package. */
export function createRouteFinder<Name extends keyof ClientConfigs>(
  name: Name,
  config: ClientConfigs[Name],
): (packageName: string) => Route {
  return (packageName) => routeFinders[name](config, packageName)
}
