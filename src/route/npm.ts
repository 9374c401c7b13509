import type { NpmConfig, NpmSetting } from '../config/npm-config.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { parseRegistryUrl } from '../url/web-url.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that npm 10, 11 or 12 would ask for a package, by its name in the registry (the
 * target of an alias, not the alias): the mapping of its scope, else that of the scope named by
 * the setting `scope`, else the default registry.
 *
 * A mapping that is empty, `false` or `null` counts as none, but still hides those below it.
 *
 * @see https://github.com/npm/npm-registry-fetch (`pickRegistry`)
 */
export function findNpmRoute(config: NpmConfig, packageName: string): Route {
  const mapping = findMapping(config, readScope(packageName))
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  const registry = findMapping(config, readDefaultScope(config)) ?? config.get('registry')
  return registry === undefined || isBuiltIn(registry)
    ? createBuiltInRoute(registry)
    : createSettingRoute(registry, 'default')
}

/** An empty registry makes npm fail, except in the global file: there it stands for the default. */
function isBuiltIn({ layer, value }: NpmSetting): boolean {
  return layer === 'default' || (layer === 'global' && !value)
}

function findMapping(config: NpmConfig, scope: string | undefined): NpmSetting | undefined {
  const setting = scope === undefined ? undefined : config.get(`${scope}:registry`)
  return setting?.value ? setting : undefined
}

/** With `scope=@corp`, npm asks the registry of `@corp` for every package whose scope has none. */
function readDefaultScope(config: NpmConfig): string | undefined {
  const scope = config.get('scope')?.value
  // `scope` alone, without a value, is `true`, and so the scope `@true`.
  if (scope === true) return '@true'
  return typeof scope === 'string' && scope !== '' ? scope.replace(/^@?/, '@') : undefined
}

function createBuiltInRoute(setting: NpmSetting | undefined): Route {
  return {
    url: parseRegistryUrl(publicNpmRegistry),
    text: publicNpmRegistry,
    kind: 'built-in',
    from: setting?.from ?? "npm's default",
    file: setting?.file,
    line: setting?.line,
  }
}
