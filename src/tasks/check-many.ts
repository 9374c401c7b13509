import path from 'node:path'
import pMap from 'p-map'
import { JsrGuardError } from '../errors.ts'
import { findFolder } from '../project/folder.ts'
import { readOwnVersion } from '../project/own-version.ts'
import { findProjectFolders } from '../project/project-folders.ts'
import type { Report, ReportedError } from '../report/report.ts'
import { checkProject, type CheckProjectOptions } from './check.ts'
import { mergeReports, type ProjectResult } from './merge-reports.ts'
import { findNpmInUse } from './npm-in-use.ts'
import { findPnpmInUse } from './pnpm-in-use.ts'

/** What to check, and how. */
export interface CheckProjectsOptions extends CheckProjectOptions {
  /** Folders of projects, and patterns such as `apps/*`, relative to `cwd`. */
  readonly patterns: readonly string[]
}

/** Enough to read the next projects while one is judged; more would only hold more in memory. */
const concurrency = 4

/**
 * Judges several projects as {@link checkProject} does each of them, and makes one report, relative
 * to `cwd`. A project that can't be judged does not keep the others from it: it is in the report
 * with its error, as is a pattern that stands for no project.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_URL` and `ERR_JSR_GUARD_USAGE` for options that make no sense.
 */
export async function checkProjects(options: CheckProjectsOptions): Promise<Report> {
  const root = await findFolder(options.cwd)
  const matches = await findProjectFolders(root, options.patterns)
  const folders = [...new Set(matches.flatMap((match) => match.folders))]
  const [npm, pnpm] = await Promise.all([
    options.npm ?? findNpmInUse(options.env),
    options.pnpm ?? findPnpmInUse(options.env),
  ])
  const results = await pMap(
    folders,
    async (cwd) => await checkOne({ ...options, cwd, npm, pnpm }, root),
    { concurrency },
  )
  const unmatched = matches.filter((match) => match.folders.length === 0)
  return mergeReports({
    version: readOwnVersion(),
    root,
    results: [
      ...mergeSameProjects(results),
      ...unmatched.map(({ pattern }) => describeUnmatched(pattern)),
    ],
    hasSharedPolicy: options.config !== undefined,
  })
}

async function checkOne(options: CheckProjectOptions, root: string): Promise<ProjectResult> {
  try {
    const report = await checkProject(options)
    return { path: formatPath(root, report.root), report }
  } catch (error) {
    // A bug is none of the project's: it must not look as if that had been judged.
    if (!(error instanceof JsrGuardError)) throw error
    return { path: formatPath(root, options.cwd), error: describeError(error) }
  }
}

function formatPath(root: string, folder: string): string {
  const relative = path.relative(root, folder)
  return relative === '' ? '.' : relative.replaceAll(path.sep, '/')
}

function describeError({ code, message, hint, file, line }: JsrGuardError): ReportedError {
  return { code, message, hint, file, line }
}

function describeUnmatched(pattern: string): ProjectResult {
  const message = `${JSON.stringify(pattern)} stands for no folder with a manifest or lockfile`
  return {
    path: pattern,
    error: describeError(new JsrGuardError('ERR_JSR_GUARD_NOTHING_TO_CHECK', message)),
  }
}

/**
 * Folders of one workspace are one project. What was found from an inner folder may be more, since
 * another client may have its files there: findings are kept, packages and clients are not counted
 * twice.
 */
function mergeSameProjects(results: readonly ProjectResult[]): ProjectResult[] {
  const merged = new Map<string, ProjectResult>()
  for (const result of results) {
    const known = merged.get(result.path)
    if (known === undefined || 'error' in result) merged.set(result.path, result)
    else if ('report' in known) merged.set(result.path, joinReports(known, result.report))
  }
  return [...merged.values()]
}

function joinReports(
  known: ProjectResult & { readonly report: Report },
  other: Report,
): ProjectResult {
  const { report } = known
  const lockfiles = new Set(report.packages.map(({ lockfile }) => lockfile))
  const clients = new Set(report.clients.map(({ name }) => name))
  return {
    ...known,
    report: {
      ...report,
      clients: [...report.clients, ...other.clients.filter(({ name }) => !clients.has(name))],
      packages: [
        ...report.packages,
        ...other.packages.filter(({ lockfile }) => !lockfiles.has(lockfile)),
      ],
      findings: [...report.findings, ...other.findings],
      ignored: [...report.ignored, ...other.ignored],
      skipped: [...report.skipped, ...other.skipped],
    },
  }
}
