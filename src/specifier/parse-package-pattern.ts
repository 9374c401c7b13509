// Not the whole of semver, which takes 5 ms to load.
import Range from 'semver/classes/range.js'
import SemVer from 'semver/classes/semver.js'
import { JsrGuardError } from '../errors.ts'
import { quoteShort, tryParseJsrName } from './jsr-name.ts'
import type { PackagePattern, VersionRange } from './package-pattern.ts'

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

const maxRangeLength = 256

function parseRange(text: string, range: string): VersionRange {
  if (range === '' || range.length > maxRangeLength) throw invalid(text, 'it names no versions')
  try {
    const parsed = new Range(range, { includePrerelease: true })
    return {
      includes(version) {
        const exact = parseVersion(version)
        return exact === undefined ? undefined : parsed.test(exact)
      },
    }
  } catch (cause) {
    throw invalid(text, `${quoteShort(range)} is no version range`, cause)
  }
}

function parseVersion(version: string): SemVer | undefined {
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
