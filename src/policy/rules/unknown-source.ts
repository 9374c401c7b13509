import { isJsrHost } from '../../url/jsr-host.ts'
import type { LockedPackage } from '../../lockfile/locked-package.ts'
import { formatAddress, formatSource } from '../address.ts'
import {
  formatMapping,
  formatOrigin,
  formatPackage,
  formatRelocking,
  formatRoute,
  locatePackage,
  locateRoute,
} from '../advice.ts'
import { listRoutedClients, titleClient } from '../routed-clients.ts'
import type { JudgedContext, JudgedLockfile, Rule, RuleFinding } from '../rule.ts'

/**
 * Whatever cannot be told for certain:
 *
 * - a lockfile that can't be read;
 * - an entry of any package whose source is not understood, or whose address carries credentials:
 *   it reads like one host and goes to another, and npm sends the credentials there. On a JSR host
 *   `direct-resolution` says so instead;
 * - an `@jsr` entry inside another package's tarball, which came from wherever that one did, or one
 *   without an address whose client or route is not known;
 * - a route for `@jsr` that is no web address. There is no better rule for it: the client may fail,
 *   or repair the text in its own way, and neither can be told from here.
 *
 * Entries of other packages without an address are not judged by their route, JSR hosts apart: where
 * they come from is not what jsr-guard promises.
 */
export const unknownSource: Rule = {
  id: 'unknown-source',
  summary: 'Every source can be told for certain.',
  explanation: `Where a package comes from could not be told: the lockfile can't be read, an entry says something that is no address, its address carries a user name or password, or the configuration that decides names no web address.

Unknown is never a pass. A lockfile with a key twice means one thing to one reader and another to the next; https://npm.corp.example@files.example/ reads like one host and goes to the other; a package inside another's tarball came from wherever that one came from.

A lockfile that can't be read: restore it from version control, or delete it and lock again with the client itself. An entry: take it out and lock again. Credentials belong in the user's .npmrc, bound to the registry, never in a lockfile.`,

  *check(context: JudgedContext) {
    yield* checkRoutes(context)
    for (const { file, content } of context.lockfiles) {
      if (content.type === 'unreadable') yield describeUnreadable(file, content)
    }
    for (const judged of context.judged) {
      yield* checkEntries(judged)
      yield* checkJsrEntries(judged, context)
    }
  },
}

function* checkRoutes(context: JudgedContext): Iterable<RuleFinding> {
  if (!context.hasJsr) return
  for (const client of listRoutedClients(context)) {
    const { name, route } = client
    if (route.url !== undefined) continue
    yield {
      message: `where ${titleClient(client)} would go for @jsr can't be told: ${formatRoute(route)} is no web address`,
      hint: formatMapping(name, context.registry),
      ...locateRoute(client, context),
    }
  }
}

type Unreadable = Extract<JudgedContext['lockfiles'][number]['content'], { type: 'unreadable' }>

function describeUnreadable(file: string, { reason, line, hint }: Unreadable): RuleFinding {
  return { message: `the lockfile can't be read: ${reason}`, hint, file, line }
}

function* checkEntries({
  file,
  unconventional,
  isAuthoritative,
}: JudgedLockfile): Iterable<RuleFinding> {
  for (const locked of unconventional) {
    const fault = detectFault(locked)
    if (fault === undefined) continue
    yield {
      message: `${formatPackage(locked)} ${fault}`,
      hint: formatRelocking(isAuthoritative),
      ...locatePackage(locked, file),
    }
  }
}

function detectFault({ source }: LockedPackage): string | undefined {
  if (source.type === 'unknown') return `has a source that can't be told: ${formatSource(source)}`
  if (source.type !== 'remote' || !source.hasCredentials) return undefined
  if (isJsrHost(source.url.hostname)) return undefined
  return `has credentials in its address, which go to ${source.url.host}: ${formatAddress(source.url)}`
}

function* checkJsrEntries(judged: JudgedLockfile, context: JudgedContext): Iterable<RuleFinding> {
  for (const entry of judged.jsrPackages) {
    const { locked, judgement } = entry
    const { type } = locked.source
    if (judgement.verdict !== 'unknown' || !undecidedTypes.has(type)) continue
    yield {
      message: `where ${formatPackage(locked)} comes from can't be told: ${formatOrigin(entry, judged)}`,
      hint: hintFor(type, judged, context),
      ...locatePackage(locked, judged.file),
    }
  }
}

/** Sources that only the client's configuration, or another package, can tell. */
const undecidedTypes: ReadonlySet<string> = new Set(['bundled', 'route', 'native'])

function hintFor(
  type: LockedPackage['source']['type'],
  { client }: JudgedLockfile,
  { registry }: JudgedContext,
): string {
  return type !== 'bundled'
    ? formatMapping(client?.name ?? 'npm', registry)
    : 'ask the maker of the package that contains it to depend on it instead'
}
