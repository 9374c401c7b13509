import { realpath, stat } from 'node:fs/promises'
import { JsrGuardError } from '../errors.ts'

/**
 * The folder that a run is about, links resolved.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE` where there is no such folder.
 */
export async function findFolder(folder: string): Promise<string> {
  if (await isFolder(folder)) return await realpath(folder)
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `there is no folder ${JSON.stringify(folder)}`, {
    hint: 'name the folder of the project with --cwd',
  })
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory()
  } catch {
    return false
  }
}
