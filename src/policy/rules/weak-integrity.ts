import { formatPackage, formatRelocking, locatePackage } from '../advice.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/** All packages. One strong hash beside the weak ones is enough: clients verify by the strongest. */
export const weakIntegrity: Rule = {
  id: 'weak-integrity',
  summary: 'Lockfile entries are pinned by SHA-256 or better.',
  explanation: `An entry is pinned by SHA-1 or MD5 alone. Two files with the same hash can be made for both, so whoever publishes a package can prepare one that is harmless in review and another that arrives.

Such hashes come from old lockfiles, and from registries that know no other hash of a package.

Take the entry out of the lockfile, delete node_modules and lock again. If the hash comes back as it was, the registry has no better one: publish the package there again.`,

  *check({ judged }: JudgedContext) {
    for (const { file, weaklyPinned, isAuthoritative } of judged) {
      for (const locked of weaklyPinned) {
        yield {
          message: `${formatPackage(locked)} is pinned by a weak hash alone: ${locked.integrity.join(' ').slice(0, 120)}`,
          hint: formatRelocking(isAuthoritative),
          ...locatePackage(locked, file),
        }
      }
    }
  },
}
