import type { Finding } from '../../finding.ts'
import type { LockedPackage } from '../../lockfile/locked-package.ts'
import { detectPinning } from '../../policy/integrity.ts'
import { findRegistryOf } from '../../policy/private-registry.ts'
import type { JudgedContext, JudgedLockfile } from '../../policy/rule.ts'
import { detectPackage } from '../../policy/tarball-url.ts'
import { parseNpmName } from '../../specifier/jsr-name.ts'
import { isLoopback } from '../../url/web-url.ts'

/** An address in a lockfile, and the one that is to take its place. */
export interface Repointing {
  readonly locked: LockedPackage
  readonly from: URL
  readonly to: string
}

/**
 * The entries of a lockfile whose address can be changed from JSR to the private registry without
 * a change in what is installed: a strong hash stays with the entry, and every client compares it
 * with what it is served. So must the address be the one of that very package and version, and a
 * finding must ask for the change.
 */
export function listRepointings(
  { file, jsrPackages }: JudgedLockfile,
  context: JudgedContext,
  findings: readonly Finding[],
): Repointing[] {
  const wanted = new Set(
    findings.flatMap((finding) =>
      finding.rule === 'direct-resolution' && finding.file === file
        ? [identify(finding.package, finding.version)]
        : [],
    ),
  )
  return jsrPackages.flatMap(({ locked, judgement }) => {
    const isWanted = wanted.has(identify(locked.name, locked.version))
    const isDirect = judgement.verdict === 'direct' && judgement.by === 'url'
    return isWanted && isDirect ? (repoint(locked, context) ?? []) : []
  })
}

function identify(name: string | undefined, version: string | undefined): string {
  return JSON.stringify([name, version])
}

function repoint(locked: LockedPackage, context: JudgedContext): Repointing | undefined {
  const { name, version, source, integrity } = locked
  const registry = findRegistryOf(name, context)
  if (source.type !== 'remote' || source.hasCredentials || version === undefined) return undefined
  if (registry === undefined || !isSecure(registry)) return undefined
  if (detectPinning(integrity) !== 'strong') return undefined
  const inUrl = detectPackage(source.url)
  if (parseNpmName(name) === undefined || inUrl?.name !== name || inUrl.version !== version) {
    return undefined
  }
  const base = name.slice('@jsr/'.length)
  const to = new URL(`${name}/-/${base}-${version}.tgz`, registry).href
  return { locked, from: source.url, to }
}

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname)
}
