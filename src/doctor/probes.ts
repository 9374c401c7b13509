import type { PublicMark } from '../policy/public-marks.ts'

/** What came of asking a registry for one thing; redirects to storage hosts were followed. */
export type Probe =
  | {
      readonly type: 'answered'
      readonly status: number
      /** By lower-case name. */
      readonly headers: Readonly<Record<string, string>>
      /** The beginning of the body; empty where it was not taken. */
      readonly text: string
    }
  | { readonly type: 'redirected-to-jsr'; readonly from: URL; readonly to: URL }
  | { readonly type: 'redirected-to-public'; readonly from: URL; readonly to: URL }
  | { readonly type: 'failed'; readonly reason: string }

/** All that a registry was asked. */
export interface RegistryProbes {
  readonly registry: URL
  /** Whether npm's configuration has credentials for it. */
  readonly hasCredentials: boolean
  readonly root: Probe
  /** `-/ping` */
  readonly ping: Probe
  /** `/-/pnpr`, at the root of the host */
  readonly capabilities: Probe
  /** The metadata of an `@jsr` package that nobody has. */
  readonly unknownPackage: Probe
  /** The metadata of a package that the public registry has, and JSR has not. */
  readonly publicPackage: Probe
  readonly package: PackageProbes
}

/** What a registry was asked about one `@jsr` package. */
export interface PackageProbes {
  /** The registry's name of it. */
  readonly name: string
  /** Its metadata, with the scope's slash encoded as npm does it. */
  readonly encoded: Probe
  /** What is said there; `undefined` where it makes no sense. */
  readonly metadata: ProbedMetadata | undefined
  /** Its metadata with a plain slash, as others ask. */
  readonly plain: Probe
  readonly plainMetadata: ProbedMetadata | undefined
  /** Its metadata by HEAD, as caches ask. */
  readonly head: Probe
  /** Two versions, or as many as there are. */
  readonly versions: readonly VersionProbes[]
}

/** What a registry's metadata says of a package. */
export interface ProbedMetadata {
  /** The number of versions. */
  readonly versions: number
  readonly newest: string | undefined
  /** When that was published, as the registry has it. */
  readonly newestAt: string | undefined
}

/** What a registry was asked about one version. */
export interface VersionProbes {
  readonly version: string
  /** Where the metadata says that its tarball is. */
  readonly tarball: URL | undefined
  /** Whether the policy lets it be there. */
  readonly isPrivate: boolean
  /** Hashes that the metadata names. */
  readonly named: readonly string[]
  /** `undefined` where it was not asked for: it is not where it should be. */
  readonly get: Probe | undefined
  readonly head: Probe | undefined
  /** Hashes of the bytes. */
  readonly bytes: readonly string[] | undefined
  readonly marks: readonly PublicMark[]
}
