import { readNpmrc } from './npmrc.ts'

/** The places that npm takes settings from; a later one wins over an earlier one. */
export const npmLayerNames = [
  'default',
  'builtin',
  'global',
  'user',
  'project',
  'env',
  'cli',
] as const

/** One of {@link npmLayerNames}. */
export type NpmLayerName = (typeof npmLayerNames)[number]

/** A setting as it stands in its place, before variables are expanded. */
export interface NpmLayerEntry {
  readonly key: string
  readonly value: unknown
  /** For people: `.npmrc:1`, `npm_config_registry (environment)`, `npm's default`. */
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** A setting that is not in force though it looks like one. */
export interface OverlookedSetting {
  readonly key: string
  readonly file: string
  readonly line: number
  /** The ini section that it stands in; `undefined` where only the case of its key differs. */
  readonly section: string | undefined
}

/** All that one place says. */
export interface NpmLayer {
  readonly name: NpmLayerName
  readonly entries: readonly NpmLayerEntry[]
  readonly overlooked: readonly OverlookedSetting[]
}

/**
 * The settings of an `.npmrc`.
 *
 * @throws TypeError for the few texts that make npm fail.
 */
export function createFileLayer(name: NpmLayerName, file: string, text: string): NpmLayer {
  const { entries, sectionKeys } = readNpmrc(text)
  return {
    name,
    entries: entries.map(({ key, value, line }) => {
      const from = line === undefined ? file : `${file}:${line}`
      return { key, value, from, file, line }
    }),
    overlooked: sectionKeys.map(({ key, section, line }) => ({ key, section, file, line })),
  }
}

const variablePrefix = /^npm_config_/i

/**
 * The settings of the environment: `npm_config_*` in any case, where an empty value is none.
 *
 * npm reads `_` as `-`, but not at the start of a key, and makes the key lower case, but not the
 * keys of credentials, which begin with `//`.
 */
export function createEnvironmentLayer(
  env: Readonly<Record<string, string | undefined>>,
): NpmLayer {
  const entries = new Map<string, NpmLayerEntry>()
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || value === '' || !variablePrefix.test(variable)) continue
    const key = normalizeKey(variable.slice('npm_config_'.length))
    const from = `${variable} (environment)`
    entries.set(key, { key, value, from, file: undefined, line: undefined })
  }
  return { name: 'env', entries: [...entries.values()], overlooked: [] }
}

function normalizeKey(key: string): string {
  return key.startsWith('//') ? key : key.replace(/(?!^)_/g, '-').toLowerCase()
}

/** The settings of npm's command line, as `parseNpmArguments` reads them. */
export function createArgumentsLayer(settings: Readonly<Record<string, unknown>>): NpmLayer {
  return createPlainLayer('cli', settings, (key) => `--${key} (command line)`)
}

/** What is built into npm. */
export function createDefaultLayer(settings: Readonly<Record<string, unknown>>): NpmLayer {
  return createPlainLayer('default', settings, () => "npm's default")
}

function createPlainLayer(
  name: NpmLayerName,
  settings: Readonly<Record<string, unknown>>,
  describe: (key: string) => string,
): NpmLayer {
  const entries = Object.entries(settings).map(([key, value]): NpmLayerEntry => ({
    key,
    value,
    from: describe(key),
    file: undefined,
    line: undefined,
  }))
  return { name, entries, overlooked: [] }
}
