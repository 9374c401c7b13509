import { JsrGuardError } from '../errors.ts'
import { isRecord } from '../json/record.ts'

/**
 * Lets versions 2, 3 and 4 of npm's lockfile pass.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_VERSION`.
 */
export function checkNpmVersion(
  lockfile: Readonly<Record<string, unknown>>,
  findLine: () => number | undefined,
): void {
  const version = lockfile['lockfileVersion']
  if (version === 2 || version === 3 || version === 4) return
  const { message, hint } = version === 1 ? explainVersion1(lockfile) : explainVersion(version)
  throw new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_VERSION', message, { hint, line: findLine() })
}

interface Explanation {
  readonly message: string
  readonly hint: string
}

const lockAnew = 'npm install --package-lock-only --ignore-scripts --lockfile-version=3'

/**
 * npm 7 and later fill in what version 1 does not say, and for an alias they ask the default
 * registry for the alias, not for the package behind it. Whoever owns that name there decides what
 * the package depends on, also when the lockfile is converted; hence the second hint.
 */
function explainVersion1(lockfile: Readonly<Record<string, unknown>>): Explanation {
  const alias = findAlias(lockfile)
  if (alias === undefined) {
    return {
      message:
        'is of version 1, for which npm asks the registries again what each package depends on',
      hint: `convert it with: ${lockAnew}`,
    }
  }
  return {
    message: `is of version 1, for which npm asks the default registry for ${JSON.stringify(alias)}, which is only an alias`,
    hint: `remove it, then lock anew, since npm would ask for the alias to convert it as well: ${lockAnew}`,
  }
}

/** The first alias in the nested `dependencies` of version 1. */
function findAlias(lockfile: Readonly<Record<string, unknown>>): string | undefined {
  const pending: unknown[] = [lockfile['dependencies']]
  for (const dependencies of pending) {
    if (!isRecord(dependencies)) continue
    for (const [alias, entry] of Object.entries(dependencies)) {
      if (!isRecord(entry)) continue
      if (/^npm:/i.test(String(entry['version']))) return alias
      pending.push(entry['dependencies'])
    }
  }
  return undefined
}

function explainVersion(version: unknown): Explanation {
  const text =
    version === undefined ? 'names no version' : `is of version ${JSON.stringify(version)}`
  return {
    message: `${text}; versions 2, 3 and 4 are known`,
    hint: `remove it, then lock anew: ${lockAnew}`,
  }
}
