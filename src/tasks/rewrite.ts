import { lstat } from 'node:fs/promises'
import path from 'node:path'
import {
  rewriteManifest,
  type ManifestChange,
  type ManifestProblem,
  type RewriteDirection,
} from '../manifest/rewrite.ts'
import { rewritableFiles, rewriteFile } from '../manifest/rewrite-files.ts'
import { loadConfigText } from '../project/config-text.ts'
import { orAbsent } from '../project/error-code.ts'
import { recoverTranslation } from '../project/journal.ts'
import { acquireRunLock, guardFolder, type RunLockOptions } from '../project/lock.ts'
import { writeManifest, type WritableFile } from '../project/translation-write.ts'
import { loadManifests, type LoadedManifest } from '../project/workspaces.ts'

/** What to rewrite. */
export interface RewriteOptions extends RunLockOptions {
  /** The project. */
  readonly root: string
  /** `npm`: `jsr:` specifiers into aliases that every client can install; `jsr`: back. */
  readonly direction: RewriteDirection
  /** `check` writes nothing. */
  readonly mode: 'check' | 'write'
  /** Patterns of workspaces, beside those of the root's manifest. */
  readonly patterns?: readonly string[]
}

/** What a rewrite changes, or would change. */
export interface RewriteReport {
  /** Every manifest that was looked at; empty where there is none. Paths relative to the project. */
  readonly files: readonly string[]
  readonly changes: readonly (ManifestChange & { readonly file: string })[]
  /** What has to be rewritten by hand. As long as there is anything here, it is not done. */
  readonly problems: readonly (ManifestProblem & { readonly file: string })[]
  /** Whether the changes have been written. */
  readonly isWritten: boolean
}

/**
 * Rewrites the specifiers in all manifests of a project, for good. Lockfiles are not touched.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` for a manifest that can't be read or is edited
 *   meanwhile; `ERR_JSR_GUARD_JOURNAL` where what a killed run left can't be put right.
 */
export async function rewriteProject(options: RewriteOptions): Promise<RewriteReport> {
  // While a run has the manifests translated, and after one was killed then, what they say isn't
  // what they are; the others are read without a lock, for a check has no need to write.
  const isQuiet = options.mode === 'check' && !(await hasGuardFolder(options.root))
  if (isQuiet) return await rewriteUnlocked(options)
  const lock = await acquireRunLock(options.root, options)
  try {
    await recoverTranslation(options.root)
    return await rewriteUnlocked(options)
  } finally {
    await lock.release()
  }
}

async function hasGuardFolder(root: string): Promise<boolean> {
  return (await orAbsent(lstat(path.join(root, guardFolder)))) !== undefined
}

async function rewriteUnlocked(options: RewriteOptions): Promise<RewriteReport> {
  const { root, direction, mode, patterns = [] } = options
  const manifests = await loadManifests(root, { patterns })
  const others = await Promise.all(
    rewritableFiles.map(async (file) => await rewriteOther(root, file, direction)),
  )
  const results = [...manifests.map((loaded) => rewriteLoaded(loaded, direction)), ...others.flat()]
  const changed = results.filter(({ changes }) => changes.length > 0)
  if (mode === 'write') for (const { loaded, text } of changed) await writeManifest(loaded, text)
  return {
    files: results.map(({ loaded }) => loaded.manifest.file),
    changes: changed.flatMap(({ changes, loaded }) => withFile(changes, loaded)),
    problems: results.flatMap(({ problems, loaded }) => withFile(problems, loaded)),
    isWritten: mode === 'write' && changed.length > 0,
  }
}

interface RewriteResult {
  readonly loaded: WritableFile
  readonly text: string
  readonly changes: readonly ManifestChange[]
  readonly problems: readonly ManifestProblem[]
}

/** A file beside the manifests; it counts as looked at only where something is said of it. */
async function rewriteOther(
  root: string,
  file: string,
  direction: RewriteDirection,
): Promise<RewriteResult[]> {
  const found = await loadConfigText(path.join(root, file), { root, env: {}, home: root })
  if (found === undefined) return []
  const { text, changes, problems } = rewriteFile(found.text, file, direction)
  if (changes.length === 0 && problems.length === 0) return []
  const loaded = { manifest: { file }, path: path.join(root, file), bytes: Buffer.from(found.text) }
  return [{ loaded, text, changes, problems }]
}

function rewriteLoaded(loaded: LoadedManifest, direction: RewriteDirection): RewriteResult {
  const { text, isOutside, manifest } = loaded
  const result = rewriteManifest(text, manifest.file, direction)
  if (!isOutside) return { loaded, ...result }
  const problems = result.changes.map(({ path: keys, from, line }): ManifestProblem => ({
    path: keys,
    specifier: from,
    line,
    reason: 'a link leads to this manifest out of the project',
    hint: 'run "jsr-guard rewrite --write" in the project that it belongs to',
  }))
  return { loaded, text, changes: [], problems: [...result.problems, ...problems] }
}

function withFile<T extends object>(
  items: readonly T[],
  { manifest: { file } }: WritableFile,
): (T & { readonly file: string })[] {
  return items.map((item) => ({ ...item, file }))
}
