import { JsrGuardError } from '../errors.ts'
import { createFileSetting, type SettingPlace } from './client-setting.ts'
import { createFileLayer } from './npm-layers.ts'

/** How variables in a value are read; `undefined` where it can't be told. */
export type VariableExpander = (text: string) => string | undefined

/**
 * An `.npmrc` as other clients than npm read it: whatever they could read in another way than npm's
 * own parser is no address.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for the few texts that make npm's parser fail.
 */
export function createNpmrcPlace(
  text: string,
  file: string,
  expand: VariableExpander,
): SettingPlace {
  const entries = new Map(readEntries(text, file).map((entry) => [entry.key, entry]))
  return (key) => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    const { value: raw, line } = entry
    const value = typeof raw === 'string' ? (expand(raw) ?? '?') : raw
    return createFileSetting({ value, raw, file, line })
  }
}

function readEntries(text: string, file: string) {
  try {
    return createFileLayer('project', file, text).entries
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} can't be read`, { file, cause })
  }
}

/** `${NAME}`, as npm has it: a variable that is not set, or an escape, is read in several ways. */
export function createVariableExpander(
  env: Readonly<Record<string, string | undefined>>,
): VariableExpander {
  return (text) => {
    if (!text.includes('$')) return text
    if (text.includes('\\')) return undefined
    const expanded = text.replace(/\$\{([^${}?]+)\}/g, (all, name: string) => env[name] ?? all)
    return expanded.includes('$') ? undefined : expanded
  }
}
