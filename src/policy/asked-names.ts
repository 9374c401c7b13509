import type { Lockfile } from '../lockfile/locked-package.ts'
import { lockfileFolder, relativeFolder } from '../lockfile/lockfile-folder.ts'
import type { Manifest } from '../manifest/package-json.ts'
import { detectJsrTarget, isRequested } from './jsr-target.ts'

/**
 * The entries of a lockfile that stand where a manifest asks for an `@jsr` package, by key, with
 * the name that it asks for; `undefined` where two ask for different ones.
 *
 * An entry's own name is whatever somebody wrote into the lockfile, and npm installs it without
 * comparing. Where the lockfile says which entry stands for which alias, that counts; else keys are
 * paths below `node_modules`.
 */
export function detectAskedNames(
  { file, packages, projects }: { readonly file: string } & Pick<Lockfile, 'packages' | 'projects'>,
  manifests: readonly Manifest[],
): ReadonlyMap<string, string | undefined> {
  const base = lockfileFolder(file)
  const asked = manifests.flatMap((manifest) => detectAsked(manifest, { base, projects }))
  const names = new Map<string, string | undefined>()
  if (asked.length === 0) return names
  const places = new Set(asked.flatMap((one) => one.keys))
  const taken = new Set<string>()
  for (const { key } of packages) if (places.has(key)) taken.add(key)
  for (const { keys, name } of asked) {
    const key = keys.find((place) => taken.has(place))
    if (key !== undefined)
      names.set(key, names.has(key) && names.get(key) !== name ? undefined : name)
  }
  return names
}

/** A package that a manifest asks for, and where a lockfile may have it, nearest first. */
interface AskedPackage {
  readonly name: string
  readonly keys: readonly string[]
}

function detectAsked(
  { folder, dependencies }: Manifest,
  { base, projects }: { readonly base: string } & Pick<Lockfile, 'projects'>,
): AskedPackage[] {
  const from = relativeFolder(folder, base)
  if (from === undefined) return []
  const named = projects.find((project) => project.folder === from)?.keys
  return dependencies.filter(isRequested).flatMap(({ alias, specifier }) => {
    const target = detectJsrTarget(alias, specifier)
    if (target === undefined) return []
    const key = named?.get(alias)
    if (named !== undefined) return key === undefined ? [] : [{ name: target.name, keys: [key] }]
    return [{ name: target.name, keys: listPlaces(from, alias) }]
  })
}

/** `a/b/node_modules/x`, `a/node_modules/x`, `node_modules/x`. */
function listPlaces(folder: string, alias: string): string[] {
  const parts = folder === '' ? [] : folder.split('/')
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    [...parts.slice(0, parts.length - up), 'node_modules', alias].join('/'),
  )
}
