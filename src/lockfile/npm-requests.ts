import { isJsrHost } from '../url/jsr-host.ts'
import type { LockedPackage } from './locked-package.ts'
import { resolveAlias, type NpmEntries, type NpmEntry, type Specifiers } from './npm-entry.ts'
import { parseSource } from './source.ts'

/** A specifier of a locked package that is neither a range nor a tag. */
export interface NpmRequest {
  readonly alias: string
  readonly specifier: string
}

/** What a locked package asks for by other means than a range or a tag. */
export function findRequests(entry: NpmEntry): readonly NpmRequest[] {
  const { dependencies, optionalDependencies, peerDependencies } = entry
  if (
    !hasRequest(dependencies) &&
    !hasRequest(optionalDependencies) &&
    !hasRequest(peerDependencies)
  ) {
    return none
  }
  return [dependencies, optionalDependencies, peerDependencies].flatMap((specifiers = {}) =>
    Object.entries(specifiers)
      .filter(([, specifier]) => isRequest(specifier))
      .map(([alias, specifier]) => ({ alias, specifier })),
  )
}

/** Nearly every package has none; this is asked for each, and makes no list. */
function hasRequest(specifiers: Specifiers | undefined): boolean {
  for (const alias in specifiers) if (isRequest(specifiers[alias] ?? '')) return true
  return false
}

/** Neither a range nor a tag has a colon. */
function isRequest(specifier: string): boolean {
  return specifier.includes(':')
}

const none: readonly NpmRequest[] = []

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
