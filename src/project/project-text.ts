import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { readFileText } from './file-text.ts'

/**
 * The text of a configuration file of a project, by its path in it; `undefined` where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where it is there and can't be read.
 */
export async function readProjectText(root: string, file: string): Promise<string | undefined> {
  const found = await readFileText(path.join(root, file))
  if (found.type !== 'unreadable') return found.type === 'text' ? found.text : undefined
  const message = `${file} can't be read: ${found.reason}`
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', message, { file })
}
