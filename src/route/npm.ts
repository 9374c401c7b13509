import type { NpmConfig, NpmSetting } from '../config/npm-config.ts'
import { publicNpmRegistry } from '../url/public-registry.ts'
import { redactUrl } from '../url/redact.ts'
import { parseRegistryUrl, parseWebUrl } from '../url/web-url.ts'
import type { Route } from './route.ts'

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
  if (mapping !== undefined) return createRoute(mapping, 'scope')
  const registry = findMapping(config, readDefaultScope(config)) ?? config.get('registry')
  return registry === undefined || isBuiltIn(registry)
    ? createBuiltInRoute(registry)
    : createRoute(registry, 'default')
}

/** An empty registry makes npm fail, except in the global file: there it stands for the default. */
function isBuiltIn({ layer, value }: NpmSetting): boolean {
  return layer === 'default' || (layer === 'global' && !value)
}

function findMapping(config: NpmConfig, scope: string | undefined): NpmSetting | undefined {
  const setting = scope === undefined ? undefined : config.get(`${scope}:registry`)
  return setting?.value ? setting : undefined
}

function readScope(packageName: string): string | undefined {
  const slash = packageName.indexOf('/')
  return packageName.startsWith('@') && slash !== -1 ? packageName.slice(0, slash) : undefined
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

function createRoute(setting: NpmSetting, kind: Route['kind']): Route {
  const { from, file, line } = setting
  return { url: readUrl(setting.value), text: describeValue(setting), kind, from, file, line }
}

/**
 * An address that every URL parser reads alike. npm's own takes each version through another one:
 * the old `url.parse` or `new URL`, before or after it has thrown invalid values away. Where they
 * could differ, what npm asks can't be told.
 */
const plainAddress =
  /^https?:\/\/(?:[^\s"'<>\\^`{|}@/?#[\]]+@)?(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?(?:\/[!$-&(-;=@-[\]_a-z~]*)?$/i

function readUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !plainAddress.test(value)) return undefined
  const url = parseRegistryUrl(value)
  // npm strips all slashes at the end before it adds the name of a package.
  if (url !== undefined) url.pathname = `${withoutTrailingSlashes(url.pathname)}/`
  return url
}

/** Scans once; a pattern anchored at the end would try again from every slash. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (end > 0 && path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

/** An address is shown as npm takes it; anything else as written, for a variable may be a secret. */
function describeValue({ value, raw }: NpmSetting): string {
  if (typeof value !== 'string') return describeNonText(value)
  const address = parseWebUrl(value)
  if (address === undefined) return hideUserInfo(typeof raw === 'string' ? raw : '')
  const { url, hasCredentials } = address
  return hasCredentials || url.search !== '' || url.hash !== '' ? redactUrl(url) : value
}

function describeNonText(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'a section' : (JSON.stringify(value) ?? '')
}

/** What no parser reads may hold a password all the same. */
function hideUserInfo(text: string): string {
  return text.replace(/^(.*?\/\/)?.*@/s, '$1')
}
