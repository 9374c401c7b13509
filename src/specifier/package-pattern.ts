import { tryParseJsrName } from './jsr-name.ts'

/** What the policy's `allow` and `deny` are lists of: a scope, a package, or some of its versions. */
export interface PackagePattern {
  /** As written. */
  readonly text: string
  /** Without the `@`. */
  readonly scope: string
  /** `undefined` stands for every package of the scope. */
  readonly name: string | undefined
  /** `undefined` stands for every version. */
  readonly range: VersionRange | undefined
}

/** A range of versions, pre-releases within it included. */
export interface VersionRange {
  /** Whether a version is in it; `undefined` for a text that is no version. */
  readonly includes: (version: string) => boolean | undefined
}

/** A version of a JSR package, to hold a pattern against. */
export interface PackageVersion {
  /** As JSR writes it, `@scope/name`. */
  readonly name: string
  /** `undefined` where it isn't known. */
  readonly version: string | undefined
}

/**
 * Whether a pattern stands for a version of a package; `undefined` where that can't be told, since
 * the pattern has a range and the version isn't known or is none. Then it must count as denied, and
 * not as allowed.
 */
export function matchesPackage(
  pattern: PackagePattern,
  { name, version }: PackageVersion,
): boolean | undefined {
  const asked = tryParseJsrName(name)
  if (asked?.scope !== pattern.scope) return false
  if (pattern.name !== undefined && pattern.name !== asked.name) return false
  if (pattern.range === undefined) return true
  return version === undefined ? undefined : pattern.range.includes(version)
}
