import { isRecord } from '../json/record.ts'
import { findPnpmOverriddenName } from '../manifest/override-key.ts'
import { isJsrAddress } from '../policy/jsr-target.ts'
import { isJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { rewriteToNpm } from '../specifier/rewrite.ts'
import { createHookError, toHookError } from './hook-error.ts'
import type { PnpmObject } from './pnpmfile.ts'

const dependencyFields: readonly string[] = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
]

/**
 * A manifest with its `jsr:` specifiers rewritten; the very object where there are none.
 *
 * @throws Error where a specifier names no JSR package, an address on a JSR host, or a registry of its
 *   own for an `@jsr` package.
 */
export function rewriteDependencies(manifest: PnpmObject): PnpmObject {
  return dependencyFields.reduce((changed, field) => {
    const group = manifest[field]
    if (!isRecord(group)) return changed
    const rewritten = rewriteGroup(group, { from: describeManifest(manifest), aliasOf: same })
    return rewritten === group ? changed : { ...changed, [field]: rewritten }
  }, manifest)
}

function describeManifest({ name, version }: PnpmObject): string {
  return typeof name === 'string' ? `${name}@${String(version)}` : 'a manifest'
}

/** Where specifiers stand, and which package the key of each names. */
interface Place {
  readonly from: string
  readonly aliasOf: (key: string) => string
}

const same = (key: string): string => key

function rewriteGroup(group: PnpmObject, { from, aliasOf }: Place): PnpmObject {
  let changed = group
  for (const [key, specifier] of Object.entries(group)) {
    if (typeof specifier !== 'string') continue
    const rewritten = rewriteSpecifier(specifier, { from, alias: aliasOf(key) })
    if (rewritten !== specifier) changed = { ...changed, [key]: rewritten }
  }
  return changed
}

/** `jj:@jsr/x`, which names a registry of its own. */
const namedRegistry = /^(?!(?:npm|workspace|catalog|file|link):)[a-z][a-z0-9._-]*:@jsr\//i

function rewriteSpecifier(
  specifier: string,
  { from, alias }: { readonly from: string; readonly alias: string },
): string {
  // Most are plain ranges.
  if (!specifier.includes(':')) return specifier
  if (isJsrAddress(specifier)) {
    throw createHookError(`${from} asks JSR itself for ${alias}: ${specifier}`, [
      'write jsr:@scope/name@range, for example jsr:@luca/cases@^1',
    ])
  }
  if (namedRegistry.test(specifier)) {
    throw createHookError(`${from} asks a registry of its own for ${alias}: ${specifier}`, [
      `write npm:${specifier.slice(specifier.indexOf(':') + 1)}`,
    ])
  }
  try {
    return rewriteToNpm(specifier, alias)
  } catch (error) {
    throw addPlace(toHookError(error), from)
  }
}

function addPlace(error: unknown, from: string): unknown {
  if (!(error instanceof Error)) return error
  return createHookError(`${from} can't be installed`, [error.message])
}

/** Whether pnpm is asked for something that only the hook's rules can refuse, before it looks. */
export function refuseWanted({ alias, bareSpecifier }: PnpmObject): void {
  if (typeof bareSpecifier !== 'string') return
  rewriteSpecifier(bareSpecifier.replace(/^jsr:/i, ''), {
    from: 'the project',
    alias: typeof alias === 'string' ? alias : bareSpecifier,
  })
}

/** pnpm's configuration with the `jsr:` specifiers of catalogs, overrides and extensions rewritten. */
export function rewriteConfig(config: PnpmObject): PnpmObject {
  const { catalogs, overrides, packageExtensions } = config
  const changes: Record<string, unknown> = {}
  if (isRecord(catalogs)) changes['catalogs'] = mapObjects(catalogs, rewriteCatalog)
  if (isRecord(overrides)) {
    const place = { from: 'overrides', aliasOf: findPnpmOverriddenName }
    changes['overrides'] = rewriteGroup(overrides, place)
  }
  if (isRecord(packageExtensions)) {
    changes['packageExtensions'] = mapObjects(packageExtensions, rewriteDependencies)
  }
  return { ...config, ...changes }
}

function rewriteCatalog(catalog: PnpmObject): PnpmObject {
  return rewriteGroup(catalog, { from: 'a catalog', aliasOf: same })
}

function mapObjects(table: PnpmObject, rewrite: (value: PnpmObject) => PnpmObject): PnpmObject {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => [key, isRecord(value) ? rewrite(value) : value]),
  )
}

/**
 * Rewrites the specifiers that a lockfile has for its projects, where pnpm 10 and 11 write down what
 * was typed: the next frozen install compares them with what `readPackage` makes of the manifest.
 *
 * What comes from an override stays: pnpm puts that into the manifest after `readPackage`.
 */
export function rewriteImporters(lockfile: PnpmObject): PnpmObject {
  const { importers, overrides } = lockfile
  if (!isRecord(importers)) return lockfile
  const overriding = new Set(isRecord(overrides) ? Object.values(overrides) : [])
  const rewrite = (importer: PnpmObject): PnpmObject => {
    const { specifiers } = importer
    if (!isRecord(specifiers)) return importer
    const entries = Object.entries(specifiers).map(([alias, specifier]) =>
      typeof specifier === 'string' && isJsrSpecifier(specifier) && !overriding.has(specifier)
        ? [alias, rewriteToNpm(specifier, alias)]
        : [alias, specifier],
    )
    return { ...importer, specifiers: Object.fromEntries(entries) }
  }
  return { ...lockfile, importers: mapObjects(importers, rewrite) }
}
