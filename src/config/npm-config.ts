import { publicNpmRegistry } from '../url/public-registry.ts'
import {
  createDefaultLayer,
  npmLayerNames,
  type NpmLayer,
  type NpmLayerEntry,
  type NpmLayerName,
  type OverlookedSetting,
} from './npm-layers.ts'
import {
  createVariableExpander,
  npmDefaults,
  parseNpmValue,
  type NpmValueContext,
} from './npm-values.ts'

/** A setting in force, and what decides it. */
export interface NpmSetting {
  /**
   * As npm takes it, of any type. It may be a credential or hold one, so it is not enumerable:
   * neither `JSON.stringify` nor `console.log` shows it. Never put it into a message.
   */
  readonly value: unknown
  /** As it is written, before variables are expanded; not enumerable either. */
  readonly raw: unknown
  readonly layer: NpmLayerName
  /** For people: `.npmrc:1`, `npm_config_registry (environment)`, `npm's default`. */
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** npm's configuration. */
export interface NpmConfig {
  /** Of the npm that it is read for; `undefined` where it is not known. */
  readonly version: string | undefined
  /**
   * The setting in force. A key that is set to nothing hides the same key in the layers below, as
   * in npm.
   */
  readonly get: (key: string) => NpmSetting | undefined
  /** All settings of all layers, the weakest layer first. */
  readonly list: () => readonly (readonly [key: string, setting: NpmSetting])[]
  /** Settings that npm ignores, though they read like this one: in a section, or in other case. */
  readonly findOverlooked: (key: string) => readonly OverlookedSetting[]
}

/** What a configuration is made of. */
export interface NpmConfigOptions {
  /** In any order; a layer that is missing says nothing. */
  readonly layers: readonly NpmLayer[]
  /** Where the variables in `${…}` come from. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of npm, such as `11.21.2`; `undefined` is read with care. */
  readonly version: string | undefined
  /** `win32` looks variables up without regard to case. */
  readonly platform?: string | undefined
  /** Makes a path setting absolute; left as it is without it. */
  readonly resolvePath?: ((text: string) => string) | undefined
}

/**
 * Puts npm's layers together: the command line over the environment over the project's file over
 * the user's over the global one over the one inside npm over the defaults.
 *
 * What npm's option parser would drop as invalid is kept here: npm fills its network options
 * before it validates, so it sends requests by the very value.
 */
export function createNpmConfig(options: NpmConfigOptions): NpmConfig {
  const { env, version, platform, resolvePath = (text: string) => text } = options
  const readVariable = (name: string) => readEnvironmentVariable(env, name, platform)
  const context = { expand: createVariableExpander(readVariable, version), resolvePath }
  const sorted = sortLayers(options.layers, version)
  const layers = sorted.map((layer) => readLayer(layer, { context, version }))
  weakenGlobalConfig(sorted, layers)
  return {
    version,
    get: (key) => layers.findLast((layer) => layer.has(key))?.get(key)?.(),
    list: () =>
      layers.flatMap((layer) => Array.from(layer, ([key, find]) => [key, find()] as const)),
    findOverlooked: (key) => findOverlooked(options.layers, key),
  }
}

/** A variable of an environment, by the rules of the system. */
export function readEnvironmentVariable(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  platform: string | undefined,
): string | undefined {
  if (platform !== 'win32') return Object.hasOwn(env, name) ? env[name] : undefined
  const wanted = name.toUpperCase()
  return Object.entries(env).find(([key]) => key.toUpperCase() === wanted)?.[1]
}

function sortLayers(layers: readonly NpmLayer[], version: string | undefined): NpmLayer[] {
  const builtIn = createDefaultLayer({
    ...npmDefaults,
    ...defaultsOf(version),
    registry: publicNpmRegistry,
  })
  return [builtIn, ...layers].toSorted((a, b) => rankOf(a) - rankOf(b))
}

function rankOf({ name }: NpmLayer): number {
  return npmLayerNames.indexOf(name)
}

/** `allow-remote` came with npm 11.14; where the version is not known, nothing can be said of it. */
function defaultsOf(version: string | undefined): Readonly<Record<string, unknown>> {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
  if (major >= 12) return { 'allow-remote': 'none' }
  return major === 11 && minor >= 14 ? { 'allow-remote': 'all' } : {}
}

/**
 * npm computes the default of `globalconfig`, and the first layer that sets it sets that default
 * instead of its own value. So the command line loses to the environment here, and both to a file.
 */
function weakenGlobalConfig(names: readonly NpmLayer[], layers: readonly LayerSettings[]): void {
  for (const place of loadingOrder) {
    const layer = layers[names.findIndex(({ name }) => name === place)]
    const setting = layer?.get('globalconfig')
    if (setting === undefined) continue
    layer?.delete('globalconfig')
    layers[names.findLastIndex(({ name }) => name === 'default')]?.set('globalconfig', setting)
    return
  }
}

const loadingOrder: readonly NpmLayerName[] = ['builtin', 'cli', 'env', 'project', 'user']

interface LayerContext {
  readonly context: NpmValueContext
  readonly version: string | undefined
}

/** Key to its setting. */
type LayerSettings = Map<string, () => NpmSetting>

/** Hardly any of npm's many defaults is ever asked for, so they are read when they are. */
function readLayer(layer: NpmLayer, { context, version }: LayerContext): LayerSettings {
  const settings: LayerSettings = new Map()
  for (const entry of layer.entries) {
    const key = context.expand(entry.key)
    const read = (): NpmSetting =>
      createSetting(layer.name, entry, parseNpmValue(entry.value, key, context))
    const setting = layer.name === 'default' ? undefined : read()
    settings.set(key, setting === undefined ? read : () => setting)
  }
  const shrinkwrap = settings.get('shrinkwrap')
  if (shrinkwrap !== undefined && hasShrinkwrap(version)) settings.set('package-lock', shrinkwrap)
  return settings
}

/** Until npm 11 `shrinkwrap` was another word for `package-lock`, and won over it. */
function hasShrinkwrap(version: string | undefined): boolean {
  return version === undefined || Number.parseInt(version, 10) < 12
}

function createSetting(layer: NpmLayerName, entry: NpmLayerEntry, value: unknown): NpmSetting {
  const { from, file, line, value: raw } = entry
  const setting: NpmSetting = { value, raw, layer, from, file, line }
  return Object.defineProperties(setting, hiddenValues)
}

const hiddenValues: PropertyDescriptorMap = {
  value: { enumerable: false },
  raw: { enumerable: false },
}

function findOverlooked(layers: readonly NpmLayer[], key: string): readonly OverlookedSetting[] {
  const wanted = key.toLowerCase()
  return layers.flatMap((layer) => [
    ...layer.overlooked.filter((setting) => setting.key.toLowerCase() === wanted),
    ...layer.entries.flatMap((entry) => asOtherCase(entry, key)),
  ])
}

function asOtherCase(entry: NpmLayerEntry, key: string): OverlookedSetting[] {
  const { key: written, file, line } = entry
  if (written === key || written.toLowerCase() !== key.toLowerCase()) return []
  return file === undefined || line === undefined
    ? []
    : [{ key: written, file, line, section: undefined }]
}
