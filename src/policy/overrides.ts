import type { TransitiveSpecifier } from '../lockfile/locked-package.ts'
import { findOverriddenName } from '../manifest/override-key.ts'
import type { Manifest, ManifestDependency } from '../manifest/package-json.ts'
import { isJsrSpecifier } from '../specifier/jsr-specifier.ts'

/**
 * Whether the root's `overrides` replace what a locked package asks for: for everyone, or for that
 * package. npm's lockfiles keep what the package asks for as it was, so they don't tell.
 */
export function isOverridden(asked: TransitiveSpecifier, manifests: readonly Manifest[]): boolean {
  const root = manifests.find(({ folder }) => folder === '')
  return root?.dependencies.some((dependency) => overrides(dependency, asked)) ?? false
}

function overrides(
  { path, alias, specifier }: ManifestDependency,
  asked: TransitiveSpecifier,
): boolean {
  if (path[0] !== 'overrides' || alias !== asked.alias || isJsrSpecifier(specifier.trim())) {
    return false
  }
  // `.` stands for the package that the object around it is about.
  const keys = path.at(-1) === '.' ? path.slice(1, -1) : path.slice(1)
  const parent = keys.at(-2)
  return parent === undefined || findOverriddenName(parent) === findOverriddenName(asked.from)
}
