import { JsrGuardError } from '../errors.ts'
import { describeFile, type ConfigPlace } from './config-place.ts'
import { readFileText } from './file-text.ts'

/** A configuration file that is there. */
export interface ConfigText {
  readonly text: string
  /** What it is called for people. */
  readonly label: string
}

/**
 * Reads a client's configuration file; `undefined` where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for one that is there and can't be read: some clients
 *   go on without it, and whoever put a mapping there believes that it holds.
 */
export async function loadConfigText(
  file: string,
  place: ConfigPlace,
): Promise<ConfigText | undefined> {
  const label = describeFile(file, place)
  const found = await readFileText(file)
  if (found.type === 'text') return { text: found.text, label }
  if (found.type === 'absent') return undefined
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${label} can't be read: ${found.reason}`, {
    hint: 'make it a file that can be read, or remove it',
    file: label,
  })
}
