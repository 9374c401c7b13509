import { JsrGuardError } from '../errors.ts'
import type { Lockfile } from '../lockfile/locked-package.ts'
import type { LockfileInUse } from './rule.ts'

/** What a reader makes of a lockfile, or why that can't be told. */
export function readLockfileContent(read: () => Lockfile): LockfileInUse['content'] {
  try {
    return { type: 'read', lockfile: read() }
  } catch (error) {
    if (!(error instanceof JsrGuardError)) throw error
    const { message, line, hint } = error
    return { type: 'unreadable', reason: message, line, hint }
  }
}
