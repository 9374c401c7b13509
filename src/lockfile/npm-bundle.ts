import { isNpmEntry, resolveAlias, type NpmEntries, type NpmEntry } from './npm-entry.ts'
import { parseNpmKey } from './npm-key.ts'

/**
 * Tells which entries lie in the tarball of the package around them.
 *
 * npm does not go by the `inBundle` that it writes: it looks whether a package around the entry
 * names it in `bundleDependencies`, or bundles something that depends on it, and fetches it
 * otherwise. The project's own `bundleDependencies` bundle nothing: they are for publishing.
 */
export function createBundleLookup(entries: NpmEntries): (key: string) => boolean {
  const bundles = new Map<string, ReadonlySet<string>>()
  return (key) => {
    for (let inner = key; ;) {
      const outer = containerOf(inner)
      if (outer === undefined) return false
      const bundle = bundles.get(outer) ?? findBundle(entries, outer)
      bundles.set(outer, bundle)
      if (bundle.has(inner)) return true
      inner = outer
    }
  }
}

/** The key of the package whose `node_modules` folder holds an entry. */
function containerOf(key: string): string | undefined {
  const container = key.slice(0, Math.max(key.lastIndexOf('/node_modules/'), 0))
  return parseNpmKey(container)?.type === 'package' ? container : undefined
}

/** The keys of what a package bundles: what it names, and what that depends on, at any distance. */
function findBundle(entries: NpmEntries, bundler: string): ReadonlySet<string> {
  const entry = entries[bundler]
  const names = isNpmEntry(entry) ? bundledNames(entry) : []
  const bundle = new Set(names.map((name) => `${bundler}/node_modules/${name}`))
  // A set that grows while it is walked is walked to its new end.
  for (const key of bundle) {
    const bundled = entries[key]
    if (!isNpmEntry(bundled)) continue
    for (const alias of dependenciesOf(bundled)) {
      const found = resolveAlias(entries, key, alias)?.key
      if (found?.startsWith(`${bundler}/`) === true) bundle.add(found)
    }
  }
  return bundle
}

function bundledNames(entry: NpmEntry): readonly string[] {
  const names = entry.bundleDependencies ?? entry.bundledDependencies
  if (names === true) return Object.keys(entry.dependencies ?? {})
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}

function dependenciesOf(entry: NpmEntry): readonly string[] {
  const { dependencies, optionalDependencies, peerDependencies } = entry
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })
}
