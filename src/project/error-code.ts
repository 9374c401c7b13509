import { JsrGuardError } from '../errors.ts'

/** Whether an error is one of the system's, with one of these codes. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** The result; `undefined` where there is no such file or folder. */
export async function orAbsent<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined
    throw error
  }
}

/**
 * What to throw for an error of writing to a file or folder: what only the user can change is put
 * into words, the rest stays as it is.
 */
export function explainWriteFailure(error: unknown, target: string): unknown {
  if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR')) return error
  return new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${target} can't be written`, {
    hint: 'let the project be writable for the user who installs it',
    cause: error,
  })
}
