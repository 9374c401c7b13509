import { isSwitchedOn, type PnpmArguments, type PnpmOption } from '../config/pnpm-arguments.ts'
import { JsrGuardError } from '../errors.ts'
import type { InstallCommand } from './npm-plan.ts'

/** What pnpm is run with, in the two phases of an install. */
export interface PnpmPlan {
  readonly lockArguments: readonly string[]
  /** `undefined` where the user wants the lockfile alone. */
  readonly installArguments: readonly string[] | undefined
  readonly changesLockfile: boolean
  /** Whether pnpm may make or change the lockfile: the first phase is needed. */
  readonly mayLock: boolean
  readonly isOffline: boolean
}

/** What the plan depends on. */
export interface PnpmPlanOptions {
  readonly command: InstallCommand
  readonly parsed: PnpmArguments
  /** The packages that were named, as pnpm can read them. */
  readonly packages: readonly string[]
}

/**
 * Plans the two phases of an install with pnpm: `--lockfile-only`, which asks for metadata alone and
 * runs no script, then `--frozen-lockfile`, which installs what the lockfile says or nothing.
 *
 * Whether the lockfile is as it should be is left to pnpm: it depends on overrides, catalogs, patches
 * and hooks as well.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for packages named after `ci`.
 */
export function planPnpm({ command, parsed, packages }: PnpmPlanOptions): PnpmPlan {
  if (command === 'ci' && packages.length > 0) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_UNSUPPORTED',
      'ci installs what is locked, and adds no package',
      {
        hint: 'add it with jsr-guard add',
      },
    )
  }
  const changesLockfile = command === 'update' || packages.length > 0
  const flags = parsed.options.filter(({ name }) => name !== 'lockfile-only')
  const kept = flags.filter((option) => isKept(option, changesLockfile))
  return {
    lockArguments: [
      pnpmCommand(command, packages),
      ...flags.flatMap(({ tokens }) => tokens),
      '--lockfile-only',
      ...packages,
    ],
    installArguments: isSwitchedOn(parsed, 'lockfile-only')
      ? undefined
      : ['install', ...kept.flatMap(({ tokens }) => tokens), '--frozen-lockfile'],
    changesLockfile,
    mayLock: command !== 'ci' && !isSwitchedOn(parsed, 'frozen-lockfile'),
    isOffline: isSwitchedOn(parsed, 'offline'),
  }
}

function pnpmCommand(command: InstallCommand, packages: readonly string[]): string {
  if (command === 'update') return 'update'
  return packages.length > 0 ? 'add' : 'install'
}

/** Whether an option is still about the second phase, which adds and saves nothing. */
function isKept({ name }: PnpmOption, changesLockfile: boolean): boolean {
  if (lockOptions.has(name)) return false
  return !changesLockfile || !saveOptions.has(name)
}

const lockOptions: ReadonlySet<string> = new Set([
  'allow-build',
  'depth',
  'fix-lockfile',
  'frozen-lockfile',
  'ignore-workspace-root-check',
  'latest',
  'prefer-frozen-lockfile',
  'save',
  'save-catalog',
  'save-catalog-name',
  'save-dev',
  'save-exact',
  'save-optional',
  'save-peer',
  'save-prod',
  'workspace',
])

/** Of `add` and `update` they say where to save, or what to look at; of `install` what to install. */
const saveOptions: ReadonlySet<string> = new Set(['dev', 'optional', 'prod', 'production'])
