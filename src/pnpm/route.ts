import { isRecord } from '../json/record.ts'
import { detectPrivateRegistry } from '../policy/private-registry.ts'
import type { Route } from '../route/route.ts'
import { createSettingRoute } from '../route/setting-route.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { parseRegistryUrl, parseWebUrl } from '../url/web-url.ts'
import { createHookError } from './hook-error.ts'
import type { PnpmObject } from './pnpmfile.ts'

/** Where pnpm keeps the registry of each scope: until 11.22, and since 11.23 and 12.4.1. */
const registryKeys = ['registries', 'registriesByScope'] as const

/** Where pnpm keeps the registries that a specifier names by a prefix. */
const prefixKeys = ['namedRegistries', 'registriesByPrefix'] as const

/** A configuration of pnpm's in which `@jsr` goes to the private registry. */
export interface RoutedConfig {
  readonly config: PnpmObject
  readonly registry: URL
}

/**
 * Sets the route of `@jsr` in pnpm's configuration; `undefined` where this version has no place for
 * it, as 12.0 to 12.4.0.
 *
 * @throws Error where no private registry is known, or another scope or a prefix leads to JSR.
 */
export function routeConfig(config: PnpmObject, pinned: URL | undefined): RoutedConfig | undefined {
  const tables = registryKeys.filter((key) => isRecord(config[key]))
  if (tables.length === 0) return undefined
  const scopes = Object.assign({}, ...tables.map((key) => config[key]))
  const registry = detectPrivateRegistry({ pinned, routes: listRoutes(scopes) })
  if (registry === undefined) throw createNoRegistry()
  for (const key of tables) refuseJsrTable(config[key], ['@jsr'])
  for (const key of prefixKeys) refuseJsrTable(config[key], [])
  const routed = tables.map((key) => [key, addScope(config[key], registry)])
  return { config: { ...config, ...Object.fromEntries(routed) }, registry }
}

function addScope(table: unknown, registry: URL): PnpmObject {
  return { ...(isRecord(table) ? table : {}), '@jsr': registry.href }
}

/** JSR as the route of `@jsr` is what pnpm has built in: as good as none. */
function listRoutes(scopes: PnpmObject): Route[] {
  const mapped = createConfigRoute(scopes['@jsr'], 'scope')
  const fallback = createConfigRoute(scopes['default'], 'default')
  return mapped === undefined || isJsr(mapped.url) ? [fallback].flatMap(some) : [mapped]
}

function some<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

function createConfigRoute(value: unknown, kind: Route['kind']): Route | undefined {
  if (value === undefined || value === null) return undefined
  const from = "pnpm's configuration"
  return createSettingRoute({ value, raw: value, from, file: undefined, line: undefined }, kind)
}

function isJsr(url: URL | undefined): boolean {
  return url !== undefined && isJsrHost(url.hostname)
}

/** A scope or a prefix with JSR as its registry is a way round the route of `@jsr`. */
function refuseJsrTable(table: unknown, exceptions: readonly string[]): void {
  if (!isRecord(table)) return
  for (const [key, value] of Object.entries(table)) {
    const web = typeof value === 'string' ? parseWebUrl(value) : undefined
    if (exceptions.includes(key) || web === undefined || !isJsr(web.url)) continue
    throw createHookError(`pnpm would ask JSR itself for ${key}: ${web.url.href}`, [
      `let ${key} lead to the private registry, or take it out of the registries`,
    ])
  }
}

/** The error for a project of which nobody knows the private registry. */
export function createNoRegistry(): Error {
  return createHookError(
    "no private registry is known: neither the policy nor pnpm's configuration names one",
    [
      'put {"registry": "https://npm.corp.example/npm/"} into jsr-guard.json,',
      'or @jsr:registry=https://npm.corp.example/npm/ into .npmrc',
    ],
  )
}

/** The routes that a hook has set: JSR's packages go to the private registry, others are none of its business. */
export function createForcedRoute(registry: URL): Route {
  return {
    url: registry,
    text: registry.href,
    kind: 'scope',
    from: "jsr-guard's hook",
    file: undefined,
    line: undefined,
  }
}

const routeArgument = /^--(?:config\.)?(@jsr:)?registry(?:=(.*))?$/i

/**
 * Refuses a command line that leads `@jsr` past the private registry: pnpm 11 and 12 let it win over
 * a hook, and a hook of pnpm 9 does not see what came of it. `isDefaultHeeded` says whether the
 * default registry counts too.
 */
export function refuseArguments(
  argv: readonly string[],
  { registry, isDefaultHeeded }: { readonly registry: URL; readonly isDefaultHeeded: boolean },
): void {
  for (const [index, argument] of argv.entries()) {
    const [isRoute, scope, value = argv[index + 1] ?? ''] = routeArgument.exec(argument) ?? []
    if (isRoute === undefined || (scope === undefined && !isDefaultHeeded)) continue
    if (parseRegistryUrl(value)?.href === registry.href) continue
    throw createHookError(`the command line sends @jsr past the private registry: ${argument}`, [
      `leave it out, or write ${registry.href}`,
    ])
  }
}

/** Whether what pnpm is about to ask for `@jsr` is the private registry, for the hooks that are told. */
export function refuseRegistries(registries: unknown, registry: URL): void {
  if (!isRecord(registries) || registries['@jsr'] === undefined) return
  const value = registries['@jsr']
  const url = typeof value === 'string' ? parseRegistryUrl(value) : undefined
  if (url?.href === registry.href) return
  throw createHookError(
    `pnpm would ask ${url?.href ?? 'nobody knows whom'} for @jsr, not ${registry.href}`,
    [`leave --config.@jsr:registry out, or put @jsr:registry=${registry.href} into .npmrc`],
  )
}
