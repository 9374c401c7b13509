import type { Edition } from './stock.ts'
import type { PackageSource } from './world.ts'

/** How a packument names the tarball of a version, and whose bytes those are. */
export interface Tarballs {
  readonly url: (source: PackageSource) => string
  readonly edition: (source: PackageSource) => 'private' | 'jsr'
}

/** A packument in the fields and the order in which JSR writes them. */
export function renderJsrPackument(editions: readonly Edition[], tarballs: Tarballs): object {
  return {
    name: nameOf(editions),
    description: '',
    'dist-tags': { latest: latestOf(editions) },
    versions: Object.fromEntries(
      editions.map((edition) => [edition.source.version, renderJsrVersion(edition, tarballs)]),
    ),
    time: timesOf(editions),
  }
}

/** A packument as the public registry and those built like it write them. */
export function renderPackument(editions: readonly Edition[], tarballs: Tarballs): object {
  const name = nameOf(editions)
  return {
    _id: name,
    name,
    'dist-tags': { latest: latestOf(editions) },
    versions: Object.fromEntries(
      editions.map((edition) => [edition.source.version, renderVersion(edition, tarballs)]),
    ),
    time: timesOf(editions),
  }
}

function renderJsrVersion({ source, manifest, ...packed }: Edition, tarballs: Tarballs): object {
  const { name, version } = source
  const { shasum, integrity } = packed[tarballs.edition(source)]
  return {
    name,
    version,
    description: '',
    dist: {
      tarball: tarballs.url(source),
      // JSR writes SHA-1 in upper case.
      shasum: shasum.toUpperCase(),
      integrity,
    },
    dependencies: manifest['dependencies'] ?? {},
    ...source.packument,
  }
}

function renderVersion({ source, manifest, ...packed }: Edition, tarballs: Tarballs): object {
  const { name, version, packument = {} } = source
  const { dist, ...fields } = packument
  const { shasum, integrity } = packed[tarballs.edition(source)]
  const scripts = Object.keys(Object(manifest['scripts']))
  const hasInstallScript = scripts.some((script) => /^(pre|post)?install$/.test(script))
  return {
    ...manifest,
    _id: `${name}@${version}`,
    ...(hasInstallScript ? { hasInstallScript } : {}),
    dist: { integrity, shasum, tarball: tarballs.url(source), ...Object(dist) },
    ...fields,
  }
}

function nameOf(editions: readonly Edition[]): string {
  return editions[0]?.source.name ?? ''
}

function latestOf(editions: readonly Edition[]): string | undefined {
  const versions = editions.map(({ source }) => source.version)
  return versions.findLast((version) => !version.includes('-')) ?? versions.at(-1)
}

function timesOf(editions: readonly Edition[]): Record<string, string> {
  const times = editions.map(({ source: { version, time } }) => [version, time ?? published])
  return { created: published, modified: published, ...Object.fromEntries(times) }
}

const published = '2026-01-01T00:00:00.000Z'
