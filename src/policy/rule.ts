import type { HookBypass } from '../config/pnpm-hook.ts'
import type { PackageLists } from '../config/policy-file.ts'
import type { Finding, RuleId } from '../finding.ts'
import type { LockedPackage, Lockfile } from '../lockfile/locked-package.ts'
import type { Manifest } from '../manifest/package-json.ts'
import type { ClientName, Route } from '../route/route.ts'
import type { UrlPrefix } from '../url/url-prefix.ts'
import type { SourceJudgement } from './verdict.ts'

/** A rule: one thing that jsr-guard demands. */
export interface Rule extends RuleText {
  readonly id: RuleId
  /** Yields what breaks the rule. Severity is the rule's own unless the finding names one. */
  readonly check: (context: JudgedContext) => Iterable<RuleFinding>
}

/** What there is to say about a rule. */
export interface RuleText {
  /** What the rule demands, in one sentence. */
  readonly summary: string
  /** Why it matters and how to satisfy it, in paragraphs; `jsr-guard explain` prints it. */
  readonly explanation: string
}

/** What a rule yields: a finding without the fields that the engine adds. */
export interface RuleFinding {
  readonly severity?: Finding['severity']
  readonly message: string
  readonly hint?: string | undefined
  readonly file: string
  readonly line?: number | undefined
  readonly package?: string | undefined
  readonly version?: string | undefined
}

/** All that rules may know. Everything in it but what the policy says may be hostile. */
export interface PolicyContext {
  /** The private registry; `undefined` where neither policy nor configuration names one. */
  readonly registry: URL | undefined
  /** Whether the registry was named by the policy or the command line, not found in configuration. */
  readonly isRegistryPinned: boolean
  /** JSR scope, without the `@`, to the one registry that its packages may come from. */
  readonly scopes?: ReadonlyMap<string, URL> | undefined
  /** Other places that its tarballs may be served from. */
  readonly tarballs: readonly UrlPrefix[]
  /** Which packages the policy lets in; default all. */
  readonly packages?: PackageLists | undefined
  readonly clients: readonly ClientInUse[]
  readonly manifests: readonly Manifest[]
  /** pnpm's `pnpm-workspace.yaml`, where pnpm is in use: its catalogs and overrides. */
  readonly workspaceFile?: SpecifierFile | undefined
  /** What other clients read beside manifests: `.yarnrc.yml`, `deno.json`, `vlt.json`. */
  readonly otherFiles?: readonly SpecifierFile[] | undefined
  /** jsr-guard's hook for pnpm, where the project has it, and what keeps pnpm from running it. */
  readonly pnpmHook?: PnpmHook | undefined
  readonly lockfiles: readonly LockfileInUse[]
}

/** The hook of a project. */
export interface PnpmHook {
  /** Path relative to the project. */
  readonly file: string
  readonly bypasses: readonly HookBypass[]
}

/** A file with specifiers in it: a manifest, or what stands beside manifests. */
export interface SpecifierFile extends Pick<Manifest, 'file' | 'dependencies'> {
  /** The one client that reads it; `undefined` where all do. */
  readonly client?: ClientName | undefined
}

/** A client that the project is installed with. */
export interface ClientInUse {
  readonly name: ClientName
  readonly version: string | undefined
  /** Where it takes a folder below the root for a project of its own, that folder. */
  readonly folder?: string | undefined
  /** Whether an install is on that translates `jsr:` in manifests for it. */
  readonly isTranslated?: boolean
  /** Where it goes for the scope `@jsr`. */
  readonly route: Route
  /** Where it goes for a package, by the package's name. */
  readonly routeOf: (packageName: string) => Route
  /**
   * Where it goes with a protocol of its own for JSR, which no npm registry speaks; `undefined` for
   * clients that have none.
   */
  readonly nativeRoute?: Route | undefined
}

/** A lockfile of the project. */
export interface LockfileInUse {
  /** Path relative to the project. */
  readonly file: string
  readonly client: ClientName
  /** The client as it is configured where the lockfile lies, for one that lies below the root. */
  readonly owner?: ClientInUse | undefined
  /** What it pins, or why it can't be told. */
  readonly content:
    | { readonly type: 'read'; readonly lockfile: Lockfile }
    | {
        readonly type: 'unreadable'
        readonly reason: string
        readonly line: number | undefined
        readonly hint: string | undefined
      }
  /**
   * Whether the client takes it for what it installs. The record in `node_modules` seeds the next
   * lockfile; a `yarn.lock` is read by npm where there is no lockfile of its own.
   */
  readonly isAuthoritative: boolean
}

/** The context as the rules get it: what several of them need to know has been found out once. */
export interface JudgedContext extends PolicyContext {
  /** Whether the project has to do with JSR at all, so that routes matter to it. */
  readonly hasJsr: boolean
  /** The manifests, and what stands beside them. */
  readonly specifierFiles: readonly SpecifierFile[]
  /** The lockfiles that could be read. */
  readonly judged: readonly JudgedLockfile[]
}

/** A lockfile that could be read, and the `@jsr` packages in it. */
export interface JudgedLockfile {
  readonly file: string
  readonly isAuthoritative: boolean
  /** The client that it belongs to; `undefined` where that is not one of those in use. */
  readonly client: ClientInUse | undefined
  readonly lockfile: Lockfile
  readonly jsrPackages: readonly JudgedPackage[]
  /** Packages of any name without a hash that can be read. */
  readonly unpinned: readonly LockedPackage[]
  /** Packages of any name whose hashes can all be forged. */
  readonly weaklyPinned: readonly LockedPackage[]
  /**
   * Packages of any name that may have something wrong with their source, whatever host it names: all
   * but those whose address is what npm's convention makes of name and version, or that have none.
   */
  readonly unconventional: readonly LockedPackage[]
}

/** A locked package that counts as `@jsr`, and where it comes from. */
export interface JudgedPackage {
  readonly locked: LockedPackage
  readonly judgement: SourceJudgement
  /** The name that a manifest asks for where this package stands; `undefined` where none does. */
  readonly askedName: string | undefined
}
