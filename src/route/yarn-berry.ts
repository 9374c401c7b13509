import type { ClientSetting } from '../config/client-setting.ts'
import type { YarnBerryConfig, YarnBerryFile } from '../config/yarn-berry-config.ts'
import { jsrNpmHost } from '../url/jsr-host.ts'
import { publicYarnRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import { chooseRoute, parseVersion, type Version } from './by-version.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that Yarn 2, 3 or 4 would ask for a package, by its name in the registry: the
 * server of its scope; for `@jsr`, since 4.9, JSR itself; else the default server.
 *
 * A scope that is mentioned and has no server goes to the server that is built in, whatever the
 * default is. Where the version is not known, it is the worst that a known one makes of it.
 *
 * @see https://github.com/yarnpkg/berry (`packages/plugin-npm/sources/npmConfigUtils.ts`)
 */
export function findYarnBerryRoute(config: YarnBerryConfig, packageName: string): Route {
  const version = parseVersion(config.version)
  const isKnown = version !== undefined && version[0] >= 2 && version[0] <= 4
  const versions = isKnown ? [version] : representatives
  return chooseRoute(versions.map((one) => findRoute(config, packageName, one)))
}

const representatives: readonly Version[] = [
  [4, 18, 1],
  [4, 8, 1],
  [3, 8, 7],
]

function findRoute(config: YarnBerryConfig, packageName: string, version: Version): Route {
  const { files, variable } = config
  const rule = files.find(({ hasConflictRule }) => hasConflictRule)
  if (rule !== undefined) return createSettingRoute(describeRule(rule), 'scope')
  const scope = readScope(packageName)?.slice(1)
  const mentions = files.filter(({ scopes }) => scope !== undefined && scopes.has(scope))
  if (scope !== undefined && mentions.length > 0) return findServer(mentions, scope, version)
  if (scope === 'jsr' && hasJsrBuiltIn(version)) {
    return createBuiltInRoute(`https://${jsrNpmHost}/`, describeDefault(files, scope))
  }
  const registry = variable ?? files.find((file) => file.registry !== undefined)?.registry
  return registry === undefined
    ? createBuiltInRoute(publicYarnRegistry, describeDefault(files, scope))
    : createSettingRoute(registry, 'default')
}

/** Yarn 4 puts what several files say of a scope together; before, the nearest one hid the others. */
function findServer(mentions: readonly YarnBerryFile[], scope: string, version: Version): Route {
  const heard = version[0] < 4 ? mentions.slice(0, 1) : mentions
  const server = heard
    .map(({ scopes }) => scopes.get(scope)?.registry)
    .find((registry) => registry !== undefined)
  if (server !== undefined) return createSettingRoute(server, 'scope')
  const [first] = heard
  const line = first?.scopes.get(scope)?.line
  const place = line === undefined ? first?.file : `${first?.file}:${line}`
  return {
    ...createBuiltInRoute(publicYarnRegistry, `Yarn's default, for ${place} names no server`),
    file: first?.file,
    line,
  }
}

function hasJsrBuiltIn([major, minor]: Version): boolean {
  return major > 4 || (major === 4 && minor >= 9)
}

/** `"@jsr"` under `npmScopes` looks right, and Yarn doesn't look there. */
function describeDefault(files: readonly YarnBerryFile[], scope: string | undefined): string {
  const wrong = files.find(({ scopes }) => scope !== undefined && scopes.has(`@${scope}`))
  const line = wrong?.scopes.get(`@${scope}`)?.line
  if (wrong === undefined) return "Yarn's default"
  const place = line === undefined ? wrong.file : `${wrong.file}:${line}`
  return `Yarn's default, for ${place} says "@${scope}" where Yarn reads ${scope}`
}

function describeRule({ file }: YarnBerryFile): ClientSetting {
  return { value: undefined, raw: 'onConflict', from: file, file, line: undefined }
}
