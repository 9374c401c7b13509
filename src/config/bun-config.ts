import { parse, TomlError } from 'smol-toml'
import { JsrGuardError } from '../errors.ts'
import { toRecord } from '../json/record.ts'
import { createFileSetting, type ClientSetting, type SettingPlace } from './client-setting.ts'

/** Bun's configuration, as far as registries go. */
export interface BunConfig {
  readonly version: string | undefined
  /** Variables, which go before all files, for the default registry alone. */
  readonly variables: SettingPlace
  /** `bunfig.toml`, the project's first. */
  readonly bunfigs: readonly SettingPlace[]
  /** `.npmrc`, the project's first. */
  readonly npmrcs: readonly SettingPlace[]
}

/** How `$VARIABLES` are read; `undefined` where it can't be told. */
export type BunExpander = (text: string) => string | undefined

/**
 * Reads a `bunfig.toml`: `[install.scopes]`, with or without the `@`, and `[install] registry`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is no TOML.
 * @see https://bun.com/docs/runtime/bunfig
 */
export function createBunfig(text: string, file: string, expand: BunExpander): SettingPlace {
  const install = toRecord(readToml(text, file)['install'])
  const settings = new Map<string, ClientSetting>()
  const add = (key: string, found: unknown, name: string): void => {
    if (found === undefined) return
    const url = typeof found === 'object' ? toRecord(found)['url'] : found
    const value = typeof url === 'string' ? (expand(url) ?? '?') : '?'
    settings.set(key, createFileSetting({ value, raw: url, file, line: findLine(text, name) }))
  }
  add('registry', install['registry'], 'registry')
  for (const [scope, found] of Object.entries(toRecord(install['scopes']))) {
    add(`@${scope.replace(/^@/, '')}:registry`, found, scope)
  }
  return (key) => settings.get(key)
}

type Fields = Readonly<Record<string, unknown>>

function readToml(text: string, file: string): Fields {
  try {
    return parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause
    const details = { file, line: cause.line, cause }
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} is no TOML that can be read`, details)
  }
}

/** The parser tells values, not lines. */
function findLine(text: string, key: string): number | undefined {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^\s*\[\s*install/.test(line))
  const at = lines.findIndex(
    (line, index) =>
      index >= start && line.trimStart().replace(/^["']/, '').startsWith(key) && line.includes('='),
  )
  return at === -1 ? undefined : at + 1
}
