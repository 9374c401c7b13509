import { JsrGuardError } from '../errors.ts'
import { isRecord } from '../json/record.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'

/** A setting of a `pnpm-workspace.yaml` or of pnpm's `config.yaml`. */
export interface PnpmYamlSetting {
  readonly value: unknown
  /** 1-based. */
  readonly line: number | undefined
}

/** What such a file says of registries. */
interface PnpmRegistries {
  /**
   * `scopes`: a registry for each scope, since pnpm 10. `urls`: what each registry is for, since
   * 11.23; older versions fail on it, or take the addresses for scopes.
   */
  readonly shape: 'scopes' | 'urls'
  /** Scope, or `default`, to registry. */
  readonly scopes: ReadonlyMap<string, PnpmYamlSetting>
  /** Prefix such as `jj:` to registry. */
  readonly prefixes: ReadonlyMap<string, PnpmYamlSetting>
  readonly line: number | undefined
  /** Whether there is a `registries` at all, and not only `namedRegistries`. */
  readonly isDeclared: boolean
}

/** The settings of a `pnpm-workspace.yaml`, or of a `config.yaml`, which has the same. */
export interface PnpmYaml {
  readonly file: string
  /** `undefined` where the file says nothing of them. */
  readonly registries: PnpmRegistries | undefined
  readonly get: (key: string) => PnpmYamlSetting | undefined
}

/**
 * Reads the settings of a `pnpm-workspace.yaml`. An empty file is one without settings.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is no plain YAML, or no mapping.
 * @see https://pnpm.io/settings
 */
export function readPnpmYaml(text: string, file: string): PnpmYaml {
  const { value, lineOf } = readDocument(text, file)
  const get = (key: string): PnpmYamlSetting | undefined =>
    Object.hasOwn(value, key) && value[key] !== null
      ? createSetting(value[key], () => lineOf(key))
      : undefined
  return {
    file,
    registries: readRegistries(get('registries'), get('namedRegistries'), lineOf),
    get,
  }
}

/** The line is looked for late: most settings are read for their value alone. */
function createSetting(value: unknown, findLine: () => number | undefined): PnpmYamlSetting {
  return {
    value,
    get line() {
      return findLine()
    },
  }
}

type Lookup = (...path: readonly string[]) => number | undefined
type Fields = Readonly<Record<string, unknown>>

function readDocument(text: string, file: string): { value: Fields; lineOf: Lookup } {
  if (/^(?:\uFEFF)?(?:\s|#.*(?:\n|$))*$/.test(text)) return { value: {}, lineOf: () => undefined }
  try {
    const { value, lineOf } = readStrictYaml(text)
    if (isRecord(value)) return { value, lineOf }
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, line, hint } = cause
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} ${message}`, {
      file,
      line,
      hint,
      cause,
    })
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} is no mapping`, { file })
}

function readRegistries(
  registries: PnpmYamlSetting | undefined,
  named: PnpmYamlSetting | undefined,
  lineOf: Lookup,
): PnpmRegistries | undefined {
  if (registries === undefined && named === undefined) return undefined
  const prefixes = new Map<string, PnpmYamlSetting>()
  for (const [prefix, value] of entriesOf(named?.value)) {
    prefixes.set(prefix, { value, line: lineOf('namedRegistries', prefix) })
  }
  const scopes = new Map<string, PnpmYamlSetting>()
  const shape = readScopes(registries, lineOf, { scopes, prefixes })
  return { shape, scopes, prefixes, line: registries?.line, isDeclared: registries !== undefined }
}

function readScopes(
  registries: PnpmYamlSetting | undefined,
  lineOf: Lookup,
  declared: Declared,
): PnpmRegistries['shape'] {
  const { scopes } = declared
  // What is no mapping makes pnpm fail, or counts for nothing: neither can be told.
  if (registries !== undefined && !isRecord(registries.value)) {
    for (const scope of ['default', '@jsr']) scopes.set(scope, { ...registries, value: undefined })
    return 'scopes'
  }
  const entries = entriesOf(registries?.value)
  const isByUrl = entries.some(([key, value]) => isRecord(value) || /^[a-z]+:/i.test(key))
  for (const [key, value] of entries) {
    const setting = { value, line: lineOf('registries', key) }
    if (isByUrl) addDeclaration(key, setting, declared)
    else scopes.set(key === '@' ? 'default' : key, setting)
  }
  return isByUrl ? 'urls' : 'scopes'
}

interface Declared {
  readonly scopes: Map<string, PnpmYamlSetting>
  readonly prefixes: Map<string, PnpmYamlSetting>
}

/** `https://npm.corp.example/: {scopes: ['@', '@jsr'], prefix: corp}`; `@` is the default. */
function addDeclaration(
  url: string,
  { value, line }: PnpmYamlSetting,
  { scopes, prefixes }: Declared,
): void {
  const { scopes: list, prefix, aliases } = isRecord(value) ? value : {}
  for (const scope of listOf(list)) {
    scopes.set(scope === '@' ? 'default' : scope, { value: url, line })
  }
  for (const name of [...listOf(prefix), ...listOf(aliases)]) {
    prefixes.set(name, { value: url, line })
  }
}

function listOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value]
  return list.filter((item) => typeof item === 'string')
}

function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : []
}
