import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { rewriteManifest } from '../manifest/rewrite.ts'
import { guardFolder, type RunLock } from './lock.ts'
import { loadPnpmWorkspace } from './pnpm-files.ts'
import {
  findJournal,
  removeLeftovers,
  writeJournal,
  type TranslatedManifest,
} from './translation-record.ts'
import { restoreManifests } from './translation-restore.ts'
import { writeManifest } from './translation-write.ts'
import { loadManifests, type LoadedManifest } from './workspaces.ts'

/** Manifests that say `npm:@jsr/…` for the time being, where they said `jsr:…`. */
export interface Translation {
  /** Their paths relative to the project. */
  readonly files: readonly string[]
  /**
   * Puts them back, and keeps what else has happened to them since. A second call does nothing more.
   *
   * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` where one can't be put back now; the others are,
   *   and its text from before is kept.
   */
  readonly restore: () => Promise<void>
}

/** What was put right after a run that was killed. */
export interface Recovery {
  /** Paths of manifests, relative to the project. */
  readonly files: readonly string[]
}

/**
 * Rewrites the `jsr:` specifiers of a project's manifests into aliases that every client can
 * install, for the time of a run.
 *
 * The order of the steps is what makes it safe to be killed between any two of them: the texts are
 * in the journal before the first manifest is changed, each manifest changes as one step, and the
 * journal goes after the last one has been put back.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_SPECIFIER` for a `jsr:` specifier that can't be translated,
 *   `ERR_JSR_GUARD_UNSUPPORTED` for a manifest outside of the project, `ERR_JSR_GUARD_MANIFEST` for
 *   one that has been edited since it was loaded. No manifest is left translated then.
 */
export async function translateManifests(
  root: string,
  manifests: readonly LoadedManifest[],
  lock: RunLock,
): Promise<Translation> {
  const rewritten = manifests.flatMap((loaded) => rewriteLoaded(loaded))
  if (rewritten.length === 0) return { files: [], restore: async () => undefined }
  const realRoot = await realpath(root)
  const entries = rewritten.map(({ loaded: { manifest, text } }): TranslatedManifest => {
    return { file: manifest.file, original: text }
  })
  await writeJournal(lock.folder, entries)
  const restore = once(async () => {
    await restoreManifests({ root: realRoot, folder: lock.folder, manifests: entries })
  })
  try {
    for (const { loaded, text } of rewritten) await writeManifest(loaded, text)
  } catch (error) {
    await restore()
    throw error
  }
  return { files: entries.map(({ file }) => file), restore }
}

/**
 * Puts right what a killed run has left. To be called at the start of every run, with the run lock,
 * before the manifests are loaded.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` where that isn't possible now, or the journal is not
 *   one that may be followed. Nothing is lost: the journal stays.
 */
export async function recoverTranslation(root: string): Promise<Recovery> {
  const realRoot = await realpath(root)
  const folder = path.join(realRoot, guardFolder)
  const manifests = await findJournal(folder)
  if (manifests === undefined) {
    await removeLeftovers(folder)
    return { files: [] }
  }
  return {
    files: await restoreManifests({
      root: realRoot,
      folder,
      manifests,
      isManifest: await listProjectManifests(realRoot),
    }),
  }
}

interface RewrittenManifest {
  readonly loaded: LoadedManifest
  readonly text: string
}

function rewriteLoaded(loaded: LoadedManifest): RewrittenManifest[] {
  const { manifest, isOutside } = loaded
  const { file } = manifest
  const { text, changes, problems } = rewriteManifest(loaded.text, file, 'npm')
  const [problem] = problems
  if (problem !== undefined) {
    const { line, hint, reason } = problem
    throw new JsrGuardError('ERR_JSR_GUARD_SPECIFIER', reason, { file, line, hint })
  }
  if (changes.length === 0) return []
  // It is somebody else's file, and another run may be at work on it under another lock.
  if (isOutside) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_UNSUPPORTED',
      `${file} has jsr: specifiers, but a link leads to it out of the project`,
      { file, hint: 'run "jsr-guard rewrite --write" in the project that it belongs to' },
    )
  }
  return [{ loaded, text }]
}

function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined
  return async () => await (result ??= action())
}

/**
 * Whether a path is that of a manifest of the project as it is now. As long as that can't be told,
 * the question throws, for each manifest that it is asked for.
 */
async function listProjectManifests(root: string): Promise<(file: string) => boolean> {
  try {
    const workspace = await loadPnpmWorkspace(root)
    const loaded = await loadManifests(root, { patterns: workspace?.specifiers.packages })
    const files = new Set(
      loaded.filter(({ isOutside }) => !isOutside).map(({ path: file }) => file),
    )
    return (file) => files.has(file)
  } catch (error) {
    return () => {
      throw error
    }
  }
}
