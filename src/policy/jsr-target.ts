import { JsrGuardError } from '../errors.ts'
import type { ManifestDependency } from '../manifest/package-json.ts'
import { formatNpmName } from '../specifier/jsr-name.ts'
import {
  isJsrSpecifier,
  isPaddedJsrSpecifier,
  parseJsrSpecifier,
} from '../specifier/jsr-specifier.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { detectHost } from './address.ts'

/** The `@jsr` package that a specifier asks for. */
export interface JsrTarget {
  /** As npm clients know it. Not always a name that JSR would give. */
  readonly name: string
  readonly range: string
}

/**
 * The `@jsr` package that a specifier asks for under its alias: `jsr:`, `npm:@jsr/…`, or a plain
 * range under an `@jsr/…` key. `undefined` for everything else, also for a `jsr:` specifier that
 * names no package.
 */
export function detectJsrTarget(alias: string, specifier: string): JsrTarget | undefined {
  if (isJsrSpecifier(specifier)) return detectNamed(alias, specifier)
  const target = parseNpmAlias(specifier)
  if (target !== undefined) {
    const range = target.range === undefined || target.range === '' ? '*' : target.range
    return hasJsrName(target.name) ? { name: target.name, range } : undefined
  }
  const isRange = !/[:/]/.test(specifier)
  return hasJsrName(alias) && isRange ? { name: alias, range: specifier } : undefined
}

function detectNamed(alias: string, specifier: string): JsrTarget | undefined {
  try {
    const { name, range } = parseJsrSpecifier(specifier, alias)
    return { name: formatNpmName(name), range }
  } catch (error) {
    if (error instanceof JsrGuardError && error.code === 'ERR_JSR_GUARD_SPECIFIER') return undefined
    throw error
  }
}

/** Whether a name lies in the scope `@jsr`. In any case: there are registries that don't mind it. */
export function hasJsrName(name: string): boolean {
  return name.startsWith('@') && name.slice(0, 5).toLowerCase() === '@jsr/'
}

/** Whether a dependency of a manifest has to do with JSR, be it well written or not. */
export function isJsrDependency({ alias, specifier }: ManifestDependency): boolean {
  return (
    hasJsrName(alias) ||
    isJsrSpecifier(specifier) ||
    isPaddedJsrSpecifier(specifier) ||
    detectJsrTarget(alias, specifier) !== undefined ||
    isJsrAddress(specifier)
  )
}

/** Whether a specifier is an address on a JSR host, in any scheme. */
export function isJsrAddress(specifier: string): boolean {
  const host = detectHost(specifier)
  return host !== undefined && isJsrHost(host)
}

/** The fields of a manifest that say what is installed; overrides only change it. */
const dependencyFields: ReadonlySet<string> = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
])

/** Whether a manifest itself names a dependency. */
export function isDeclared({ path }: ManifestDependency): boolean {
  return path.length === 2 && dependencyFields.has(path[0] ?? '')
}

/** Whether a manifest itself asks for a dependency, so that a lockfile must have it. */
export function isRequested(dependency: ManifestDependency): boolean {
  return isDeclared(dependency) && !dependency.isOptionalPeer
}
