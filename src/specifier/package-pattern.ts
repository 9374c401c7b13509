// Not the whole of semver, which takes 5 ms to load, for each check.
import Range from 'semver/classes/range.js'
import SemVer from 'semver/classes/semver.js'
import { JsrGuardError } from '../errors.ts'
import { quoteShort, tryParseJsrName } from './jsr-name.ts'

/** What the policy's `allow` and `deny` are lists of: a scope, a package, or some of its versions. */
export interface PackagePattern {
  /** As written. */
  readonly text: string
  /** Without the `@`. */
  readonly scope: string
  /** `undefined` stands for every package of the scope. */
  readonly name: string | undefined
  /** `undefined` stands for every version. */
  readonly range: Range | undefined
}

/** A version of a JSR package, to hold a pattern against. */
export interface PackageVersion {
  /** As JSR writes it, `@scope/name`. */
  readonly name: string
  /** `undefined` where it isn't known. */
  readonly version: string | undefined
}

/**
 * Reads `@scope/*`, `@scope/name` or `@scope/name@range`.
 *
 * A range stands for the pre-releases within it too: `<2` denies `1.0.0-beta.1`, as whoever wrote
 * it will have meant.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY` for anything else: a pattern that is repaired, or
 *   matches nothing, would be a policy that isn't applied.
 */
export function parsePackagePattern(text: string): PackagePattern {
  const at = text.indexOf('@', 1)
  const nameText = at === -1 ? text : text.slice(0, at)
  const isScope = nameText.endsWith('/*')
  // Any name will do in place of the star: what is read here is the scope.
  const name = tryParseJsrName(isScope ? `${nameText.slice(0, -1)}any` : nameText)
  if (name === undefined) throw invalid(text, `${quoteShort(nameText)} is no name of a package`)
  if (at !== -1 && isScope) throw invalid(text, 'packages of a scope share no versions')
  return {
    text,
    scope: name.scope,
    name: isScope ? undefined : name.name,
    range: at === -1 ? undefined : parseRange(text, text.slice(at + 1)),
  }
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
  const parsed = parseVersion(version)
  return parsed === undefined ? undefined : pattern.range.test(parsed)
}

const maxRangeLength = 256

function parseRange(text: string, range: string): Range {
  if (range === '' || range.length > maxRangeLength) throw invalid(text, 'it names no versions')
  try {
    return new Range(range, { includePrerelease: true })
  } catch (cause) {
    throw invalid(text, `${quoteShort(range)} is no version range`, cause)
  }
}

function parseVersion(version: string | undefined): SemVer | undefined {
  if (version === undefined) return undefined
  try {
    return new SemVer(version)
  } catch {
    return undefined
  }
}

function invalid(text: string, reason: string, cause?: unknown): JsrGuardError {
  const message = `${quoteShort(text)} stands for no package: ${reason}`
  return new JsrGuardError('ERR_JSR_GUARD_POLICY', message, {
    hint: 'write @scope/*, @scope/name or @scope/name@range',
    cause,
  })
}
