import {
  isSwitchedOn,
  type ClientArguments,
  type ClientOption,
} from '../config/client-arguments.ts'
import { JsrGuardError } from '../errors.ts'
import type { InstallCommand } from './npm-plan.ts'

/** What a client is run with, in the two phases of an install. */
export interface PhasePlan {
  /** Makes or changes the lockfile, and nothing else. */
  readonly lockArguments: readonly string[]
  /** Installs what the lockfile says, or nothing; `undefined` where the user wants it alone. */
  readonly installArguments: readonly string[] | undefined
  readonly changesLockfile: boolean
  /** Whether the lockfile may be made or changed: the first phase is needed. */
  readonly mayLock: boolean
  readonly isOffline: boolean
}

/** What the plan depends on. */
export interface PhasePlanOptions {
  readonly command: InstallCommand
  readonly parsed: ClientArguments
  /** The packages that were named, as the client can read them. */
  readonly packages: readonly string[]
}

/** How a client calls things. */
export interface PhaseWords {
  readonly update: readonly string[]
  /** Flags of the first phase. */
  readonly lock: readonly string[]
  /** The flag of the second phase, and the option that it is. */
  readonly frozen: string
  /** Options that the first phase alone is about. */
  readonly lockOptions: ReadonlySet<string>
  /** Options that say where to save when something is added, and what to install otherwise. */
  readonly saveOptions: ReadonlySet<string>
  readonly offlineOption: string
}

/**
 * Plans the two phases of an install: the lockfile is made without installing, then what it says is
 * installed, or nothing.
 *
 * Whether the lockfile is as it should be is left to the client: it depends on more than manifests.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for packages named after `ci`.
 */
export function planPhases(
  { command, parsed, packages }: PhasePlanOptions,
  words: PhaseWords,
): PhasePlan {
  if (command === 'ci' && packages.length > 0) {
    const message = 'ci installs what is locked, and adds no package'
    const hint = 'add it with jsr-guard add'
    throw new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', message, { hint })
  }
  const { frozen } = words
  const isAdding = packages.length > 0 || command === 'add'
  const changesLockfile = command === 'update' || isAdding
  const options = parsed.options.filter(({ name }) => name !== 'lockfile-only')
  const kept = options.filter((option) => isKept(option, { changesLockfile, words }))
  const verb = isAdding ? ['add'] : ['install']
  return {
    lockArguments: [
      ...(command === 'update' ? words.update : verb),
      ...options.flatMap(({ tokens }) => tokens),
      ...words.lock,
      ...packages,
    ],
    installArguments: isSwitchedOn(parsed, 'lockfile-only')
      ? undefined
      : ['install', ...kept.flatMap(({ tokens }) => tokens), `--${frozen}`],
    changesLockfile,
    mayLock: command !== 'ci' && !isSwitchedOn(parsed, frozen),
    isOffline: isSwitchedOn(parsed, words.offlineOption),
  }
}

interface Keeping {
  readonly changesLockfile: boolean
  readonly words: PhaseWords
}

/** Whether an option is still about the second phase, which adds and saves nothing. */
function isKept({ name }: ClientOption, { changesLockfile, words }: Keeping): boolean {
  if (name === words.frozen || words.lockOptions.has(name)) return false
  return !changesLockfile || !words.saveOptions.has(name)
}
