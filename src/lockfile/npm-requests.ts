import { isJsrHost } from '../url/jsr-host.ts'
import type { LockedPackage } from './locked-package.ts'
import { resolveAlias, type NpmEntries, type NpmEntry } from './npm-entry.ts'
import { parseSource } from './source.ts'

/** A specifier of a locked package that is neither a range nor a tag. */
export interface NpmRequest {
  readonly alias: string
  readonly specifier: string
}

/** Yields what a locked package asks for by other means than a range or a tag. */
export function* findRequests(entry: NpmEntry): Generator<NpmRequest> {
  const { dependencies, optionalDependencies, peerDependencies } = entry
  for (const specifiers of [dependencies, optionalDependencies, peerDependencies]) {
    if (specifiers === undefined) continue
    for (const alias in specifiers) {
      const specifier = specifiers[alias] ?? ''
      // Neither a range nor a tag has one.
      if (specifier.includes(':')) yield { alias, specifier }
    }
  }
}

/**
 * What a locked package asks of JSR, or under an `@jsr` name, by address, as a package; `undefined`
 * where that is locked, or is no such request.
 *
 * Where the entry that the alias leads to has another address, npm takes the one that is asked for,
 * `npm ci` too: it downloads first and compares afterwards. A lockfile may thus lead to JSR although
 * no entry is resolved there.
 */
export function findUnlocked(
  entries: NpmEntries,
  asking: LockedPackage,
  { alias, specifier }: NpmRequest,
): LockedPackage | undefined {
  const source = parseSource(specifier)
  if (source.type !== 'remote') return undefined
  if (!isJsrHost(source.url.hostname) && !alias.startsWith('@jsr/')) return undefined
  if (resolveAlias(entries, asking.key, alias)?.entry.resolved === specifier) return undefined
  const { key, line } = asking
  return { alias, name: alias, version: undefined, source, integrity: [], key, line }
}
