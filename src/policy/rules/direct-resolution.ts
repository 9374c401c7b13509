import { formatOrigin, formatPackage, formatRepair, locatePackage } from '../advice.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * One finding for each entry that lies on a JSR host, under whatever name, and for each that names
 * no address while its client's configuration leads to JSR. The second is true of the configuration
 * at hand; it is said here as well as at the route, since the lockfile alone looks clean.
 */
export const directResolution: Rule = {
  id: 'direct-resolution',
  summary: 'No lockfile entry is fetched from JSR.',
  explanation: `A lockfile entry is fetched from JSR itself. Every client downloads what its lockfile names, whatever registry is configured: npm ci with such an entry does not ask the private registry at all.

An entry that names no address is judged from the route: the client builds the address from its configuration, and that leads to JSR.

Lockfiles get such entries when somebody locks without the mapping of @jsr, or when the private registry passes on JSR's addresses in its answers (see leaky-registry).

Map @jsr to the private registry first. Then take the entries out of the lockfile, delete node_modules, from which npm would take the old addresses again, and lock again. jsr-guard install does the locking and judges the result before anything is fetched.`,

  *check(context: JudgedContext) {
    for (const judged of context.judged) {
      for (const entry of judged.jsrPackages) {
        if (entry.judgement.verdict !== 'direct') continue
        yield {
          message: `${formatPackage(entry.locked)} is fetched from JSR: ${formatOrigin(entry, judged)}`,
          hint: formatRepair(entry, judged, context),
          ...locatePackage(entry.locked, judged.file),
        }
      }
    }
  },
}
