import { packFiles } from './tarball.ts'
import type { Packed } from './tarball.ts'
import type { PackageSource, Published, RegistryName, WorldOptions } from './world.ts'

/** One version as the world has it: the private registries' edition, and JSR's own. */
export interface Edition {
  readonly source: PackageSource
  readonly manifest: Readonly<Record<string, unknown>>
  readonly private: Packed
  readonly jsr: Packed
}

/** All packages of a world. */
export interface Stock {
  publish(source: PackageSource): Published
  /** The versions of a package that a registry has, in the order of their publishing. */
  versions(name: string, registry: RegistryName): readonly Edition[]
  find(name: string, version: string): Edition | undefined
}

/** An empty stock. With `marker`, JSR's editions carry it and so differ from the private ones. */
export function createStock(variant: WorldOptions['jsrVariant'], marker: string): Stock {
  const packages = new Map<string, Edition[]>()
  const find: Stock['find'] = (name, version) =>
    packages.get(name)?.find(({ source }) => source.version === version)
  return {
    find,
    versions(name, registry) {
      const editions = packages.get(name) ?? []
      return editions.filter(({ source }) => source.registries?.includes(registry) ?? true)
    },
    publish(source) {
      const edition = makeEdition(source, variant === 'marked' ? marker : undefined)
      const others = (packages.get(source.name) ?? []).filter(
        ({ source: { version } }) => version !== source.version,
      )
      packages.set(source.name, [...others, edition])
      return toPublished(edition)
    },
  }
}

/** What a test is told about a version. */
export function toPublished(edition: Edition): Published {
  return {
    integrity: edition.private.integrity,
    tarball: edition.private.tarball,
    jsrIntegrity: edition.jsr.integrity,
    jsrTarball: edition.jsr.tarball,
  }
}

function makeEdition(source: PackageSource, marker: string | undefined): Edition {
  const { name, version, files = {} } = source
  const manifest = { name, version, ...source.manifest }
  const plain = packFiles({ 'package.json': JSON.stringify(manifest, undefined, 2), ...files })
  if (marker === undefined) return { source, manifest, private: plain, jsr: plain }
  const marked = packFiles({
    'package.json': JSON.stringify({ ...manifest, marker }, undefined, 2),
    ...Object.fromEntries(Object.entries(files).map((file) => markFile(file, marker))),
  })
  return { source, manifest, private: plain, jsr: marked }
}

function markFile([path, text]: [string, string], marker: string): [string, string] {
  return [path, path.endsWith('.json') ? text : `/* ${marker} */\n${text}`]
}
