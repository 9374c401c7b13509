import type { NpmArguments } from '../config/npm-arguments.ts'
import type { NpmConfig } from '../config/npm-config.ts'
import { JsrGuardError } from '../errors.ts'
import { isJsrSpecifier, parseJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { formatJsrName, formatNpmName } from '../specifier/jsr-name.ts'

/** The commands of jsr-guard that run a client. */
export type InstallCommand = 'install' | 'ci' | 'add' | 'update'

/** What npm is run with, in the two phases of an install. */
export interface NpmPlan {
  /** Makes or changes the lockfile, and nothing else: no tarball, no script. */
  readonly lockArguments: readonly string[]
  /** What the user asked for, installing from the lockfile that was judged. */
  readonly installArguments: readonly string[]
  /** Whether packages were named, or newer versions asked for: the lockfile will change. */
  readonly changesLockfile: boolean
  /** Whether what the first phase saved must be taken back before the second (`--no-save`). */
  readonly isUnsaved: boolean
  /** Whether the user wants no lockfile to be left (`--no-package-lock`). */
  readonly leavesNoLockfile: boolean
  /** Whether the user asked for a rehearsal: nothing is to be written. */
  readonly isDryRun: boolean
  readonly isOffline: boolean
}

/** What the plan depends on beside the command line. */
export interface NpmPlanOptions {
  readonly command: InstallCommand
  /** The user's arguments, already translated by {@link translateArguments}. */
  readonly arguments: readonly string[]
  readonly parsed: NpmArguments
  /** npm's effective settings, in npm's own types: the command line over everything else. */
  readonly setting: (key: string) => unknown
}

/**
 * Writes package arguments such as `jsr:@luca/cases@^1` or `cases@jsr:@luca/cases` as npm can read
 * them; everything else stays as it is.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_SPECIFIER` for a `jsr:` argument that names no package.
 */
export function translateArguments(
  args: readonly string[],
  packages: readonly string[],
): readonly string[] {
  const named = new Set(packages)
  return args.map((argument) => (named.has(argument) ? translatePackage(argument) : argument))
}

function translatePackage(argument: string): string {
  if (isJsrSpecifier(argument)) {
    const { name } = parseJsrSpecifier(argument, '')
    return `${formatJsrName(name)}@${formatTarget(argument, '')}`
  }
  const at = argument.indexOf('@', 1)
  const alias = argument.slice(0, at)
  const specifier = argument.slice(at + 1)
  if (at === -1 || !isJsrSpecifier(specifier)) return argument
  return `${alias}@${formatTarget(specifier, alias)}`
}

/** Without a range npm takes the newest version and saves a range of it, as `*` would not. */
function formatTarget(specifier: string, alias: string): string {
  const { name, range } = parseJsrSpecifier(specifier, alias)
  return `npm:${formatNpmName(name)}@${range === '*' ? 'latest' : range}`
}

/** Plans the two phases of an install with npm. */
export function planNpm(options: NpmPlanOptions): NpmPlan {
  const { command, parsed, setting } = options
  const isUnsaved = setting('save') === false
  const leavesNoLockfile = command !== 'ci' && setting('package-lock') === false
  const fromLockfile = ['--package-lock=true', ...shrinkwrapFlags(parsed)]
  const lockFlags = ['--package-lock-only', '--ignore-scripts', ...fromLockfile]
  return {
    lockArguments: [
      npmCommand(command),
      ...insertFlags(options.arguments, isUnsaved ? [...lockFlags, '--save=true'] : lockFlags),
    ],
    installArguments: [
      npmCommand(command),
      ...insertFlags(options.arguments, leavesNoLockfile ? fromLockfile : []),
    ],
    changesLockfile: command === 'update' || parsed.packages.length > 0,
    isUnsaved,
    leavesNoLockfile,
    isDryRun: setting('dry-run') === true,
    isOffline: setting('offline') === true,
  }
}

function npmCommand(command: InstallCommand): string {
  return command === 'add' ? 'install' : command
}

/** Until npm 11 another word for `package-lock`, which wins over it on the command line. */
function shrinkwrapFlags({ settings }: NpmArguments): string[] {
  return settings['shrinkwrap'] === undefined ? [] : ['--shrinkwrap=true']
}

/**
 * Later flags win over earlier ones, and what follows `--` is no flag. The first of them is there
 * twice: an option at the end that lacks its value would take it for one.
 */
function insertFlags(args: readonly string[], flags: readonly string[]): string[] {
  const end = args.indexOf('--')
  const inserted = [...flags.slice(0, 1), ...flags]
  return end === -1
    ? [...args, ...inserted]
    : [...args.slice(0, end), ...inserted, ...args.slice(end)]
}

/** What the way out depends on: on the command line it would win over the environment we set. */
const wayOutSettings = ['proxy', 'https-proxy', 'http-proxy', 'noproxy']

/**
 * Refuses what can't be verified, whatever else is wrong with the project.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for what leaves no lockfile to judge, and for
 *   what would lead npm past the closed way out.
 */
export function refuseUnsupported(
  config: Pick<NpmConfig, 'get'>,
  { settings: commandLine }: Pick<NpmArguments, 'settings'>,
): void {
  if (config.get('global')?.value === true || config.get('location')?.value === 'global') {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_UNSUPPORTED',
      'a global install writes no lockfile, so nothing could show where its packages came from',
      { hint: 'install it in a project, and run it from there with npx' },
    )
  }
  for (const key of wayOutSettings) {
    if (commandLine[key] === undefined) continue
    throw new JsrGuardError(
      'ERR_JSR_GUARD_UNSUPPORTED',
      `--${key} on the command line would lead npm past the closed way out`,
      { hint: `set ${key} in .npmrc or in the environment: jsr-guard goes through it` },
    )
  }
}
