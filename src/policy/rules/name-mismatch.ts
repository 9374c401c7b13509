import type { LockedPackage } from '../../lockfile/locked-package.ts'
import { formatAddress } from '../address.ts'
import { formatPackage, formatRelocking, locatePackage } from '../advice.ts'
import type { JudgedContext, JudgedPackage, Rule } from '../rule.ts'
import {
  createConventionCheck,
  detectPackage,
  isClimbing,
  type ConventionCheck,
  type PackageInUrl,
} from '../tarball-url.ts'

/**
 * For `@jsr` entries the registry's address must tell the entry's name and version, since nothing
 * else shows that the registry was asked for that package; only what lies in one of the policy's
 * `tarballs` need not tell, as storage hosts name files by hash. Where the address is not the
 * registry's at all, another rule has said so, and only a different name or version is added.
 *
 * For other packages only a different name or version counts, in a layout that can be read in one
 * way, or a path that climbs: many an address of theirs tells nothing, as those of GitHub do.
 *
 * An entry must also be for the package that a manifest asks for at its place: npm installs what
 * the entry names, or what its alias names where it names nothing, without comparing.
 */
export const nameMismatch: Rule = {
  id: 'name-mismatch',
  summary: 'Every entry is for the package that its address, and the manifest, name.',
  explanation: `A lockfile entry says that it is one package, and its address is for another, or for another version. Or a manifest asks for one @jsr package, and the entry in its place is for another.

Clients don't compare them: they fetch the address, check the hash that stands beside it, and install the result under the entry's name. It is the simplest way to bring a package in through a lockfile, since host and hash are in order.

An @jsr entry from the private registry must also tell, by its address, which package it is. Take the entry out of the lockfile, delete node_modules and lock again. If your registry serves tarballs under names of its own, name the place in jsr-guard.json: "tarballs": ["https://files.corp-storage.example/"].`,

  *check({ judged }: JudgedContext) {
    for (const { file, unconventional, jsrPackages, isAuthoritative } of judged) {
      const jsr = new Set(jsrPackages.map(({ locked }) => locked))
      const isConventional = createConventionCheck()
      const faults = [
        ...unconventional
          .filter((locked) => !jsr.has(locked))
          .map((locked) => ({ locked, fault: detectFault(locked, isConventional) })),
        ...jsrPackages.map((entry) => ({
          locked: entry.locked,
          fault: detectJsrFault(entry, isConventional),
        })),
      ]
      for (const { locked, fault } of faults) {
        if (fault === undefined) continue
        yield {
          message: `${formatPackage(locked)} ${fault}`,
          hint: formatRelocking(isAuthoritative),
          ...locatePackage(locked, file),
        }
      }
    }
  },
}

function detectFault(locked: LockedPackage, isConventional: ConventionCheck): string | undefined {
  const { source, name, version = '' } = locked
  const plain = source.type === 'remote' ? source.plain : undefined
  if (plain !== undefined && isConventional(plain.pathname, name, version)) return undefined
  const url = addressOf(locked)
  if (url === undefined || isConventional(url.pathname, name, version)) return undefined
  if (isClimbing(url)) return `has an address that can be read in two ways: ${formatAddress(url)}`
  const found = detectPackage(url)
  return found === undefined ? undefined : detectDifference(locked, found, url)
}

/** The address of an entry; a path counts as one of any registry's. */
function addressOf({ source }: LockedPackage): URL | undefined {
  if (source.type === 'remote') return source.url
  const path = source.type === 'route' ? source.path : undefined
  return path === undefined ? undefined : new URL(path, 'https://registry.invalid/')
}

function detectJsrFault(
  { locked, askedName, judgement }: JudgedPackage,
  isConventional: ConventionCheck,
): string | undefined {
  if (askedName !== undefined && askedName !== locked.name) {
    return `stands where a manifest asks for ${askedName}`
  }
  const fault = detectFault(locked, isConventional)
  const { version } = locked
  const url = addressOf(locked)
  const mustTell = judgement.verdict === 'private' && judgement.by !== 'tarballs'
  if (fault !== undefined || !mustTell || url === undefined) return fault
  if (isConventional(url.pathname, locked.name, version ?? '')) return undefined
  const isTold = version !== undefined && detectPackage(url)?.version !== undefined
  return isTold
    ? undefined
    : `has an address that doesn't tell package and version: ${formatAddress(url)}`
}

function detectDifference(
  { name, version }: LockedPackage,
  found: PackageInUrl,
  url: URL,
): string | undefined {
  if (found.name !== name) return `has the address of ${found.name}: ${formatAddress(url)}`
  if (found.version === undefined || version === undefined) return undefined
  return withoutBuild(found.version) === withoutBuild(version)
    ? undefined
    : `has the address of version ${found.version}: ${formatAddress(url)}`
}

/** What follows a plus doesn't make another version, and npm leaves it out. */
function withoutBuild(version: string): string {
  const plus = version.indexOf('+')
  return plus === -1 ? version : version.slice(0, plus)
}
