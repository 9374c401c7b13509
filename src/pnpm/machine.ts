import type { PnpmConfig } from '../config/pnpm-config.ts'
import type { Policy } from '../config/policy-file.ts'
import type { LockfileInUse, SpecifierFile } from '../policy/rule.ts'

/** What the hook needs of the machine that it runs on. */
export interface HookMachine {
  /** pnpm's command line; in the workers of pnpm 12 nothing but the program. */
  readonly argv: readonly string[]
  /** Whether this is a worker of pnpm 12, in which `updateConfig` runs in another process than the rest. */
  readonly isWorker: boolean
  /** The version of the pnpm that has loaded the hook, where it runs in this process. */
  readonly findVersion: () => Promise<string | undefined>
  /** Today, `YYYY-MM-DD`, in UTC, for what the policy dates. */
  readonly today: () => string
  /** The project: in the folders that pnpm names, the first with the policy, else where the hook's file lies. */
  readonly open: (folders: readonly string[]) => Promise<HookProject>
}

/** A project as the hook reads it, part by part and only when asked. */
export interface HookProject {
  /** @throws JsrGuardError `ERR_JSR_GUARD_POLICY` */
  readonly loadPolicy: () => Promise<Policy>
  /** @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` */
  readonly loadConfig: (version: string | undefined) => Promise<HookProjectConfig>
}

/** pnpm's configuration as it is on the disk, and the lockfiles that it leads to. */
export interface HookProjectConfig {
  readonly pnpmConfig: PnpmConfig
  /** Catalogs and overrides. */
  readonly workspaceFile: SpecifierFile | undefined
  readonly loadLockfiles: () => Promise<readonly LockfileInUse[]>
}
