import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { explainWriteFailure, orAbsent } from '../project/error-code.ts'
import { findFolder } from '../project/folder.ts'
import { recoverTranslation } from '../project/journal.ts'
import { acquireRunLock, type RunLockOptions } from '../project/lock.ts'
import { findProjectRoot } from '../project/pnpm-root.ts'
import { writeFileAtomically } from '../project/write.ts'
import { inspectProject, type CheckProjectOptions } from './check.ts'
import type { FileEdit, KeptPlace } from './fix/edit.ts'
import { editLockfiles } from './fix/lockfiles.ts'
import { editManifests } from './fix/manifests.ts'
import { editMapping } from './fix/mapping.ts'

/** What to fix, and how. */
export interface FixProjectOptions extends CheckProjectOptions, RunLockOptions {
  /** `show` writes nothing. */
  readonly mode: 'show' | 'write'
}

/** What a fix changes, or would change. */
export interface FixResult {
  /** Absolute path of the project. */
  readonly root: string
  readonly edits: readonly FileEdit[]
  /** What a finding asks to be changed, and was not, since that could change what is installed. */
  readonly kept: readonly KeptPlace[]
}

/**
 * Puts right what a check finds, as far as that can't change what is installed: the mapping of
 * `@jsr` that is missing, addresses in lockfiles whose hash stays, and `jsr:` specifiers that a client
 * in use can't read. What the policy ignores or has turned off is left alone. A second run changes
 * nothing more.
 *
 * Each file is replaced as one step, if it is still what was judged.
 *
 * @throws JsrGuardError what {@link inspectProject} throws; `ERR_JSR_GUARD_JOURNAL` where a file
 *   can't be written or has been edited meanwhile, or what a killed run left can't be put right.
 */
export async function fixProject(options: FixProjectOptions): Promise<FixResult> {
  if (options.mode === 'show') return await findEdits(options)
  const root = await findProjectRoot(await findFolder(options.cwd))
  // While a run has the manifests translated, what they say is not what they are.
  const lock = await acquireRunLock(root, options)
  try {
    await recoverTranslation(root)
    const result = await findEdits(options)
    for (const edit of result.edits) await writeEdit(edit)
    return result
  } finally {
    await lock.release()
  }
}

async function findEdits(options: FixProjectOptions): Promise<FixResult> {
  const checked = await inspectProject(options)
  const { root } = checked.project
  const mapping = await editMapping(checked, options)
  const lockfiles = await editLockfiles(checked, options)
  const edits = [...mapping.edits, ...lockfiles.edits, ...editManifests(checked)]
  const isOwn = await Promise.all(edits.map(async (edit) => await isInside(root, edit.path)))
  const foreign = edits.filter((_, index) => isOwn[index] !== true)
  return {
    root,
    edits: edits.filter((_, index) => isOwn[index]),
    kept: [
      ...mapping.kept,
      ...lockfiles.kept,
      ...foreign.map(({ file }) => ({
        file,
        line: undefined,
        reason: 'it is a link that leads out of the project',
      })),
    ],
  }
}

/**
 * A link in a project may lead to anything: whoever has an `.npmrc` that is the user's own must not
 * get it to be written.
 */
async function isInside(root: string, file: string): Promise<boolean> {
  const real = await orAbsent(realpath(file))
  if (real === undefined) return true
  const relative = path.relative(root, real)
  return !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
}

async function writeEdit({ file, path: target, before, after }: FileEdit): Promise<void> {
  const expected = before === undefined ? {} : { expected: Buffer.from(before) }
  let isWritten: boolean
  try {
    isWritten = await writeFileAtomically(target, Buffer.from(after), expected)
  } catch (error) {
    throw explainWriteFailure(error, target)
  }
  if (isWritten) return
  throw new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${file} has just been edited`, {
    file,
    hint: 'run jsr-guard check --fix again',
  })
}
