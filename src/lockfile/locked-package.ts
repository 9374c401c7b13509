/** Where the bytes of a locked package come from. */
export type PackageSource =
  /** A web address that the lockfile names. Credentials have been taken off. */
  | {
      readonly type: 'remote'
      /** May be parsed anew each time; where `plain` tells enough, it need not be asked for. */
      readonly url: URL
      readonly hasCredentials: boolean
      /** What `url` says of itself, where the text of the address is all it takes to know. */
      readonly plain?: PlainAddress | undefined
    }
  /**
   * The lockfile names no address: the client asks the registry that its configuration leads to, for
   * the package's usual address, or for a path below the registry.
   */
  | { readonly type: 'route'; readonly path?: string | undefined }
  /** Asked for by the client's own protocol for JSR, wherever its configuration leads that. */
  | { readonly type: 'native' }
  /** Inside the tarball of the package that contains it. */
  | { readonly type: 'bundled' }
  | { readonly type: 'git'; readonly url: string }
  /** A folder or file of this machine, as written. */
  | { readonly type: 'local'; readonly path: string }
  /** The lockfile says nothing that we understand. Rules must not let it pass. */
  | { readonly type: 'unknown'; readonly text: string }

/** Parts of a web address, as `URL` names and spells them. */
export interface PlainAddress {
  readonly hostname: string
  readonly pathname: string
}

/** One package as a lockfile pins it, whatever the lockfile's format. */
export interface LockedPackage {
  /** The name it is imported by. */
  readonly alias: string
  /** The name its registry knows it by; differs from `alias` for `npm:` aliases. */
  readonly name: string
  /** `undefined` where the lockfile names none. */
  readonly version: string | undefined
  readonly source: PackageSource
  /** Subresource Integrity strings as written, split at white space; empty when there is none. */
  readonly integrity: readonly string[]
  /**
   * What else pins it: a hash of the client's own, of something that it makes of the package. `later`
   * where the client adds that only on the platform that the package is for.
   */
  readonly pin?: 'checksum' | 'later' | undefined
  /** The key of the entry in its lockfile, such as `node_modules/a/node_modules/b`. */
  readonly key: string
  /** 1-based line of the entry; computed when asked for. */
  readonly line: () => number | undefined
}

/** What the lockfile says a project folder asks for: the other side of `stale-lockfile`. */
export interface LockedProject {
  /** Folder relative to the lockfile; `''` is the root. */
  readonly folder: string
  /** Alias to specifier, of all dependency fields taken together. */
  readonly dependencies: ReadonlyMap<string, string>
  /** Alias to the key of the package that stands for it, where the lockfile says that. */
  readonly keys?: ReadonlyMap<string, string> | undefined
  readonly line: () => number | undefined
}

/** A lockfile, read. */
export interface Lockfile {
  readonly packages: readonly LockedPackage[]
  readonly projects: readonly LockedProject[]
  /**
   * `jsr:` specifiers that locked packages themselves ask for: clients without `jsr:` fail on
   * them, and only the package named can change that.
   */
  readonly transitiveSpecifiers: readonly TransitiveSpecifier[]
}

/** A `jsr:` specifier inside a locked package. */
export interface TransitiveSpecifier {
  /** Name and version of the package that asks. */
  readonly from: string
  readonly alias: string
  readonly specifier: string
  readonly line: () => number | undefined
}
