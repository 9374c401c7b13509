import type { PackageSource } from '../lockfile/locked-package.ts'
import type { ClientInUse, JudgedContext, JudgedLockfile, JudgedPackage } from '../policy/rule.ts'
import type { ReportedClient, ReportedPackage, ReportedRoute } from '../report/report.ts'
import type { Route } from '../route/route.ts'
import { formatJsrName, parseNpmName } from '../specifier/jsr-name.ts'
import { redactUrl } from '../url/redact.ts'

/** A client for the report. */
export function describeClient({ name, version, route }: ClientInUse): ReportedClient {
  return { name, version, route: describeRoute(route) }
}

/** The `@jsr` packages of all lockfiles, for the report. */
export function describePackages({ judged }: JudgedContext): ReportedPackage[] {
  return judged.flatMap((lockfile) =>
    lockfile.jsrPackages.map((judged) => describePackage(judged, lockfile)),
  )
}

function describePackage(
  { locked, judgement }: JudgedPackage,
  { file, client }: JudgedLockfile,
): ReportedPackage {
  const { alias, name, version, source, integrity } = locked
  const jsrName = parseNpmName(name)
  const route = source.type === 'route' ? client?.routeOf(name) : undefined
  return {
    alias,
    name,
    jsr: jsrName === undefined ? undefined : formatJsrName(jsrName),
    version,
    source: describeSource(source),
    route: route === undefined ? undefined : describeRoute(route),
    integrity: integrity.length === 0 ? undefined : integrity.join(' '),
    lockfile: file,
    // Found late: only some formats show it, and the first one takes a walk over the lockfile.
    get line() {
      return locked.line()
    },
    verdict: judgement.verdict,
  }
}

/** What the lockfile says, as written. */
function describeSource(source: PackageSource): string | undefined {
  if (source.type === 'remote') return redactUrl(source.url)
  if (source.type === 'git') return source.url
  if (source.type === 'local') return source.path
  return source.type === 'unknown' ? source.text : undefined
}

function describeRoute({ url, from }: Route): ReportedRoute {
  return { url: url === undefined ? undefined : redactUrl(url), from }
}
