import type { Manifest, ManifestDependency } from '../manifest/package-json.ts'
import { formatJsrName, parseNpmName } from '../specifier/jsr-name.ts'
import { matchesPackage, type PackagePattern } from '../specifier/package-pattern.ts'
import { detectJsrTarget, hasJsrName, isDeclared } from './jsr-target.ts'
import type { JudgedContext, JudgedPackage } from './rule.ts'
import { detectPackage } from './tarball-url.ts'

/** A JSR package that a manifest asks for, which no lockfile pins. */
export interface UnlockedDependency {
  readonly file: string
  readonly dependency: ManifestDependency
  /** As npm clients know it. */
  readonly name: string
  /** As JSR writes it; `undefined` where no JSR package has such a name. */
  readonly jsr: string | undefined
  readonly range: string
}

/** The JSR names that a locked package may stand for. */
export interface JsrNames {
  /** As JSR writes them. */
  readonly names: readonly string[]
  /** Whether there are any, and none that no JSR package has. */
  readonly isCertain: boolean
}

/**
 * The JSR names that a locked package may stand for: its own, the one that a manifest asks for in
 * its place, and the one in its address. They differ where somebody hides one; a list that forbids
 * any of them forbids it, and one that allows must allow them all.
 */
export function listJsrNames({ locked, askedName }: JudgedPackage): JsrNames {
  const { name, source } = locked
  const inUrl = source.type === 'remote' ? detectPackage(source.url)?.name : undefined
  const written = [name, askedName, inUrl].flatMap((each) =>
    each !== undefined && hasJsrName(each) ? [each] : [],
  )
  const parsed = written.map(parseNpmName)
  const names = new Set(parsed.flatMap((jsr) => (jsr === undefined ? [] : [formatJsrName(jsr)])))
  return { names: [...names], isCertain: names.size > 0 && !parsed.includes(undefined) }
}

/**
 * What manifests ask for that no lockfile has: of the rest, the locked version decides. Overrides
 * are left out: they only change what something else asks for.
 */
export function listUnlocked({ manifests, judged }: JudgedContext): UnlockedDependency[] {
  const locked = new Set(
    judged.flatMap(({ jsrPackages }) => jsrPackages.map((each) => each.locked.name)),
  )
  return manifests.flatMap(({ file, dependencies }: Manifest) =>
    dependencies.filter(isDeclared).flatMap((dependency) => {
      const target = detectJsrTarget(dependency.alias, dependency.specifier)
      if (target === undefined || locked.has(target.name)) return []
      const jsr = parseNpmName(target.name)
      return [
        { file, dependency, ...target, jsr: jsr === undefined ? undefined : formatJsrName(jsr) },
      ]
    }),
  )
}

/** The first pattern that a version may be meant by; one whose range can't be told counts. */
export function findPattern(
  patterns: readonly PackagePattern[],
  name: string,
  version: string | undefined,
): PackagePattern | undefined {
  return patterns.find((pattern) => matchesPackage(pattern, { name, version }) !== false)
}
