import type { LockedPackage } from '../../lockfile/locked-package.ts'
import { formatPackage, formatRelocking, locatePackage } from '../advice.ts'
import { hasJsrName } from '../jsr-target.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * All packages, not only `@jsr`, and flags such as `optional` make no difference. Entries without an
 * address are fetched too. A text that is no hash counts as none. What lies inside another package's
 * tarball is pinned with that; a commit pins itself; folders are not fetched. Yarn 2 and later have a
 * checksum of their own in its place, and none for packages of other platforms until somebody installs
 * them there: a warning.
 */
export const missingIntegrity: Rule = {
  id: 'missing-integrity',
  summary: 'Every lockfile entry that is fetched is pinned by a hash.',
  explanation: `An entry is fetched, and no hash says what must arrive. The client installs whatever it gets, and npm never adds the hash later.

The right host doesn't replace the hash: a registry that was broken into, a proxy on the way or a cache that mixes up two files all answer from the right host.

Old lockfiles have such entries, and so have some that were written with omit-lockfile-registry-resolved or with half of node_modules present. Take the entries out of the lockfile, delete node_modules and lock again.`,

  *check({ judged }: JudgedContext) {
    for (const { file, unpinned, isAuthoritative } of judged) {
      for (const locked of unpinned) {
        if (!isFetched(locked)) continue
        yield {
          // For whoever is on another platform, it is installed without a hash the first time.
          ...(isLater(locked) ? { severity: 'warning' as const } : {}),
          message: `${formatPackage(locked)} ${describe(locked)}`,
          hint: formatRelocking(isAuthoritative),
          ...locatePackage(locked, file),
        }
      }
    }
  },
}

function isFetched({ source }: LockedPackage): boolean {
  return source.type === 'remote' || source.type === 'route' || source.type === 'native'
}

function isLater({ name, alias, pin }: LockedPackage): boolean {
  return pin === 'later' && !hasJsrName(name) && !hasJsrName(alias)
}

function describe({ integrity, pin }: LockedPackage): string {
  if (pin === 'later') return 'is pinned by no hash until it is installed on its platform'
  if (integrity.length === 0) return 'is pinned by no hash'
  return `is pinned by no hash that can be read: ${JSON.stringify(integrity.join(' ').slice(0, 120))}`
}
