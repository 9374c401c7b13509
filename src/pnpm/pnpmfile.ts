/** An object of pnpm's, of whose fields only some are known. */
export type PnpmObject = Readonly<Record<string, unknown>>

/** `log` prints a line of pnpm's own; 11 and 12 hand over more. */
export type HookContext = PnpmObject

/** Hooks as a pnpmfile has them; what else a project's own may have is passed on. */
export interface PnpmHooks extends PnpmObject {
  readonly updateConfig?: (config: PnpmObject) => PnpmObject | Promise<PnpmObject>
  readonly readPackage?: (
    manifest: PnpmObject,
    context: HookContext,
  ) => PnpmObject | Promise<PnpmObject>
  readonly preResolution?: (context: PnpmObject, logger: unknown) => unknown
  readonly afterAllResolved?: (
    lockfile: PnpmObject,
    context: HookContext,
  ) => PnpmObject | Promise<PnpmObject>
}

/** One of `resolvers` of pnpm 11 and later. */
interface PnpmResolver {
  readonly canResolve: (wanted: PnpmObject) => boolean
  readonly resolve: () => never
}

/** One of `fetchers` of pnpm 11 and later. */
interface PnpmFetcher {
  readonly canFetch: (packageId: unknown, resolution: PnpmObject) => Promise<boolean>
  readonly fetch: () => never
}

/** What a pnpmfile exports. */
export interface Pnpmfile {
  readonly hooks: PnpmHooks
  readonly resolvers: readonly [PnpmResolver, ...unknown[]]
  readonly fetchers: readonly [PnpmFetcher, ...unknown[]]
}
