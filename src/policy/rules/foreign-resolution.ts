import { formatOrigin, formatPackage, formatRepair, locatePackage } from '../advice.ts'
import type { JudgedContext, JudgedLockfile, JudgedPackage, Rule } from '../rule.ts'

/**
 * Repositories and folders count as foreign: their source is known, and it is not the registry. A
 * folder that is one of the project's own workspaces is the project's code and passes. Without a
 * private registry every other source is foreign, since none can be shown to be the right one.
 */
export const foreignResolution: Rule = {
  id: 'foreign-resolution',
  summary: 'Every @jsr entry of a lockfile comes from the private registry.',
  explanation: `An @jsr package is fetched from somewhere that is neither JSR nor the private registry: another host, another repository on the same host, the public registry, a git repository, a file.

An address is taken for the private registry's if scheme, host, port and the path up to a slash are the registry's. Another port is another server, and plain http can be answered by anyone on the way.

Entries count as @jsr by their name, their alias, what a manifest asks for at their place, and by an address that names the scope.

If the place is wrong, take the entry out of the lockfile and lock again with @jsr mapped to the private registry. If the registry really serves its tarballs from there, as some do from a storage host, name the place in jsr-guard.json: "tarballs": ["https://files.corp-storage.example/npm/"].`,

  *check(context: JudgedContext) {
    for (const judged of context.judged) {
      for (const entry of judged.jsrPackages) {
        if (entry.judgement.verdict !== 'foreign') continue
        yield {
          message: `${formatPackage(entry.locked)} does not come from the private registry: ${formatOrigin(entry, judged)}`,
          hint: hintFor(entry, judged, context),
          ...locatePackage(entry.locked, judged.file),
        }
      }
    }
  },
}

function hintFor(entry: JudgedPackage, judged: JudgedLockfile, context: JudgedContext): string {
  if (context.registry !== undefined) return formatRepair(entry, judged, context)
  return 'no private registry is known: name it in jsr-guard.json, as { "registry": "https://npm.corp.example/npm/" }'
}
