import type { Lockfile } from '../lockfile/locked-package.ts'
import { lockfileFolder, relativeFolder } from '../lockfile/lockfile-folder.ts'
import type { Manifest } from '../manifest/package-json.ts'
import { detectJsrTarget, isRequested } from './jsr-target.ts'

/** What manifests ask for of JSR, by the keys of a lockfile's entries. */
export interface AskedNames {
  /** Whether an entry with this key may stand for something that is asked for. */
  readonly mayHold: (key: string) => boolean
  /**
   * The entries that stand where a manifest asks for an `@jsr` package, by key, with the name that it
   * asks for; `undefined` where two ask for different ones.
   *
   * @param taken The keys that the lockfile has, as far as {@link AskedNames.mayHold} holds for them.
   */
  readonly detect: (taken: ReadonlySet<string>) => ReadonlyMap<string, string | undefined>
}

/**
 * Reads what manifests ask for, to be held against the entries of a lockfile.
 *
 * An entry's own name is whatever somebody wrote into the lockfile, and npm installs it without
 * comparing. Where the lockfile says which entry stands for which alias, that counts; else keys are
 * paths below `node_modules`.
 */
export function readAskedNames(
  { file, projects }: { readonly file: string } & Pick<Lockfile, 'projects'>,
  manifests: readonly Manifest[],
): AskedNames {
  const base = lockfileFolder(file)
  const asked = manifests.flatMap((manifest) => detectAsked(manifest, { base, projects }))
  const places = new Set(asked.flatMap(({ keys }) => keys))
  return {
    mayHold: (key) => places.has(key),
    detect: (taken) => {
      const names = new Map<string, string | undefined>()
      for (const { keys, name } of asked) {
        const key = keys.find((place) => taken.has(place))
        if (key !== undefined)
          names.set(key, names.has(key) && names.get(key) !== name ? undefined : name)
      }
      return names
    },
  }
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
