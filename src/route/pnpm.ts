import {
  listPnpmPlaces,
  type PnpmConfig,
  type PnpmPlace,
  type PnpmSetting,
  type PnpmVersion,
} from '../config/pnpm-config.ts'
import { isJsrHost, jsrNpmHost } from '../url/jsr-host.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { createBuiltInRoute } from './built-in.ts'
import type { Route } from './route.ts'
import { readScope } from './scope.ts'
import { createSettingRoute } from './setting-route.ts'

/**
 * The registry that pnpm 9 to 12 would ask for a package, by its name in the registry: the mapping
 * of its scope; for `@jsr`, since pnpm 10.9, JSR itself; else the default registry.
 *
 * Where the version is not known, or is none of these, it is the worst that a known one makes of the
 * configuration; where they lead to different registries, it can't be told.
 *
 * @see https://github.com/pnpm/pnpm (`config/reader`, `config/normalize-registries`)
 */
export function findPnpmRoute(config: PnpmConfig, packageName: string): Route {
  const version = parseVersion(config.version)
  if (version !== undefined) return findRoute(config, packageName, version)
  const routes = representatives.map((known) => findRoute(config, packageName, known))
  const worst = routes.toSorted((a, b) => dangerOf(b) - dangerOf(a))[0]
  const isSame = new Set(routes.map(({ url }) => url?.href)).size === 1
  if (worst !== undefined && (isSame || dangerOf(worst) > 0)) return worst
  return { ...createSettingRoute(unknownVersion, 'default'), ...pick(worst) }
}

const unknownVersion: PnpmSetting = {
  value: undefined,
  raw: '',
  from: 'each version of pnpm goes elsewhere',
  file: undefined,
  line: undefined,
}

function pick(route: Route | undefined): Partial<Route> {
  return route === undefined ? {} : { text: route.text, file: route.file, line: route.line }
}

/** One of each major version, the newest first: they look in different places. */
const representatives: readonly PnpmVersion[] = [
  [12, 21, 0],
  [11, 28, 11],
  [11, 5, 1],
  [10, 34, 9],
  [10, 8, 1],
  [9, 15, 9],
]

function parseVersion(text: string | undefined): PnpmVersion | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)/.exec(text ?? '') ?? []
  if (major === undefined) return undefined
  const version: PnpmVersion = [Number(major), Number(minor), Number(patch)]
  return version[0] >= 9 && version[0] <= 12 ? version : undefined
}

/** How bad a route is: to JSR, to nobody knows where, to everyone's registry, to somebody's own. */
function dangerOf({ url, kind }: Route): number {
  if (url === undefined) return 2
  if (isJsrHost(url.hostname)) return 3
  return kind === 'built-in' ? 1 : 0
}

function findRoute({ sources }: PnpmConfig, packageName: string, version: PnpmVersion): Route {
  const places = listPnpmPlaces(sources, version)
  const scope = readScope(packageName)
  const mapping = scope === undefined ? undefined : findSetting(places, scope)
  if (mapping !== undefined) return createSettingRoute(mapping, 'scope')
  if (scope === '@jsr' && hasJsrBuiltIn(version))
    return createBuiltInRoute(`https://${jsrNpmHost}/`, pnpmDefault)
  const registry = findSetting(places, 'default')
  return registry === undefined
    ? createBuiltInRoute(publicNpmRegistry, pnpmDefault)
    : createSettingRoute(registry, 'default')
}

function findSetting(places: readonly PnpmPlace[], scope: string): PnpmSetting | undefined {
  for (const { get, isLast } of places) {
    const setting = get(scope)
    if (setting !== undefined || isLast) return setting
  }
  return undefined
}

/**
 * Since 10.9. Of 12.0 to 12.3 it holds for `jsr:` specifiers only, while `npm:@jsr/…` goes to the
 * default registry: a package may have come by either.
 */
function hasJsrBuiltIn([major, minor]: PnpmVersion): boolean {
  return major > 10 || (major === 10 && minor >= 9)
}

const pnpmDefault = "pnpm's default"
