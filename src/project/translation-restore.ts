import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { undoRewrite } from '../manifest/undo.ts'
import { orAbsent } from './error-code.ts'
import { readFileText } from './file-text.ts'
import {
  removeJournal,
  replaceJournal,
  saveOriginal,
  type TranslatedManifest,
} from './translation-record.ts'
import { removeTemporaries, writeFileAtomically } from './write.ts'

/** What is to be put back, and where. */
export interface RestoreOptions {
  /** The project, all links resolved. */
  readonly root: string
  /** Where the journal is. */
  readonly folder: string
  readonly manifests: readonly TranslatedManifest[]
  /** Whether an absolute path is that of a manifest; asked where the journal is not our own. */
  readonly isManifest?: (file: string) => boolean
}

/**
 * Puts manifests back as they would be had they never been translated, then ends the journal.
 *
 * Returns the paths of those that had to be changed. What can't be put back stays in the journal.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` where that is so for some of them.
 */
export async function restoreManifests(options: RestoreOptions): Promise<string[]> {
  const restored: string[] = []
  const failures: Failure[] = []
  for (const manifest of options.manifests) {
    try {
      if (await restoreManifest(manifest, options)) restored.push(manifest.file)
    } catch (error) {
      failures.push({ manifest, error })
    }
  }
  if (failures.length > 0) throw await keepFailures(failures, options)
  await removeJournal(options.folder)
  return restored
}

interface Failure {
  readonly manifest: TranslatedManifest
  readonly error: unknown
}

/** Somebody who writes to a file all the time is left to it. */
const maxAttempts = 20

/** Returns whether the file had to be changed. */
async function restoreManifest(
  { file, original }: TranslatedManifest,
  { root, isManifest = () => true }: RestoreOptions,
): Promise<boolean> {
  const place = path.join(root, file)
  const real = await orAbsent(realpath(place))
  // Whoever has removed it has removed it.
  if (real === undefined) return false
  if (real !== place) throw createError(file, 'a link leads somewhere else now')
  if (!isManifest(place)) throw createError(file, 'it is no manifest of this project')
  await removeTemporaries(place)
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const found = await readFileText(place)
    if (found.type === 'absent') return false
    if (found.type === 'unreadable') throw createError(file, found.reason)
    const text = undoRewrite({ file, original, current: found.text })
    if (text === found.text) return false
    const expected = Buffer.from(found.text)
    if (await writeFileAtomically(place, Buffer.from(text), { expected })) return true
  }
  throw createError(file, 'somebody keeps on changing it')
}

function createError(file: string, reason: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${file}: ${reason}`, { file })
}

/** The rest has been put back, so only these are still needed. */
async function keepFailures(
  failures: readonly Failure[],
  { folder, manifests }: RestoreOptions,
): Promise<JsrGuardError> {
  const failed = failures.map(({ manifest }) => manifest)
  if (failed.length < manifests.length) await replaceJournal(folder, failed)
  const saved = await Promise.all(
    failed.map(async (manifest, index) => await saveOriginal(folder, manifest, index)),
  )
  return createRestoreError(failures, saved)
}

function createRestoreError(failures: readonly Failure[], saved: readonly string[]): JsrGuardError {
  const [first] = failures
  const files = failures.map(({ manifest }) => manifest.file)
  const reason = first?.error instanceof Error ? first.error.message : String(first?.error)
  return new JsrGuardError(
    'ERR_JSR_GUARD_JOURNAL',
    `the jsr: specifiers of ${files.join(', ')} can't be put back: ${reason}`,
    {
      file: files[0],
      line: first?.error instanceof JsrGuardError ? first.error.line : undefined,
      hint: `mend it, then run jsr-guard again; the text from before is in ${saved.join(', ')}`,
      cause: first?.error,
    },
  )
}
