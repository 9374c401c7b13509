import { JsrGuardError } from '../errors.ts'
import { blankJsonExtras } from '../json/blank-extras.ts'
import { toRecord } from '../json/record.ts'
import { readStrictJson } from '../json/strict-json.ts'
import { createFileSetting, createVariableSetting, type SettingPlace } from './client-setting.ts'

/** vlt's configuration, as far as registries go. */
export interface VltConfig {
  readonly version: string | undefined
  /** Variables, the project's `vlt.json`, the user's. Where two say different things, nothing can be told. */
  readonly places: readonly SettingPlace[]
}

/**
 * Reads the settings of a `vlt.json`. The keys of a place: `registry`, and `table key` for the
 * tables, such as `scoped-registries @jsr`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is no JSON, or has a key twice.
 * @see https://docs.vlt.sh/cli/configuring
 */
export function createVltJson(text: string, file: string): SettingPlace {
  const { value, lineOf } = readDocument(text, file)
  const config = toRecord(toRecord(value)['config'])
  return (key) => {
    const [table = '', inner] = key.split(' ')
    const found = inner === undefined ? config[table] : toRecord(config[table])[inner]
    if (found === undefined) return undefined
    return createFileSetting({ value: found, file, line: lineOf('config', table) })
  }
}

function readDocument(text: string, file: string): ReturnType<typeof readStrictJson> {
  if (text.trim() === '') return { value: {}, lineOf: () => undefined }
  try {
    return readStrictJson(blankJsonExtras(text))
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, line, hint } = cause
    const details = { file, line, hint, cause }
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} ${message}`, details)
  }
}

/** Variables: `VLT_REGISTRY`, and `VLT_SCOPED_REGISTRIES=@jsr=https://…` with a line for each. */
export function createVltEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): SettingPlace {
  return (key) => {
    const [table = '', inner] = key.split(' ')
    const name = `VLT_${table.replaceAll('-', '_').toUpperCase()}`
    const text = env[name]
    if (text === undefined || text === '') return undefined
    if (inner === undefined) return createVariableSetting(name, text)
    const line = text.split('\n').find((one) => one.startsWith(`${inner}=`))
    return line === undefined
      ? undefined
      : createVariableSetting(name, line.slice(inner.length + 1).trim())
  }
}
