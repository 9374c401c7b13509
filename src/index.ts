/**
 * jsr-guard as a library: the readers, the rules and the tasks that the command line is made of.
 *
 * Nothing here prints or ends the process. What is thrown on purpose is a {@link JsrGuardError} with
 * one of the {@link errorCodes}; anything else is a bug. Text from manifests, lockfiles and
 * configuration comes back as it is, so it may hold control characters: escape it for where it goes.
 */
export { errorCodes, JsrGuardError, type ErrorCode, type ErrorDetails } from './errors.ts'
export { ruleLevels, type Finding, type RuleId, type RuleLevel, type Severity } from './finding.ts'

export {
  formatJsrName,
  formatNpmName,
  parseJsrName,
  parseNpmName,
  tryParseJsrName,
  type JsrName,
} from './specifier/jsr-name.ts'
export {
  formatJsrSpecifier,
  isJsrSpecifier,
  parseJsrSpecifier,
  type JsrSpecifier,
} from './specifier/jsr-specifier.ts'
export {
  formatNpmAlias,
  parseJsrAlias,
  parseNpmAlias,
  type NpmAlias,
} from './specifier/npm-alias.ts'
export {
  matchesPackage,
  type PackagePattern,
  type PackageVersion,
  type VersionRange,
} from './specifier/package-pattern.ts'
export { parsePackagePattern } from './specifier/parse-package-pattern.ts'
export { rewriteToJsr, rewriteToNpm } from './specifier/rewrite.ts'

export { readPackageJson, type Manifest, type ManifestDependency } from './manifest/package-json.ts'
export {
  rewriteManifest,
  type ManifestChange,
  type ManifestProblem,
  type RewriteDirection,
  type RewrittenManifest,
} from './manifest/rewrite.ts'
export { readLockfile } from './lockfile/read.ts'
export type {
  LockedPackage,
  LockedProject,
  Lockfile,
  PackageSource,
  TransitiveSpecifier,
} from './lockfile/locked-package.ts'
export { readNpmLockfile } from './lockfile/npm.ts'
export {
  readPolicy,
  type PackageLists,
  type Policy,
  type RuleLevels,
} from './config/policy-file.ts'
export type { Ignore } from './config/policy-ignore.ts'
export type { PolicyReference } from './config/policy-reference.ts'
export type { PolicySetting } from './config/policy-setting.ts'

export { evaluate } from './policy/evaluate.ts'
export { explainRule } from './policy/explanations.ts'
export type { ClientInUse, LockfileInUse, PolicyContext, RuleText } from './policy/rule.ts'
export type { ClientName, Route } from './route/route.ts'
export { parseUrlPrefix, type UrlPrefix } from './url/url-prefix.ts'

export { reporters, type Reporter, type ReporterName } from './report/reporters.ts'
export type {
  IgnoredFinding,
  RenderOptions,
  Report,
  ReportedClient,
  ReportedError,
  ReportedHost,
  ReportedPackage,
  ReportedProject,
  ReportedRoute,
  ReportSummary,
  RuleDescription,
  SkippedRule,
  Verdict,
} from './report/report.ts'

export { checkProject, type CheckProjectOptions } from './tasks/check.ts'
export { checkProjects, type CheckProjectsOptions } from './tasks/check-many.ts'
export { fixProject, type FixProjectOptions, type FixResult } from './tasks/fix.ts'
export type { FileEdit, KeptPlace } from './tasks/fix/edit.ts'
export { initProject, type InitFile, type InitOptions, type InitResult } from './tasks/init.ts'
export { rewriteProject, type RewriteOptions, type RewriteReport } from './tasks/rewrite.ts'
