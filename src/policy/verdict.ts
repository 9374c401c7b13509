import type { LockedPackage, PackageSource } from '../lockfile/locked-package.ts'
import type { Verdict } from '../report/report.ts'
import type { Route } from '../route/route.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { hasPrefix } from '../url/url-prefix.ts'
import { isServedBy } from '../url/web-url.ts'
import { detectHost } from './address.ts'
import { findRegistryOf, isOpenToAll } from './private-registry.ts'
import type { ClientInUse, PolicyContext } from './rule.ts'

/** Where the bytes of a package come from, seen from the private registry, and how we know. */
export interface SourceJudgement {
  readonly verdict: Verdict
  readonly by:
    /** The address in the lockfile. */
    | 'url'
    /** The address in the lockfile, which lies in one of the policy's `tarballs`. */
    | 'tarballs'
    /** The lockfile names no address: the client's configuration decides. */
    | 'route'
    /** A folder of the project itself. */
    | 'workspace'
    /** What kind of entry it is. */
    | 'entry'
}

/**
 * Judges where a package comes from, as if it were one of `@jsr`.
 *
 * `client` is the client that the lockfile belongs to; without it an entry that names no address
 * can't be told. A JSR host makes an entry direct whatever else is said of it; credentials make it
 * unknown, since whoever reads `https://npm.corp.example@files.example/` sees another host than
 * the client, which moreover sends them there; an http address is not the https registry's.
 *
 * Never skips, never guesses: what is not certain is `unknown`. Allocates nothing.
 */
export function judgeSource(
  locked: LockedPackage,
  context: PolicyContext,
  client: ClientInUse | undefined,
): SourceJudgement {
  const { source } = locked
  switch (source.type) {
    case 'remote':
      return judgeRemote(source, findRegistryOf(locked.name, context), context)
    case 'route':
      return judgeRoute(
        client?.routeOf(locked.name),
        source.path,
        findRegistryOf(locked.name, context),
      )
    case 'native':
      return judgeRoute(client?.nativeRoute, undefined, findRegistryOf(locked.name, context))
    case 'git':
      return isJsrHost(detectHost(source.url) ?? '') ? directByUrl : foreignEntry
    case 'local':
      return isWorkspace(source.path, context) ? ownFolder : foreignEntry
    case 'bundled':
    case 'unknown':
      return unknownEntry
  }
}

const directByUrl: SourceJudgement = { verdict: 'direct', by: 'url' }
const privateByUrl: SourceJudgement = { verdict: 'private', by: 'url' }
const privateByPrefix: SourceJudgement = { verdict: 'private', by: 'tarballs' }
const foreignByUrl: SourceJudgement = { verdict: 'foreign', by: 'url' }
const unknownByUrl: SourceJudgement = { verdict: 'unknown', by: 'url' }
const directByRoute: SourceJudgement = { verdict: 'direct', by: 'route' }
const privateByRoute: SourceJudgement = { verdict: 'private', by: 'route' }
const foreignByRoute: SourceJudgement = { verdict: 'foreign', by: 'route' }
const unknownByRoute: SourceJudgement = { verdict: 'unknown', by: 'route' }
const ownFolder: SourceJudgement = { verdict: 'private', by: 'workspace' }
const foreignEntry: SourceJudgement = { verdict: 'foreign', by: 'entry' }
const unknownEntry: SourceJudgement = { verdict: 'unknown', by: 'entry' }

type RemoteSource = Extract<PackageSource, { type: 'remote' }>

function judgeRemote(
  { url, hasCredentials }: RemoteSource,
  registry: URL | undefined,
  { tarballs }: PolicyContext,
): SourceJudgement {
  if (isJsrHost(url.hostname)) return directByUrl
  if (hasCredentials) return unknownByUrl
  if (registry !== undefined && isServedBy(url, registry)) return privateByUrl
  return tarballs.some((prefix) => hasPrefix(url, prefix)) ? privateByPrefix : foreignByUrl
}

function judgeRoute(
  route: Route | undefined,
  path: string | undefined,
  registry: URL | undefined,
): SourceJudgement {
  if (route?.url === undefined) return unknownByRoute
  if (isJsrHost(route.url.hostname)) return directByRoute
  if (isOpenToAll(route) || registry === undefined) return foreignByRoute
  // A path is one below the route: its reader has let no other pass.
  const url = path === undefined ? route.url : new URL(path, route.url)
  return isServedBy(url, registry) ? privateByRoute : foreignByRoute
}

/** Whether a path is the folder of one of the project's own manifests: nothing was fetched for it. */
function isWorkspace(path: string, { manifests }: PolicyContext): boolean {
  const folder = path.replace(/^(?:file:|link:)?(?:\.\/)?/, '')
  return folder !== '' && manifests.some((manifest) => manifest.folder === folder)
}
