import { findSetting, type ClientSetting } from '../config/client-setting.ts'
import type { YarnConfig } from '../config/yarn-config.ts'
import { publicYarnRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that Yarn 1 would ask for a package, by its name in the registry: the mapping of its
 * scope in npm's files, then in Yarn's own; else the default registry of each.
 *
 * A setting that is empty or `false` counts as none, but still hides those below it.
 *
 * @see https://github.com/yarnpkg/yarn (`src/registries/npm-registry.js`)
 */
export function findYarnRoute({ npm, yarn }: YarnConfig, packageName: string): Route {
  const scope = readScope(packageName)
  const mapping = scope === undefined ? undefined : find([npm, yarn], `${scope}:registry`)
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  // Arguments in a .yarnrc count before everything else, scopes excepted.
  const registry = findSetting(yarn, '--') ?? find([npm, yarn], 'registry')
  return registry === undefined ? builtIn : createSettingRoute(registry, 'default')
}

function find(kinds: readonly YarnConfig['npm'][], key: string): ClientSetting | undefined {
  return kinds.map((places) => findSetting(places, key)).find((setting) => setting?.value)
}

const builtIn: Route = createBuiltInRoute(publicYarnRegistry, "Yarn's default")
