import { findSetting } from '../config/client-setting.ts'
import type { DenoConfig } from '../config/deno-config.ts'
import { jsrHost, jsrNpmHost } from '../url/jsr-host.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import { chooseRoute, isAtLeast, parseVersion, type Version } from './by-version.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that Deno would ask for a package of npm's, by its name in the registry: the mapping
 * of its scope; for `@jsr`, since 2.6.7, `JSR_NPM_URL` or JSR itself; else the default registry.
 *
 * Where the version is not known, it is the worst that a known one makes of the configuration.
 *
 * @see https://docs.deno.com/runtime/fundamentals/node/
 */
export function findDenoRoute(config: DenoConfig, packageName: string): Route {
  const version = parseVersion(config.version)
  const versions = version === undefined ? representatives : [version]
  return chooseRoute(versions.map((one) => findRoute(config, packageName, one)))
}

/** Where Deno goes for `jsr:` in what is no `package.json`: by a protocol of its own. */
export function findDenoNativeRoute({ jsr }: DenoConfig): Route {
  return jsr === undefined
    ? createBuiltInRoute(`https://${jsrHost}/`, denoDefault)
    : createSettingRoute(jsr, 'scope')
}

const denoDefault = "Deno's default"

const representatives: readonly Version[] = [
  [2, 9, 6],
  [2, 6, 6],
]

function findRoute(config: DenoConfig, packageName: string, version: Version): Route {
  const { npmrcs, registry: variable, jsrNpm } = config
  const scope = readScope(packageName)
  const mapping = scope === undefined ? undefined : findSetting(npmrcs, `${scope}:registry`)
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  if (scope === '@jsr' && isAtLeast(version, [2, 6, 7])) {
    return jsrNpm === undefined
      ? createBuiltInRoute(`https://${jsrNpmHost}/`, denoDefault)
      : createSettingRoute(jsrNpm, 'scope')
  }
  const registry = variable ?? findSetting(npmrcs, 'registry')
  return registry === undefined
    ? createBuiltInRoute(publicNpmRegistry, denoDefault)
    : createSettingRoute(registry, 'default')
}
