/** One specifier of a manifest, and where it stands in the text. */
export interface ManifestDependency {
  /** Path of keys to the value, such as `['dependencies', '@luca/cases']` or `['overrides', 'a', 'b']`. */
  readonly path: readonly string[]
  /** The name that it is imported by: the last key of the path that names a package. */
  readonly alias: string
  readonly specifier: string
  /** Whether a client may skip it without failing: an optional peer, for example. */
  readonly isOptionalPeer: boolean
  /** 1-based. */
  readonly line: number
  /** Offset and length of the value in the text, quotes included. */
  readonly offset: number
  readonly length: number
}

/** A manifest, read. */
export interface Manifest {
  /** Path relative to the project, `/` as separator. */
  readonly file: string
  /** Folder relative to the project; `''` is the root. */
  readonly folder: string
  readonly name: string | undefined
  readonly dependencies: readonly ManifestDependency[]
}
