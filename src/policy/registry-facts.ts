import type { PublicMark } from './public-marks.ts'

/** What a registry was seen to do with one locked `@jsr` package, gathered before rules run. */
export interface RegistryFact {
  /** Path of the lockfile, relative to the project. */
  readonly file: string
  readonly line: number | undefined
  /** The registry's name of the package. */
  readonly package: string
  readonly version: string | undefined
  readonly answer: RegistryAnswerFact
}

/** What came of asking. */
export type RegistryAnswerFact =
  /** The tarball is there. */
  | { readonly type: 'served' }
  /** The registry has no such package or version. */
  | {
      readonly type: 'missing'
      readonly url: URL
      readonly status: number | undefined
      /** The metadata lists it no more, but the tarball is still there. */
      readonly isUnlisted?: boolean
    }
  /** Its metadata names a tarball on JSR. */
  | { readonly type: 'leaked'; readonly registry: URL; readonly tarball: URL }
  /** It sends the client on to JSR. */
  | { readonly type: 'redirected-to-jsr'; readonly from: URL; readonly to: URL }
  /** It sends the client on to a registry that is open to everyone. */
  | { readonly type: 'redirected-to-public'; readonly from: URL; readonly to: URL }
  /** Its metadata names a tarball where the policy lets none be. */
  | { readonly type: 'elsewhere'; readonly registry: URL; readonly tarball: URL }
  /** What it says of the version, and, where its bytes were fetched, what they are. */
  | ServedVersion
  /** It did not answer, refused us, or made no sense: nothing can be said. */
  | { readonly type: 'unknown'; readonly url: URL; readonly reason: string }

/** A version as the registry has it. */
export interface ServedVersion {
  readonly type: 'described'
  readonly registry: URL
  /** Subresource Integrity strings of the lockfile, as written. */
  readonly locked: readonly string[]
  /** Those that the registry's metadata names; a `shasum` is one of `sha1`. */
  readonly named: readonly string[]
  /** Those of the bytes, where they were fetched. */
  readonly bytes: readonly string[] | undefined
  /** JSR's revision of it, as its own package.json claims, where its bytes were fetched. */
  readonly revision: number | undefined
  /** What tells it from a package that JSR made. */
  readonly marks: readonly PublicMark[]
  /** When it was published, as the registry has it. */
  readonly publishedAt: string | undefined
}
