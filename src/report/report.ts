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

/** A client that is in use, and where it goes for `@jsr`. */
export interface ReportedClient {
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

/** How much a reporter for people says, and whether in colour. */
export interface RenderOptions {
  readonly hasColor: boolean
  readonly detail: 'quiet' | 'normal' | 'verbose'
}

/** Puts a report together: sorts the findings by place, leaves out secrets, counts. */
export function createReport(content: ReportContent): Report {
  const findings = content.findings.map(redactRow).toSorted(compareByPlace)
  const ignored = content.ignored.map(redactRow)
  return {
    schemaVersion: 1,
    ...content,
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
export type ReportContent = Omit<Report, 'schemaVersion' | 'summary'>

/** The texts of one row, with the secrets left out. What is found out late stays so. */
function redactRow<T extends object>(row: T): T {
  const fields: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(row)
  for (const field of Object.values(fields)) {
    if (typeof field.value === 'string') field.value = redactText(field.value)
  }
  return Object.create(Object.prototype, fields) as T
}

/** File by file, line by line; findings of one line stay in the order of the rules. */
function compareByPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return (a.line ?? 0) - (b.line ?? 0)
}
