import type { LockedPackage, PlainAddress } from '../lockfile/locked-package.ts'
import type { Route } from '../route/route.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { detectHost } from './address.ts'
import { readAskedNames } from './asked-names.ts'
import { detectPinning } from './integrity.ts'
import { hasJsrName, isJsrDependency } from './jsr-target.ts'
import type {
  ClientInUse,
  JudgedContext,
  JudgedLockfile,
  LockfileInUse,
  PolicyContext,
  SpecifierFile,
} from './rule.ts'
import { createConventionCheck, hasJsrScope, type ConventionCheck } from './tarball-url.ts'
import { judgeSource } from './verdict.ts'

/** Finds out, once, what the rules and the report need to know about the `@jsr` packages. */
export function judgeContext(context: PolicyContext): JudgedContext {
  const judged = context.lockfiles.flatMap((lockfile) => judgeLockfile(lockfile, context))
  const specifierFiles = listSpecifierFiles(context)
  return { ...context, judged, specifierFiles, hasJsr: hasJsr(context, judged) }
}

function listSpecifierFiles({
  manifests,
  workspaceFile,
  otherFiles = [],
}: PolicyContext): readonly SpecifierFile[] {
  return [...manifests, ...(workspaceFile === undefined ? [] : [workspaceFile]), ...otherFiles]
}

/**
 * Whether routes matter to the project: it asks for something of JSR's, or has it locked, or
 * somebody named the private registry or mapped the scope. A lockfile that can't be read may hold
 * anything, so it counts.
 *
 * An ordinary project is left alone: with the public registry as its route it would otherwise get
 * an error about packages that it doesn't have. To make use of that, an attacker has to bring in an
 * `@jsr` package, and with the first of them, in a manifest or in a lockfile, the routes are judged.
 * A project without a lockfile can get one through an ordinary package only when it is installed,
 * and `install` judges the lockfile that comes of it. A security engineer who wants the routes
 * judged everywhere names the registry in the policy.
 */
function hasJsr(context: PolicyContext, judged: readonly JudgedLockfile[]): boolean {
  return (
    context.isRegistryPinned ||
    context.clients.some(({ route }) => route.kind === 'scope') ||
    listSpecifierFiles(context).some(({ dependencies }) => dependencies.some(isJsrDependency)) ||
    context.lockfiles.some(({ content }) => content.type === 'unreadable') ||
    judged.some(
      ({ jsrPackages, lockfile }) =>
        jsrPackages.length > 0 || lockfile.transitiveSpecifiers.length > 0,
    )
  )
}

function judgeLockfile(inUse: LockfileInUse, context: PolicyContext): JudgedLockfile[] {
  const { file, isAuthoritative, content } = inUse
  if (content.type === 'unreadable') return []
  const { lockfile } = content
  const client = inUse.owner ?? context.clients.find(({ name }) => name === inUse.client)
  const asked = readAskedNames({ file, ...lockfile }, context.manifests)
  const { candidates, ...sorted } = sortPackages(lockfile.packages, (locked) => {
    return asked.mayHold(locked.key) || isJsrPackage(locked, client)
  })
  const askedNames = asked.detect(new Set(candidates.map(({ key }) => key).filter(asked.mayHold)))
  const jsrPackages = candidates
    .filter((locked) => askedNames.has(locked.key) || isJsrPackage(locked, client))
    .map((locked) => ({
      locked,
      askedName: askedNames.get(locked.key),
      judgement: judgeSource(locked, context, client),
    }))
  return [{ file, isAuthoritative, client, lockfile, jsrPackages, ...sorted }]
}

interface SortedPackages extends Pick<
  JudgedLockfile,
  'unpinned' | 'weaklyPinned' | 'unconventional'
> {
  readonly candidates: readonly LockedPackage[]
}

/** All that has to be known of every package, in one walk: there may be tens of thousands. */
function sortPackages(
  packages: readonly LockedPackage[],
  isCandidate: (locked: LockedPackage) => boolean,
): SortedPackages {
  const candidates: LockedPackage[] = []
  const unpinned: LockedPackage[] = []
  const weaklyPinned: LockedPackage[] = []
  const unconventional: LockedPackage[] = []
  const isPathConventional = createConventionCheck()
  for (const locked of packages) {
    const pinning = locked.pin === 'checksum' ? 'strong' : detectPinning(locked.integrity)
    if (pinning === 'none') unpinned.push(locked)
    else if (pinning === 'weak') weaklyPinned.push(locked)
    if (!isConventional(locked, isPathConventional)) unconventional.push(locked)
    if (isCandidate(locked)) candidates.push(locked)
  }
  return { candidates, unpinned, weaklyPinned, unconventional }
}

/** Whether nothing can be wrong with an entry's source, whatever host it names. */
function isConventional(
  { source, name, version = '' }: LockedPackage,
  isPathConventional: ConventionCheck,
): boolean {
  switch (source.type) {
    case 'remote':
      return (
        !source.hasCredentials &&
        isPathConventional((source.plain ?? source.url).pathname, name, version)
      )
    case 'route':
      return source.path === undefined
    case 'unknown':
      return false
    case 'native':
    case 'bundled':
    case 'git':
    case 'local':
      return true
  }
}

/**
 * Whether an entry counts as `@jsr`: by its name, by its alias, or by where it comes from. The name
 * in a lockfile is whatever somebody wrote there, so an address that names the scope, or lies with
 * JSR, counts under any name.
 */
function isJsrPackage(locked: LockedPackage, client: ClientInUse | undefined): boolean {
  return hasJsrName(locked.name) || hasJsrName(locked.alias) || hasJsrSource(locked, client)
}

function hasJsrSource(locked: LockedPackage, client: ClientInUse | undefined): boolean {
  const { name, source } = locked
  switch (source.type) {
    case 'remote':
      return hasJsrAddress(source.plain ?? source.url)
    case 'route':
      return isJsrRoute(client?.routeOf(name)) || hasJsrPath(source.path)
    case 'git':
      return isJsrHost(detectHost(source.url) ?? '')
    case 'native':
      return true
    case 'local':
    case 'bundled':
    case 'unknown':
      return false
  }
}

function hasJsrAddress({ hostname, pathname }: PlainAddress): boolean {
  return isJsrHost(hostname) || hasJsrScope(pathname)
}

function isJsrRoute(route: Route | undefined): boolean {
  return route?.url !== undefined && isJsrHost(route.url.hostname)
}

/** Whether a path names the scope, below whatever registry it is. */
function hasJsrPath(path: string | undefined): boolean {
  return path !== undefined && hasJsrScope(new URL(path, 'https://registry.invalid/').pathname)
}
