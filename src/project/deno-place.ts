import path from 'node:path'
import { readDenoJson } from '../manifest/deno-json.ts'
import { readFileText } from './file-text.ts'

/** Where Deno finds its configuration, and what that says of its lockfile. */
export interface DenoPlace {
  /** The nearest folder upwards with a `deno.json`, `deno.jsonc` or `package.json`. */
  readonly folder: string
  /** The file in which a lockfile elsewhere, or none, is asked for. */
  readonly lock: { readonly file: string } | undefined
}

/**
 * Finds where Deno would be at work when it is started in a folder.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a configuration that can't be read.
 */
export async function findDenoPlace(cwd: string): Promise<DenoPlace> {
  const names = ['deno.json', 'deno.jsonc', 'package.json']
  const texts = await Promise.all(
    names.map(async (name) => await readFileText(path.join(cwd, name))),
  )
  const parent = path.dirname(cwd)
  if (texts.every(({ type }) => type === 'absent') && parent !== cwd) {
    return await findDenoPlace(parent)
  }
  const own = texts.findIndex(({ type }) => type !== 'absent')
  const name = names[own]
  const found = texts[own]
  if (name === undefined || name === 'package.json' || found?.type !== 'text') {
    return { folder: cwd, lock: undefined }
  }
  const isElsewhere = isLockElsewhere(readDenoJson(found.text, name).value)
  return { folder: cwd, lock: isElsewhere ? { file: path.join(cwd, name) } : undefined }
}

/** `"lock": false`, `"lock": "other.lock"`, `"lock": { "path": "other.lock" }`. */
function isLockElsewhere(config: unknown): boolean {
  const lock = fieldOf(config, 'lock')
  const place = typeof lock === 'object' && lock !== null ? fieldOf(lock, 'path') : lock
  return ![undefined, true, 'deno.lock', './deno.lock'].some((usual) => usual === place)
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
