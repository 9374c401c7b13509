import { JsrGuardError } from '../errors.ts'
import { readStrictJson, type StrictJson } from '../json/strict-json.ts'

/**
 * Reads a lockfile that is JSON.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX`, with the line where it is known.
 */
export function readLockfileJson(text: string): StrictJson {
  try {
    return readStrictJson(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const { message, hint, line } = cause
    throw new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint, line, cause })
  }
}
