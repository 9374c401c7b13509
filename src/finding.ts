/** How bad a finding is. Findings at `error` level make a run end with 1. */
export type Severity = 'error' | 'warning'

/** What a policy may make of a rule. */
export type RuleLevel = Severity | 'off'

/** The id of a rule. */
export type RuleId =
  | 'direct-route'
  | 'public-route'
  | 'unmapped-scope'
  | 'route-conflict'
  | 'insecure-route'
  | 'guard-bypassed'
  | 'jsr-specifier'
  | 'direct-dependency'
  | 'invalid-specifier'
  | 'alias-mismatch'
  | 'direct-resolution'
  | 'foreign-resolution'
  | 'unknown-source'
  | 'missing-integrity'
  | 'weak-integrity'
  | 'name-mismatch'
  | 'stale-lockfile'
  | 'not-served'
  | 'leaky-registry'
  | 'redirects-to-jsr'
  | 'not-from-jsr'
  | 'integrity-mismatch'
  | 'revision-drift'
  | 'denied-package'
  | 'unapproved-package'
  | 'too-new'
  | 'unused-ignore'

/**
 * Every rule that jsr-guard has, with its default level. Ids are public:
 * added, never renamed.
 */
export const ruleLevels: Readonly<Record<RuleId, Severity>> = {
  'direct-route': 'error',
  'public-route': 'error',
  'unmapped-scope': 'warning',
  'route-conflict': 'error',
  'insecure-route': 'error',
  'guard-bypassed': 'error',
  'jsr-specifier': 'warning',
  'direct-dependency': 'error',
  'invalid-specifier': 'error',
  'alias-mismatch': 'warning',
  'direct-resolution': 'error',
  'foreign-resolution': 'error',
  'unknown-source': 'error',
  'missing-integrity': 'error',
  'weak-integrity': 'warning',
  'name-mismatch': 'error',
  'stale-lockfile': 'warning',
  'not-served': 'error',
  'leaky-registry': 'error',
  'redirects-to-jsr': 'error',
  'not-from-jsr': 'error',
  'integrity-mismatch': 'error',
  'revision-drift': 'warning',
  'denied-package': 'error',
  'unapproved-package': 'error',
  'too-new': 'error',
  'unused-ignore': 'warning',
}

/** One thing that a rule has to say. All texts may hold hostile characters: reporters escape. */
export interface Finding {
  readonly rule: RuleId
  readonly severity: Severity
  /** What is wrong, in one line, with the offending text. */
  readonly message: string
  /** What to type or change. */
  readonly hint: string | undefined
  /** Path relative to the project, `/` as separator. */
  readonly file: string
  /** 1-based. */
  readonly line: number | undefined
  /** The registry's name of the package it is about, such as `@jsr/luca__cases`. */
  readonly package: string | undefined
  readonly version: string | undefined
  /** The line as it stands in the file, cut to a length that fits; where a run looked it up. */
  readonly excerpt?: string | undefined
  /** What brings the package in, the manifest of a project first; where a lockfile tells it. */
  readonly why?: readonly string[] | undefined
}
