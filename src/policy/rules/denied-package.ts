import { quoteShort } from '../../specifier/jsr-name.ts'
import { matchesPackage, type PackagePattern } from '../../specifier/package-pattern.ts'
import { formatPackage, locatePackage } from '../advice.ts'
import {
  findPattern,
  listJsrNames,
  listUnlocked,
  type UnlockedDependency,
} from '../package-lists.ts'
import type { JudgedContext, JudgedPackage, Rule } from '../rule.ts'

/**
 * A locked package is held against the list by every name that it may stand for. What no name can
 * be told of can't be shown not to be denied, so it counts. What a manifest asks for and no lockfile
 * pins counts where any version of it is denied: which one an install takes can't be told.
 */
export const deniedPackage: Rule = {
  id: 'denied-package',
  summary: 'No package is used that the policy forbids.',
  explanation: `The policy's "packages": { "deny": […] } names packages that must not be used, by scope ("@evil/*"), by name ("@luca/cases") or by versions ("@luca/cases@<1.2"). This one is among them, or it can't be told whether it is.

Every @jsr package of every lockfile is held against the list, those that others bring in included, and so is what a manifest asks for that no lockfile has yet.

Remove the package, or lock a version that is not denied. To let one case pass for a while, add an "ignore" with the reason and a date.`,

  *check(context: JudgedContext) {
    const deny = context.packages?.deny ?? []
    if (deny.length === 0) return
    for (const { file, jsrPackages } of context.judged) {
      for (const entry of jsrPackages) {
        const reason = findReason(entry, deny)
        if (reason === undefined) continue
        yield {
          message: `${formatPackage(entry.locked)} ${reason}`,
          hint: 'remove it, or what brings it in, and lock again',
          ...locatePackage(entry.locked, file),
        }
      }
    }
    for (const unlocked of listUnlocked(context)) {
      const pattern = findDenied(unlocked, deny)
      if (pattern === undefined) continue
      const { file, dependency, name } = unlocked
      const versions = pattern.range === undefined ? '' : ', and no lockfile says which version'
      yield {
        message: `${quoteShort(dependency.alias)}: ${quoteShort(dependency.specifier)} asks for what the policy denies as ${quoteShort(pattern.text)}${versions}`,
        hint: 'remove it, or lock a version that is not denied',
        file,
        line: dependency.line,
        package: name,
      }
    }
  },
}

function findReason(entry: JudgedPackage, deny: readonly PackagePattern[]): string | undefined {
  const { names, isCertain } = listJsrNames(entry)
  const { version } = entry.locked
  for (const name of names) {
    const pattern = findPattern(deny, name, version)
    if (pattern === undefined) continue
    return matchesPackage(pattern, { name, version }) === true
      ? `is denied by the policy, as ${quoteShort(pattern.text)}`
      : `has no version that could be held against ${quoteShort(pattern.text)}, which the policy denies`
  }
  return isCertain ? undefined : 'is of no name that could be held against what the policy denies'
}

function findDenied(
  { jsr }: UnlockedDependency,
  deny: readonly PackagePattern[],
): PackagePattern | undefined {
  return jsr === undefined ? undefined : findPattern(deny, jsr, undefined)
}
