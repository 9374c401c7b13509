import { JsrGuardError } from '../errors.ts'
import { findFolder } from '../project/folder.ts'
import { findProjectFolders } from '../project/project-folders.ts'
import { fixProject, type FixProjectOptions, type FixResult } from './fix.ts'

/** What to fix, and how. */
export interface FixProjectsOptions extends FixProjectOptions {
  /** Folders of projects, and patterns such as `apps/*`, relative to `cwd`. */
  readonly patterns: readonly string[]
}

/**
 * Fixes several projects as {@link fixProject} does each of them, one after another. One that can't
 * be judged is passed over: the check that follows says why.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` for a file that can't be written.
 */
export async function fixProjects(options: FixProjectsOptions): Promise<FixResult[]> {
  const root = await findFolder(options.cwd)
  const matches = await findProjectFolders(root, options.patterns)
  const results = new Map<string, FixResult>()
  for (const cwd of new Set(matches.flatMap(({ folders }) => folders))) {
    const result = await tryFix({ ...options, cwd })
    // What an inner folder of the same project shows a second time has been said.
    if (result !== undefined && !results.has(result.root)) results.set(result.root, result)
  }
  return [...results.values()]
}

async function tryFix(options: FixProjectOptions): Promise<FixResult | undefined> {
  try {
    return await fixProject(options)
  } catch (error) {
    const isJudged = error instanceof JsrGuardError && error.code !== 'ERR_JSR_GUARD_JOURNAL'
    if (isJudged) return undefined
    throw error
  }
}
