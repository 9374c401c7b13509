import { existsSync } from 'node:fs'
import path from 'node:path'
import { JsrGuardError } from '../../errors.ts'
import type { ConfigPlace } from '../../project/config-place.ts'
import type { YarnBerrySettings } from '../../project/yarn-settings.ts'

/**
 * Refuses settings of Yarn 2 and later that lead it past the closed way out, or its lockfile past us.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED`
 */
export function refuseYarnSettings(
  settings: readonly YarnBerrySettings[],
  { root, env }: Pick<ConfigPlace, 'root' | 'env'>,
): void {
  if (existsSync(path.join(root, '.env.yarn'))) {
    throw unsupported('.env.yarn', 'its variables win over those that close the way out')
  }
  const variable = ['YARN_LOCKFILE_FILENAME', 'YARN_INJECT_ENVIRONMENT_FILES'].find(
    (name) => env[name],
  )
  if (variable !== undefined) throw unsupported(variable, 'it changes which files Yarn goes by')
  for (const { file, value } of settings) {
    const lockfile = value['lockfileFilename']
    if (lockfile !== undefined && lockfile !== 'yarn.lock') {
      throw unsupported(`${file}: lockfileFilename`, 'it leaves no yarn.lock to judge')
    }
    if (value['injectEnvironmentFiles'] !== undefined) {
      throw unsupported(
        `${file}: injectEnvironmentFiles`,
        'such variables win over those that close the way out',
      )
    }
    if (hasOwnProxy(value['networkSettings'])) {
      throw unsupported(
        `${file}: networkSettings`,
        'a proxy for one host leads past the closed way out',
      )
    }
  }
}

/** What is no mapping, or has another shape than Yarn writes, may hold one. */
function hasOwnProxy(networkSettings: unknown): boolean {
  if (networkSettings === undefined || networkSettings === null) return false
  if (typeof networkSettings !== 'object') return true
  return Object.values(networkSettings).some((found: unknown) => {
    if (typeof found !== 'object' || found === null) return true
    return Object.keys(found).some((key) => /proxy|onConflict/i.test(key))
  })
}

function unsupported(what: string, reason: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', `${what}: ${reason}`, {
    hint: 'take it out; a proxy for all hosts belongs to httpsProxy, and jsr-guard goes through it',
  })
}
