import type { Rule } from './rule.ts'
import { aliasMismatch } from './rules/alias-mismatch.ts'
import { deniedPackage } from './rules/denied-package.ts'
import { directDependency } from './rules/direct-dependency.ts'
import { directResolution } from './rules/direct-resolution.ts'
import { directRoute } from './rules/direct-route.ts'
import { foreignResolution } from './rules/foreign-resolution.ts'
import { guardBypassed } from './rules/guard-bypassed.ts'
import { insecureRoute } from './rules/insecure-route.ts'
import { invalidSpecifier } from './rules/invalid-specifier.ts'
import { jsrSpecifier } from './rules/jsr-specifier.ts'
import { missingIntegrity } from './rules/missing-integrity.ts'
import { nameMismatch } from './rules/name-mismatch.ts'
import { publicRoute } from './rules/public-route.ts'
import { routeConflict } from './rules/route-conflict.ts'
import { staleLockfile } from './rules/stale-lockfile.ts'
import { unapprovedPackage } from './rules/unapproved-package.ts'
import { unknownSource } from './rules/unknown-source.ts'
import { unmappedScope } from './rules/unmapped-scope.ts'
import { weakIntegrity } from './rules/weak-integrity.ts'

/** The one list of the rules that this version checks. */
export const rules: readonly Rule[] = [
  directRoute,
  publicRoute,
  unmappedScope,
  routeConflict,
  insecureRoute,
  guardBypassed,
  jsrSpecifier,
  directDependency,
  invalidSpecifier,
  aliasMismatch,
  directResolution,
  foreignResolution,
  unknownSource,
  missingIntegrity,
  weakIntegrity,
  nameMismatch,
  staleLockfile,
  deniedPackage,
  unapprovedPackage,
]
