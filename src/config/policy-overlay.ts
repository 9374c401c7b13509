import type { PackageLists, Policy } from './policy-file.ts'
import type { PolicySetting } from './policy-setting.ts'

/**
 * A policy laid over the one that it extends: lists add up, and of single values, levels and scopes
 * its own hold.
 */
export function overlayPolicy(base: Policy, own: Policy): Policy {
  return {
    extends: own.extends,
    registry: own.registry ?? base.registry,
    scopes: new Map([...base.scopes, ...own.scopes]),
    tarballs: [...base.tarballs, ...own.tarballs],
    packages: overlayPackages(base.packages, own.packages),
    minimumAgeDays: own.minimumAgeDays ?? base.minimumAgeDays,
    levels: { ...base.levels, ...own.levels },
    ignores: [...base.ignores, ...own.ignores],
    settings: overlaySettings(base.settings, own.settings),
  }
}

function overlayPackages(base: PackageLists, own: PackageLists): PackageLists {
  const allow =
    base.allow === undefined && own.allow === undefined
      ? undefined
      : [...(base.allow ?? []), ...(own.allow ?? [])]
  return { allow, deny: [...base.deny, ...own.deny] }
}

function overlaySettings(
  base: readonly PolicySetting[],
  own: readonly PolicySetting[],
): PolicySetting[] {
  const replaced = new Set(own.flatMap(({ key, isListed }) => (isListed ? [] : [key])))
  return [...base.filter(({ key }) => !replaced.has(key)), ...own]
}
