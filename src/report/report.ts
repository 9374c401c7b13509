import type { ErrorCode } from '../errors.ts'
import type { Finding, RuleId } from '../finding.ts'
import { redactText } from '../url/redact.ts'

/**
 * What a run found out, as `--format json` prints it. Within a `schemaVersion` fields are added,
 * never removed. `undefined` is `null` in JSON.
 *
 * URLs come without credentials and queries; every other text is as the project has it, so it may
 * hold hostile characters.
 */
export interface Report {
  readonly schemaVersion: 1
  /** Version of jsr-guard. */
  readonly version: string
  /** Absolute path of the project. */
  readonly root: string
  /** The private registry; `undefined` where neither policy nor configuration names one. */
  readonly registry: string | undefined
  /** The projects that the run was about, those that could not be judged included. */
  readonly projects: readonly ReportedProject[]
  readonly clients: readonly ReportedClient[]
  /** The `@jsr` packages of all lockfiles. */
  readonly packages: readonly ReportedPackage[]
  readonly findings: readonly Finding[]
  readonly ignored: readonly IgnoredFinding[]
  /** What was not judged, and why. */
  readonly skipped: readonly SkippedRule[]
  /** Hosts that the client asked; `install` only. */
  readonly hosts: readonly ReportedHost[]
  readonly summary: ReportSummary
}

/** A project, by its place below the root. */
export interface ReportedProject {
  /** `.` is the root itself. */
  readonly path: string
  /** Its private registry; `undefined` where neither policy nor configuration names one. */
  readonly registry: string | undefined
  /** What kept it from being judged. */
  readonly error: ReportedError | undefined
}

/** What went wrong, as an error of jsr-guard says it. */
export interface ReportedError {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
  readonly file: string | undefined
  readonly line: number | undefined
}

/** A client that is in use, and where it goes for `@jsr`. */
export interface ReportedClient {
  /** The project that it is used in, where there are several. */
  readonly project?: string | undefined
  readonly name: string
  readonly version: string | undefined
  readonly route: ReportedRoute
}

/** A registry that a client would ask, and what decides it. */
export interface ReportedRoute {
  /** `undefined` where the setting is no web address. */
  readonly url: string | undefined
  /** As `.npmrc:1`, or `npm's default`. */
  readonly from: string
}

/** Where the bytes of a locked package come from, seen from the private registry. */
export type Verdict = 'private' | 'direct' | 'foreign' | 'unknown'

/** One `@jsr` package as a lockfile pins it. */
export interface ReportedPackage {
  readonly alias: string
  readonly name: string
  /** `@scope/name` as JSR writes it; `undefined` where the name is not one that JSR gives. */
  readonly jsr: string | undefined
  readonly version: string | undefined
  /** What the lockfile says; `undefined` where it names no source. */
  readonly source: string | undefined
  /** Where the lockfile names no source: the route that the verdict was judged from. */
  readonly route: ReportedRoute | undefined
  readonly integrity: string | undefined
  readonly lockfile: string
  readonly line: number | undefined
  readonly verdict: Verdict
}

/** A finding that the policy ignores. */
export interface IgnoredFinding extends Finding {
  readonly reason: string
  /** ISO date; `undefined` where the ignore does not end. */
  readonly until: string | undefined
}

/** A rule that was not judged, or not for everything. */
export interface SkippedRule {
  readonly rule: RuleId
  readonly reason: string
}

/** A host that was asked while a client ran. */
export interface ReportedHost {
  readonly host: string
  readonly connections: number
  readonly refused: number
}

/** Counts. */
export interface ReportSummary {
  readonly errors: number
  readonly warnings: number
  readonly ignored: number
  /** How many `@jsr` packages were judged. */
  readonly packages: number
}

/** What reporters are given beside the report. */
export interface RenderOptions {
  readonly hasColor: boolean
  /** How much a reporter for people says. */
  readonly detail: 'quiet' | 'normal' | 'verbose'
  /** What there is to say about a rule. */
  readonly explain: (id: RuleId) => RuleDescription
  /** A cryptographic hash of a text, in hexadecimal digits: nobody may be able to make two findings look the same. */
  readonly digest: (text: string) => string
}

/** A rule, for formats that describe the rules as well. */
export interface RuleDescription {
  /** One sentence. */
  readonly summary: string
  /** Paragraphs. */
  readonly explanation: string
}

/** A project that could not be judged. */
export type FailedProject = ReportedProject & { readonly error: ReportedError }

/** The projects that could not be judged. */
export function listFailedProjects({ projects }: Report): FailedProject[] {
  return projects.filter((project): project is FailedProject => project.error !== undefined)
}

/** Puts a report together: sorts the findings by place, leaves out secrets, counts. */
export function createReport(content: ReportContent): Report {
  const findings = content.findings.map(redactRow).toSorted(compareByPlace)
  const ignored = content.ignored.map(redactRow).toSorted(compareByPlace)
  const { registry, projects = [{ path: '.', registry, error: undefined }] } = content
  return {
    schemaVersion: 1,
    ...content,
    projects: projects.map(redactProject),
    packages: content.packages.map(redactRow),
    findings,
    ignored,
    summary: {
      errors: findings.filter(({ severity }) => severity === 'error').length,
      warnings: findings.filter(({ severity }) => severity === 'warning').length,
      ignored: ignored.length,
      packages: content.packages.length,
    },
  }
}

/** What {@link createReport} needs. */
export type ReportContent = Omit<Report, 'schemaVersion' | 'summary' | 'projects'> & {
  /** Default the one at the root. */
  readonly projects?: Report['projects'] | undefined
}

/** The texts of one row, with the secrets left out. A line that is found out late stays so. */
function redactRow<T extends object>(row: T): T {
  const redacted: Record<string, unknown> = {}
  for (const key of Object.keys(row)) {
    if (key === 'line') {
      Object.defineProperty(redacted, key, { ...Object.getOwnPropertyDescriptor(row, key) })
    } else redacted[key] = redactValue(row[key as keyof T])
  }
  return redacted as T
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  return isTexts(value) ? value.map(redactText) : value
}

function redactProject(project: ReportedProject): ReportedProject {
  const { error } = project
  return error === undefined ? project : { ...project, error: redactRow(error) }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** File by file, line by line; findings of one line stay in the order of the rules. */
function compareByPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}
