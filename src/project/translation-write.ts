import { JsrGuardError } from '../errors.ts'
import { explainWriteFailure } from './error-code.ts'
import { writeFileAtomically } from './write.ts'

/** A manifest, or a file beside it, as it was loaded. */
export interface WriteTarget {
  readonly manifest: { readonly file: string }
  /** Absolute, with all links resolved. */
  readonly path: string
  readonly bytes: Buffer
}

/**
 * Replaces the text of a manifest, if it is still what was loaded.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when somebody has edited it since.
 */
export async function writeManifest(loaded: WriteTarget, text: string): Promise<void> {
  const { path: target, bytes: expected } = loaded
  const { file } = loaded.manifest
  try {
    if (await writeFileAtomically(target, Buffer.from(text), { expected })) return
  } catch (error) {
    throw explainWriteFailure(error, target)
  }
  throw new JsrGuardError('ERR_JSR_GUARD_MANIFEST', `${file} has just been edited`, {
    file,
    hint: 'run jsr-guard again',
  })
}
