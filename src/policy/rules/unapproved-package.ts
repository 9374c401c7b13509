import { quoteShort } from '../../specifier/jsr-name.ts'
import { matchesPackage, type PackagePattern } from '../../specifier/package-pattern.ts'
import { formatPackage, locatePackage } from '../advice.ts'
import { listJsrNames, listUnlocked, type UnlockedDependency } from '../package-lists.ts'
import type { JudgedContext, JudgedPackage, Rule } from '../rule.ts'

/**
 * Only what is certain is approved: a package without a name or version that can be held against
 * the list is not on it. Of what a manifest asks for without a lockfile, the name must be on the
 * list; with which version it comes is judged when it is locked.
 */
export const unapprovedPackage: Rule = {
  id: 'unapproved-package',
  summary: "Every @jsr package is on the policy's allow list.",
  explanation: `Where the policy has "packages": { "allow": […] }, every @jsr package must be on it, those that others bring in included. The list names scopes ("@std/*"), packages ("@luca/cases") or versions ("@luca/cases@^1"). This package is not on it, or it can't be told whether it is.

Being denied goes before being allowed: see denied-package.

Have the package approved and add it to the list, or remove it.`,

  *check(context: JudgedContext) {
    const allow = context.packages?.allow
    if (allow === undefined) return
    for (const { file, jsrPackages } of context.judged) {
      for (const entry of jsrPackages) {
        if (isApproved(entry, allow)) continue
        yield {
          message: `${formatPackage(entry.locked)} is not on the policy's allow list`,
          hint: hintFor(listJsrNames(entry).names[0]),
          ...locatePackage(entry.locked, file),
        }
      }
    }
    for (const unlocked of listUnlocked(context)) {
      if (isNameApproved(unlocked, allow)) continue
      const { file, dependency, name, jsr } = unlocked
      yield {
        message: `${quoteShort(dependency.alias)}: ${quoteShort(dependency.specifier)} asks for what is not on the policy's allow list`,
        hint: hintFor(jsr),
        file,
        line: dependency.line,
        package: name,
      }
    }
  },
}

function isApproved(entry: JudgedPackage, allow: readonly PackagePattern[]): boolean {
  const { names, isCertain } = listJsrNames(entry)
  const { version } = entry.locked
  return (
    isCertain &&
    names.every((name) =>
      allow.some((pattern) => matchesPackage(pattern, { name, version }) === true),
    )
  )
}

function isNameApproved({ jsr }: UnlockedDependency, allow: readonly PackagePattern[]): boolean {
  if (jsr === undefined) return false
  return allow.some(
    (pattern) => matchesPackage(pattern, { name: jsr, version: undefined }) !== false,
  )
}

function hintFor(name: string | undefined): string {
  if (name === undefined) return 'remove it: no allow list can name it'
  return `remove it, or add "${name}" to "allow" under "packages" in the policy once it is approved`
}
