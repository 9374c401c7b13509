import process from 'node:process'
import { findNpm } from '../client/program.ts'
import { JsrGuardError } from '../errors.ts'
import type { NpmInUse } from '../project/load.ts'

/**
 * The npm that would be run here. A check starts no program, so what lies behind the shim of a
 * version manager stays unknown; a project can be judged all the same.
 */
export async function findNpmInUse(
  env: Readonly<Record<string, string | undefined>>,
): Promise<NpmInUse> {
  try {
    return await findNpm({
      env,
      platform: process.platform,
      nodePath: process.execPath,
      canRunShims: false,
    })
  } catch (error) {
    if (!(error instanceof JsrGuardError) || error.code !== 'ERR_JSR_GUARD_CLIENT') throw error
    return { version: undefined, folder: undefined, nodePath: undefined }
  }
}
