import type { Finding } from '../../finding.ts'
import type { LockedPackage, PackageSource } from '../../lockfile/locked-package.ts'
import { detectPinning } from '../../policy/integrity.ts'
import { findRegistryOf } from '../../policy/private-registry.ts'
import type { JudgedContext, JudgedLockfile } from '../../policy/rule.ts'
import { detectPackage } from '../../policy/tarball-url.ts'
import { parseNpmName } from '../../specifier/jsr-name.ts'
import { isLoopback } from '../../url/web-url.ts'
import type { KeptPlace } from './edit.ts'

/** An address in a lockfile, and the one that is to take its place. */
export interface Repointing {
  readonly locked: LockedPackage
  readonly from: URL
  readonly to: string
}

/** What can be done about the entries of a lockfile that are fetched from JSR. */
export interface RepointingPlan {
  readonly repointings: readonly Repointing[]
  readonly kept: readonly KeptPlace[]
}

/** What is known of a lockfile's client. */
export interface RepointingOptions {
  /** Why an entry must not be changed, whatever its address and hash are. */
  readonly refuse?: ((locked: LockedPackage) => string | undefined) | undefined
  /** Whether the client compares what it is served; default by the entry's hash. */
  readonly isPinned?: ((locked: LockedPackage) => boolean) | undefined
}

/**
 * The entries of a lockfile whose address can be changed from JSR to the private registry without
 * a change in what is installed: a strong hash stays with the entry, and every client compares it
 * with what it is served. So must the address be the one of that very package and version, and a
 * finding must ask for the change. What can't be changed so is told of, with the reason.
 */
export function planRepointings(
  { file, jsrPackages }: JudgedLockfile,
  { context, findings }: { readonly context: JudgedContext; readonly findings: readonly Finding[] },
  options: RepointingOptions = {},
): RepointingPlan {
  const wanted = new Set(
    findings.flatMap((finding) =>
      finding.rule === 'direct-resolution' && finding.file === file
        ? [identify(finding.package, finding.version)]
        : [],
    ),
  )
  const repointings: Repointing[] = []
  const kept: KeptPlace[] = []
  for (const { locked, judgement } of jsrPackages) {
    const isWanted = wanted.has(identify(locked.name, locked.version))
    // Where the lockfile names no address, the mapping is what has to change.
    if (!isWanted || judgement.verdict !== 'direct' || locked.source.type === 'route') continue
    const found = repoint(locked, context, options)
    if (typeof found !== 'string') repointings.push(found)
    else kept.push(describeKept({ file, locked }, found))
  }
  return { repointings, kept }
}

/** Says of an entry why it stays as it is. */
export function describeKept(
  { file, locked }: { readonly file: string; readonly locked: LockedPackage },
  reason: string,
): KeptPlace {
  const { name, version, line } = locked
  const label = version === undefined ? name : `${name}@${version}`
  return { file, line: line(), reason: `${label}: ${reason}` }
}

function identify(name: string | undefined, version: string | undefined): string {
  return JSON.stringify([name, version])
}

/** What takes the place of an address, or why nothing does. */
function repoint(
  locked: LockedPackage,
  context: JudgedContext,
  options: RepointingOptions,
): Repointing | string {
  const { name, version, source } = locked
  if (source.type !== 'remote') return describeSource(source)
  const registry = findRegistryOf(name, context)
  if (registry === undefined) return 'no private registry is known'
  if (!isSecure(registry)) return 'the private registry is asked over plain http'
  const { url: from, hasCredentials } = source
  if (hasCredentials) return 'its address holds a credential: lock again'
  const reason = findFault(locked, from, options)
  if (reason !== undefined) return reason
  const base = name.slice('@jsr/'.length)
  return { locked, from, to: new URL(`${name}/-/${base}-${version}.tgz`, registry).href }
}

function describeSource({ type }: PackageSource): string {
  return type === 'native'
    ? "it was fetched by JSR's own protocol, which has other files than npm's: ask for npm:@jsr/… and lock again"
    : 'it is fetched from no registry: lock again'
}

/** Why other bytes than those that are locked could be installed. */
function findFault(
  locked: LockedPackage,
  from: URL,
  { refuse, isPinned = isHashed }: RepointingOptions,
): string | undefined {
  const refusal = refuse?.(locked)
  if (refusal !== undefined) return refusal
  if (!isPinned(locked)) {
    return 'no strong hash is compared with what would be served: lock again'
  }
  const { name, version } = locked
  const inUrl = detectPackage(from)
  const isItsOwn = version !== undefined && inUrl?.name === name && inUrl.version === version
  return isItsOwn && parseNpmName(name) !== undefined
    ? undefined
    : 'its address is not that of this package and version: lock again'
}

function isHashed({ integrity }: LockedPackage): boolean {
  return detectPinning(integrity) === 'strong'
}

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname)
}
