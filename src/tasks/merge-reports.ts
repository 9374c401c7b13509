import path from 'node:path'
import type { Finding } from '../finding.ts'
import {
  createReport,
  type Report,
  type ReportedError,
  type ReportedPackage,
  type SkippedRule,
} from '../report/report.ts'

/** What became of one of several projects. */
export type ProjectResult =
  /** Its place below the root of the whole run, `/` as separator; `.` is the root itself. */
  | { readonly path: string; readonly report: Report }
  | { readonly path: string; readonly error: ReportedError }

/** What a report of several projects is made of. */
export interface MergeOptions {
  readonly version: string
  /** Absolute path that the projects' places are relative to. */
  readonly root: string
  /** In the order of the report. */
  readonly results: readonly ProjectResult[]
  /** Whether one policy was named for all: an ignore in it is of use if it is in one of them. */
  readonly hasSharedPolicy: boolean
}

/** A project that was judged. */
interface Judged {
  readonly path: string
  readonly report: Report
}

/**
 * One report of several projects. Every path in it is relative to the root, so that files of two
 * projects can't be taken for each other; what two of them say of the same file is said once.
 */
export function mergeReports({ version, root, results, hasSharedPolicy }: MergeOptions): Report {
  const judged = results.filter((result): result is Judged => 'report' in result)
  const findings = judged.map((each) =>
    each.report.findings.map((finding) => relocateFinding(finding, each.path, root)),
  )
  const registries = [...new Set(judged.map(({ report }) => report.registry))]
  return createReport({
    version,
    root,
    registry: registries.length === 1 ? registries[0] : undefined,
    projects: results.map((result) => describeProject(result, root)),
    clients: judged.flatMap(({ path: project, report }) =>
      report.clients.map((client) => ({ project, ...client })),
    ),
    packages: judged.flatMap(({ path: project, report }) =>
      report.packages.map((locked) => relocatePackage(locked, project, root)),
    ),
    findings: dedupe(hasSharedPolicy ? withoutUsed(findings) : findings.flat()),
    ignored: dedupe(
      judged.flatMap(({ path: project, report }) =>
        report.ignored.map((ignored) => relocateFinding(ignored, project, root)),
      ),
    ),
    skipped: mergeSkipped(judged),
    hosts: [],
  })
}

function describeProject(result: ProjectResult, root: string): Report['projects'][number] {
  if ('report' in result) {
    return { path: result.path, registry: result.report.registry, error: undefined }
  }
  const { path: project, error } = result
  const file = error.file === undefined ? undefined : relocate(error.file, project, root)
  return { path: project, registry: undefined, error: { ...error, file } }
}

function relocateFinding<T extends Finding>(finding: T, project: string, root: string): T {
  const { why, file } = finding
  const [manifest, ...steps] = why ?? []
  const isPlace = manifest !== undefined && /(?:^|\/)(?:package|deno)\.json$/.test(manifest)
  return {
    ...finding,
    file: relocate(file, project, root),
    why: isPlace ? [relocate(manifest, project, root), ...steps] : why,
  }
}

/** The line of a package is found out when it is asked for, and stays so. */
function relocatePackage(locked: ReportedPackage, project: string, root: string): ReportedPackage {
  const { lockfile, ...fields } = Object.getOwnPropertyDescriptors(locked)
  const value = relocate(locked.lockfile, project, root)
  return Object.create(Object.prototype, { ...fields, lockfile: { ...lockfile, value } })
}

/** A file of a project, relative to the root; those of the user's home and of the machine stay. */
function relocate(file: string, project: string, root: string): string {
  if (file.startsWith('~/')) return file
  if (!path.isAbsolute(file)) return path.posix.normalize(`${project}/${file}`)
  const relative = path.relative(root, file)
  const isInside = !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
  return isInside ? relative.replaceAll(path.sep, '/') : file
}

function dedupe<T extends Finding>(findings: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const finding of findings) {
    const key = identify(finding)
    if (!seen.has(key)) seen.set(key, finding)
  }
  return [...seen.values()]
}

function identify({ rule, file, line, message, package: name, version }: Finding): string {
  return JSON.stringify([rule, file, line, message, name, version])
}

/** Without what only some of the projects say of the policy that all of them have. */
function withoutUsed(findings: ReadonlyArray<readonly Finding[]>): Finding[] {
  const said = findings.map((each) => new Set(each.map(identify)))
  return findings.flat().filter((finding) => {
    if (finding.rule !== 'unused-ignore') return true
    const key = identify(finding)
    return said.every((each) => each.has(key))
  })
}

/** What was left out of all is said once, the rest for each project. */
function mergeSkipped(judged: readonly Judged[]): SkippedRule[] {
  const counts = new Map<string, number>()
  const all = judged.flatMap(({ path: project, report }) =>
    report.skipped.map(({ rule, reason }) => {
      const key = JSON.stringify([rule, reason])
      counts.set(key, (counts.get(key) ?? 0) + 1)
      return { key, project, rule, reason }
    }),
  )
  const seen = new Set<string>()
  return all.flatMap(({ key, project, rule, reason }) => {
    if (counts.get(key) !== judged.length) return [{ rule, reason: `${project}: ${reason}` }]
    if (seen.has(key)) return []
    seen.add(key)
    return [{ rule, reason }]
  })
}
