import type { NpmLayer } from './npm-layers.ts'
import type { NpmConfig, NpmSetting } from './npm-config.ts'
import type { PnpmYaml, PnpmYamlSetting } from './pnpm-workspace.ts'

/** Everything that some version of pnpm takes its registries from. */
export interface PnpmSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** What pnpm 9 and 10 share with npm: `npm_config_*`, and the project's, user's and global `.npmrc`. */
  readonly npm: NpmConfig
  /** `rc` in pnpm's own folder, which pnpm 9 and 10 read. */
  readonly rc: NpmConfig
  /** The user's file and `auth.ini` in pnpm's own folder, which pnpm 11 and later read. */
  readonly user: NpmConfig
  readonly auth: NpmConfig
  /** The project's file alone, without variables expanded. */
  readonly project: NpmLayer
  /** `config.yaml` in pnpm's own folder, since pnpm 11. */
  readonly global: PnpmYaml | undefined
  /** The project's `pnpm-workspace.yaml`, since pnpm 10 for settings. */
  readonly workspace: PnpmYaml | undefined
}

/** A setting that names a registry, as a version of pnpm takes it. */
export interface PnpmSetting {
  /** It may hold a credential; not enumerable. */
  readonly value: unknown
  /** As it is written; not enumerable. */
  readonly raw: unknown
  readonly from: string
  readonly file: string | undefined
  readonly line: number | undefined
}

/** pnpm's configuration, as far as registries go. */
export interface PnpmConfig {
  /** `undefined` where it is not known. */
  readonly version: string | undefined
  readonly sources: PnpmSources
}

/** Where a version of pnpm looks for a registry, the strongest place first. */
export interface PnpmPlace {
  /** By scope, `@jsr`, or `default`. */
  readonly get: (scope: string) => PnpmSetting | undefined
  /** Whether nothing below it counts, what is built in excepted. */
  readonly isLast: boolean
}

/** Major, minor and patch of a version of pnpm. */
export type PnpmVersion = readonly [major: number, minor: number, patch: number]

/** Where this version of pnpm looks for registries. */
export function listPnpmPlaces(sources: PnpmSources, version: PnpmVersion): PnpmPlace[] {
  return version[0] >= 11 ? listNewPlaces(sources, version) : listOldPlaces(sources, version)
}

/** pnpm 10 takes the registries of `pnpm-workspace.yaml` instead of all others, not beside them. */
function listOldPlaces(sources: PnpmSources, version: PnpmVersion): PnpmPlace[] {
  const { npm, rc, workspace } = sources
  const yaml = version[0] >= 10 ? workspace : undefined
  return [
    ...(yaml?.registries === undefined
      ? []
      : [{ ...createYamlPlace(yaml, version), isLast: true }]),
    { get: (scope) => readNpm(npm, scope, version), isLast: false },
    { get: (scope) => readNpm(rc, scope, version), isLast: false },
  ]
}

function listNewPlaces(sources: PnpmSources, version: PnpmVersion): PnpmPlace[] {
  const { env, user, auth, project, global, workspace } = sources
  const yaml = [workspace, global].flatMap((found) =>
    found?.registries === undefined ? [] : [createYamlPlace(found, version)],
  )
  return [
    { get: () => readAuthVariable(env), isLast: false },
    { get: (scope) => readRegistryVariable(env, scope), isLast: false },
    ...yaml,
    { get: (scope) => readProject(project, scope, version), isLast: false },
    { get: (scope) => readFile(auth, scope), isLast: false },
    { get: (scope) => readFile(user, scope), isLast: false },
  ]
}

function keyOf(scope: string): string {
  return scope === 'default' ? 'registry' : `${scope}:registry`
}

/** The layers of files and of the environment: npm's own built-in file and command line are not pnpm's. */
const npmLayers: ReadonlySet<string> = new Set(['global', 'user', 'project', 'env'])

function readNpm(config: NpmConfig, scope: string, version: PnpmVersion): PnpmSetting | undefined {
  const key = keyOf(scope)
  const settings = config
    .list()
    .filter(([name, { layer }]) => name === key && npmLayers.has(layer))
    .map(([, setting]) => setting)
  for (const setting of settings.toReversed()) {
    const found = setting.layer === 'project' ? vetProject(setting, version) : toSetting(setting)
    if (found !== undefined) return found
  }
  return undefined
}

function readFile(config: NpmConfig, scope: string): PnpmSetting | undefined {
  const key = keyOf(scope)
  const found = config.list().findLast(([name, { layer }]) => name === key && layer === 'user')
  return found === undefined ? undefined : toSetting(found[1])
}

function readProject(
  project: NpmLayer,
  scope: string,
  version: PnpmVersion,
): PnpmSetting | undefined {
  const key = keyOf(scope)
  const entry = project.entries.findLast((candidate) => candidate.key === key)
  if (entry === undefined) return undefined
  const { value, from, file, line } = entry
  return vetProject({ value, raw: value, from, file, line }, version)
}

/**
 * A file that is committed may not send requests where a variable says: pnpm 12 stops, 11 passes
 * over such a line, and older ones expand it in a way of their own.
 */
function vetProject(setting: PnpmSetting, version: PnpmVersion): PnpmSetting | undefined {
  if (typeof setting.raw !== 'string' || !hasVariable.test(setting.raw)) return toSetting(setting)
  if (isVariableDropped(version)) return undefined
  return version[0] < 10 ? toSetting(setting) : toSetting({ ...setting, value: undefined })
}

const hasVariable = /\$\{[^}]+\}/

/** Since 11.5.3; in pnpm 10 it came at some point before 10.34.9. */
function isVariableDropped([major, minor, patch]: PnpmVersion): boolean {
  if (major === 11) return minor > 5 || (minor === 5 && patch >= 3)
  return major === 10 && (minor > 34 || (minor === 34 && patch >= 9))
}

/** With this variable every route may be another one. What it holds are credentials. */
function readAuthVariable(env: PnpmSources['env']): PnpmSetting | undefined {
  const name = ['pnpm_config__auth', 'PNPM_CONFIG__AUTH'].find((key) => (env[key] ?? '') !== '')
  return name === undefined ? undefined : createVariable(name, undefined)
}

function readRegistryVariable(env: PnpmSources['env'], scope: string): PnpmSetting | undefined {
  if (scope !== 'default') return undefined
  const names = Object.keys(env).filter((key) => /^pnpm_config_registry$/i.test(key))
  const name = names.find((key) => (env[key] ?? '') !== '')
  return name === undefined ? undefined : createVariable(name, env[name])
}

function createVariable(name: string, value: unknown): PnpmSetting {
  const from = `${name} (environment)`
  return toSetting({ value, raw: value ?? '', from, file: undefined, line: undefined })
}

/** What a YAML file says. In a shape that this version does not know, nothing of it can be told. */
function createYamlPlace({ file, registries }: PnpmYaml, version: PnpmVersion): PnpmPlace {
  const isKnown = registries?.shape !== 'urls' || knowsUrls(version)
  return {
    isLast: false,
    get: (scope) => {
      const found = registries?.scopes.get(scope)
      if (found === undefined && isKnown) return undefined
      return createYamlSetting(file, {
        value: isKnown ? found?.value : undefined,
        line: found?.line ?? registries?.line,
      })
    },
  }
}

function createYamlSetting(file: string, { value, line }: PnpmYamlSetting): PnpmSetting {
  const from = line === undefined ? file : `${file}:${line}`
  const isPlain = typeof value === 'string' && !hasVariable.test(value)
  return toSetting({ value: isPlain ? value : undefined, raw: value ?? '', from, file, line })
}

function knowsUrls([major, minor]: PnpmVersion): boolean {
  return major > 11 || (major === 11 && minor >= 23)
}

function toSetting({ value, raw, from, file, line }: PnpmSetting | NpmSetting): PnpmSetting {
  const setting: PnpmSetting = { value, raw, from, file, line }
  return Object.defineProperties(setting, {
    value: { enumerable: false },
    raw: { enumerable: false },
  })
}
