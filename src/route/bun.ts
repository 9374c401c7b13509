import type { BunConfig } from '../config/bun-config.ts'
import { findSetting } from '../config/client-setting.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that Bun would ask for a package, by its name in the registry: the mapping of its
 * scope in a `bunfig.toml`, then in an `.npmrc`; else the default registry, for which variables go
 * first.
 *
 * @see https://bun.com/docs/pm/scopes-registries
 */
export function findBunRoute(config: BunConfig, packageName: string): Route {
  const { variables, bunfigs, npmrcs } = config
  const scope = readScope(packageName)
  const files = [...bunfigs, ...npmrcs]
  const mapping = scope === undefined ? undefined : findSetting(files, `${scope}:registry`)
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  const registry = findSetting([variables, ...files], 'registry')
  return registry === undefined
    ? createBuiltInRoute(publicNpmRegistry, "Bun's default")
    : createSettingRoute(registry, 'default')
}
