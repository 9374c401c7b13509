import type { LockedPackage } from '../lockfile/locked-package.ts'
import type { ClientName, Route } from '../route/route.ts'
import { formatAddress, formatSource } from './address.ts'
import { findRegistryOf } from './private-registry.ts'
import type {
  ClientInUse,
  JudgedLockfile,
  JudgedPackage,
  PolicyContext,
  RuleFinding,
} from './rule.ts'

/** What people call a client. */
export const clientTitles: Readonly<Record<ClientName, string>> = {
  npm: 'npm',
  pnpm: 'pnpm',
  yarn: 'Yarn 1',
  'yarn-berry': 'Yarn',
  bun: 'Bun',
  deno: 'Deno',
  vlt: 'vlt',
}

/** What to type so that a client asks the private registry for `@jsr`. */
export function formatMapping(client: ClientName, registry: URL | undefined): string {
  const url = registry === undefined ? '<URL of the private registry>' : formatAddress(registry)
  switch (client) {
    case 'npm':
    case 'pnpm':
    case 'yarn':
    case 'bun':
    case 'deno':
      return `put @jsr:registry=${url} into .npmrc`
    case 'yarn-berry':
      return `put npmScopes: { jsr: { npmRegistryServer: "${url}" } } into .yarnrc.yml`
    case 'vlt':
      return `put "scoped-registries": { "@jsr": "${url}" } into the config of vlt.json`
  }
}

/** How to get entries of a lockfile made anew. */
export function formatRelocking(isAuthoritative: boolean): string {
  // npm makes a new lockfile from what it finds in node_modules.
  return isAuthoritative
    ? 'take this entry out of the lockfile, delete node_modules and lock again'
    : 'delete node_modules and install again'
}

/** `@jsr/luca__cases@1.0.1`, with the alias where it is another. */
export function formatPackage({ name, alias, version }: LockedPackage): string {
  const label = version === undefined ? name : `${name}@${version}`
  return alias === name ? label : `${label} (as ${alias})`
}

/** A route for a message: `https://npm.jsr.io/ (pnpm's default)`. */
export function formatRoute({ url, text, from }: Route): string {
  return `${formatAddress(url ?? text)} (${from})`
}

/** Where a finding about a client's route belongs; a default or the environment has no file, so the project's manifest stands in. */
export function locateRoute(
  { route, folder: own = '' }: ClientInUse,
  { manifests }: PolicyContext,
): Pick<RuleFinding, 'file' | 'line'> {
  if (route.file !== undefined) return { file: route.file, line: route.line }
  const root = manifests.find(({ folder }) => folder === own) ?? manifests[0]
  return { file: root?.file ?? 'package.json' }
}

/** Where a finding about a locked package belongs, and which one it is. */
export function locatePackage(
  { name, version, line }: LockedPackage,
  file: string,
): Pick<RuleFinding, 'file' | 'line' | 'package' | 'version'> {
  return { file, line: line(), package: name, version }
}

/** Where a locked package comes from, for a message. */
export function formatOrigin(
  { locked, judgement }: JudgedPackage,
  { client }: JudgedLockfile,
): string {
  if (judgement.by !== 'route') return formatSource(locked.source)
  if (client === undefined) return 'the lockfile names no address, and its client is not known'
  if (locked.source.type === 'native') {
    const native = client.nativeRoute
    const place = native === undefined ? 'JSR itself' : formatRoute(native)
    return `the lockfile has it as a package of JSR's own, and ${clientTitles[client.name]} asks ${place}`
  }
  const route = formatRoute(client.routeOf(locked.name))
  return `the lockfile names no address, and ${clientTitles[client.name]} asks ${route}`
}

/** What to type so that a locked package comes through the private registry. */
export function formatRepair(
  { judgement, locked }: JudgedPackage,
  { client, isAuthoritative }: JudgedLockfile,
  context: PolicyContext,
): string {
  if (locked.source.type === 'native') {
    return 'ask for it as "npm:@jsr/scope__name@range" instead of jsr:, and lock again'
  }
  const registry = findRegistryOf(locked.name, context)
  if (registry !== undefined && registry !== context.registry) {
    return `the policy's "scopes" want ${locked.name} from ${formatAddress(registry)}: let the lockfile name that address`
  }
  const mapping = formatMapping(client?.name ?? 'npm', registry)
  return judgement.by === 'route' ? mapping : `${mapping}, then ${formatRelocking(isAuthoritative)}`
}
