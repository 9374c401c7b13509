import { JsrGuardError } from '../errors.ts'
import { explainWriteFailure } from './error-code.ts'
import type { LoadedManifest } from './workspaces.ts'
import { writeFileAtomically } from './write.ts'

/** A file as it was loaded. */
export interface WritableFile extends Pick<LoadedManifest, 'path' | 'bytes'> {
  readonly manifest: Pick<LoadedManifest['manifest'], 'file'>
}

/**
 * Replaces the text of a manifest, if it is still what was loaded.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when somebody has edited it since.
 */
export async function writeManifest(loaded: WritableFile, text: string): Promise<void> {
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
