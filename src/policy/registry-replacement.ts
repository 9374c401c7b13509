import type { RuleLevels } from '../config/policy-file.ts'
import { ruleLevels, type Finding } from '../finding.ts'
import { isServedBy } from '../url/web-url.ts'
import { formatAddress } from './address.ts'
import { formatPackage, locatePackage } from './advice.ts'
import type { ClientInUse, JudgedContext, JudgedLockfile, JudgedPackage } from './rule.ts'

/**
 * The private `@jsr` packages of npm's lockfiles that npm would fetch from elsewhere all the same:
 * its setting `replace-registry-host` puts the default registry in place of the host in an address,
 * and never asks which registry is the scope's.
 *
 * `always` stands for every host; anything else for one host, which npm 11 and 12 narrow down by a
 * path, and npm 10 by nothing. Where versions differ, the host alone counts.
 */
export function findReplacedHosts(
  { judged }: JudgedContext,
  setting: unknown,
  levels: RuleLevels,
): Finding[] {
  const severity = levels['foreign-resolution'] ?? ruleLevels['foreign-resolution']
  if (severity === 'off' || isHarmless(setting)) return []
  return judged.flatMap((lockfile) => {
    const { client } = lockfile
    if (client?.name !== 'npm') return []
    return lockfile.jsrPackages
      .filter((entry) => isReplaced(entry, client, String(setting)))
      .map((entry) => ({ rule: 'foreign-resolution', severity, ...describe(entry, lockfile) }))
  })
}

/** `npmjs` stands for the public registry, which is never the private one. */
function isHarmless(setting: unknown): boolean {
  return setting === undefined || setting === '' || setting === 'npmjs' || setting === 'never'
}

function isReplaced(
  { locked, judgement }: JudgedPackage,
  client: ClientInUse,
  setting: string,
): boolean {
  if (judgement.verdict !== 'private' || judgement.by === 'workspace') return false
  const { source, name } = locked
  const url = source.type === 'remote' ? source.url : client.routeOf(name).url
  if (url === undefined) return true
  const host = setting === 'always' ? url.hostname : readHost(setting)
  const registry = defaultRegistry(client)
  const isMeant = host === undefined || host === url.hostname
  return isMeant && (registry === undefined || !isServedBy(url, registry))
}

/** What can't be read may stand for any host. */
function readHost(setting: string): string | undefined {
  const text = setting.includes('://') ? setting : `https://${setting}`
  return URL.canParse(text) ? new URL(text).hostname : undefined
}

/** A package without a scope goes to the default registry. */
function defaultRegistry(client: ClientInUse): URL | undefined {
  return client.routeOf('name').url
}

type Described = Pick<Finding, 'message' | 'hint' | 'file' | 'line' | 'package' | 'version'>

function describe({ locked }: JudgedPackage, { file, client }: JudgedLockfile): Described {
  const registry = client === undefined ? undefined : defaultRegistry(client)
  const place = registry === undefined ? 'the default registry' : formatAddress(registry)
  return {
    message: `${formatPackage(locked)} is fetched from ${place} in place of the private registry, since npm's replace-registry-host says so`,
    hint: 'set replace-registry-host=npmjs, which is the default, in .npmrc',
    line: undefined,
    package: undefined,
    version: undefined,
    ...locatePackage(locked, file),
  }
}
