import { JsrGuardError } from '../errors.ts'
import { readStrictSyml } from '../syml/strict-syml.ts'
import {
  createFileSetting,
  createVariableSetting,
  type ClientSetting,
  type SettingPlace,
} from './client-setting.ts'
import { createNpmrcPlace, createVariableExpander } from './simple-npmrc.ts'

/** Yarn 1's configuration, as far as registries go. */
export interface YarnConfig {
  readonly version: string | undefined
  /** What it shares with npm, the strongest place first. */
  readonly npm: readonly SettingPlace[]
  /** Its own, which it asks where npm's say nothing. */
  readonly yarn: readonly SettingPlace[]
}

/** Where the variables in `${…}` come from. */
type Environment = Readonly<Record<string, string | undefined>>

/**
 * An `.npmrc` as Yarn 1 takes it: a variable that is not set makes it stop.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for the few texts that make it fail.
 */
export function createYarnNpmrc(text: string, file: string, env: Environment): SettingPlace {
  const place = createNpmrcPlace(text, file, createVariableExpander(env))
  return (key) => {
    const setting = place(key)
    if (setting === undefined) return undefined
    const { value, raw, line } = setting
    return createFileSetting({ value: normalize(value), raw, file, line })
  }
}

/** No address, and no absence either: it hides what lies below it. */
const unknownValue = '?'

function normalize(value: unknown): unknown {
  if (value === 'true') return true
  return value === 'false' ? false : value
}

/**
 * A `.yarnrc`. Arguments that it adds to the command line (`--install.registry`, `--use-yarnrc`, …)
 * may change every default: with one of them it can't be told.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is not what Yarn writes.
 */
export function createYarnrc(text: string, file: string): SettingPlace {
  const settings = new Map<string, ClientSetting>()
  for (const { keys, value, line } of readYarnrc(text, file)) {
    const isScalar = typeof value !== 'object'
    for (const key of keys) {
      settings.set(key, createFileSetting({ value: isScalar ? value : unknownValue, file, line }))
      if (decidingArgument.test(key)) {
        const setting = createFileSetting({ value: unknownValue, raw: key, file, line })
        settings.set('--', setting)
      }
    }
  }
  return (key) => settings.get(key)
}

/** `--registry`, and the same for one command: `--install.registry`. */
const decidingArgument = /^--(?:[\w-]+\.)?(?:registry|use-yarnrc|no-default-rc|default-rc|cwd)$/i

function readYarnrc(text: string, file: string) {
  try {
    return readStrictSyml(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, line } = cause
    const hint = 'write it as yarn config set does: one key and one quoted value in a line'
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} ${message}`, {
      file,
      line,
      hint,
      cause,
    })
  }
}

/** The variables with a prefix: `npm_config_registry`, `yarn_registry`, in any case. */
export function createYarnEnvironment(env: Environment, prefix: string): SettingPlace {
  const settings = new Map<string, ClientSetting>()
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.toLowerCase().startsWith(prefix)) continue
    const key = name.slice(prefix.length).toLowerCase().replace(/__/g, '.')
    settings.set(key.replace(/([^_])_/g, '$1-'), createVariableSetting(name, normalize(value)))
  }
  return (key) => settings.get(key)
}
