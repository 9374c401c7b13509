/** What a registry was seen to do with one locked `@jsr` package, gathered before rules run. */
export interface RegistryFact {
  /** Path of the lockfile, relative to the project. */
  readonly file: string
  readonly line: number | undefined
  /** The registry's name of the package. */
  readonly package: string
  readonly version: string | undefined
  readonly answer:
    /** The tarball is there. */
    | { readonly type: 'served' }
    /** The registry has no such package or version. */
    | { readonly type: 'missing'; readonly url: URL; readonly status: number | undefined }
    /** Its metadata names a tarball on JSR. */
    | { readonly type: 'leaked'; readonly registry: URL; readonly tarball: URL }
    /** It sends the client on to JSR. */
    | { readonly type: 'redirected-to-jsr'; readonly from: URL; readonly to: URL }
    /** It did not answer, refused us, or made no sense: nothing can be said. */
    | { readonly type: 'unknown'; readonly url: URL; readonly reason: string }
}
