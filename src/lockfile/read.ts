import { JsrGuardError } from '../errors.ts'
import { readBunLockfile, refuseBunBinary } from './bun.ts'
import { readDenoLockfile } from './deno.ts'
import {
  findLockfileFormat,
  isYarnBerry,
  type LockfileFormat,
  type LockfileReader,
} from './formats.ts'
import type { Lockfile } from './locked-package.ts'
import { readNpmLockfile } from './npm.ts'
import { readPnpmLockfile } from './pnpm.ts'
import { readVltLockfile } from './vlt.ts'
import { readYarnBerryLockfile } from './yarn-berry.ts'
import { readYarnLockfile } from './yarn-classic.ts'

/** What reads the lockfiles of each client, for those who cannot wait for it to be loaded. */
const readers: Readonly<Record<LockfileFormat['client'], LockfileReader>> = {
  npm: readNpmLockfile,
  pnpm: readPnpmLockfile,
  yarn: readYarnLockfile,
  'yarn-berry': readYarnBerryLockfile,
  bun: readBunLockfile,
  deno: readDenoLockfile,
  vlt: readVltLockfile,
}

/**
 * Reads a lockfile by the name of its file, as in `lockfileFormats`. Where clients share the name, the
 * text tells whose it is.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` or `ERR_JSR_GUARD_LOCKFILE_VERSION`, with
 *   the file: then nothing is known of what it leads to, which is a finding and never a pass.
 */
export function readLockfile(file: string, text: string): Lockfile {
  const format = findLockfileFormat(file, isYarnBerry(text) ? 'yarn-berry' : undefined)
  if (format === undefined) throw new Error(`${file} is none of the lockfiles that are known`)
  try {
    return format.file.endsWith('bun.lockb') ? refuseBunBinary() : readers[format.client](text)
  } catch (error) {
    if (!(error instanceof JsrGuardError)) throw error
    const { code, message, hint, line, cause } = error
    throw new JsrGuardError(code, message, { hint, file, line, cause: cause ?? error })
  }
}
