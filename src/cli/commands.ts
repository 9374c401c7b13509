import type { CliContext } from './context.ts'
import type { Option, OptionValues } from './options.ts'

/** One command. Its code is loaded when it is run. */
export interface Command {
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  /** The command line, without the program and its options. */
  readonly usage: string
  /** Options of this command alone. */
  readonly options: readonly Option[]
  /** Paragraphs that its help adds. */
  readonly notes?: readonly string[]
  /**
   * Whose the arguments after the command are: jsr-guard's own, or the client's, which gets them
   * untouched.
   */
  readonly argumentsOf: 'jsr-guard' | 'client'
  readonly load: () => Promise<CommandModule>
}

/** What a file in `commands/` exports. */
interface CommandModule {
  /** Does it and gives the exit code. */
  readonly run: (invocation: Invocation) => Promise<number>
}

/** A command line that was understood. */
export interface Invocation {
  /** The command as it was written: `i` for `install`. */
  readonly name: string
  readonly options: OptionValues
  /** What stands after the command and is no option; everything after it for the client's. */
  readonly arguments: readonly string[]
  readonly context: CliContext
}

/** Every command there is, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'install',
    aliases: ['i', 'ci', 'add', 'update'],
    summary: "run the project's package manager, verified",
    usage: 'install|i|ci|add|update [arguments of the package manager]',
    options: [],
    notes: [
      'Everything after the command goes to the package manager as it is, except that package arguments written jsr:@scope/name[@range] are translated.',
    ],
    argumentsOf: 'client',
    load: () => import('./commands/install.ts'),
  },
  {
    name: 'check',
    aliases: [],
    summary: 'judge configuration, manifests and lockfiles; no network',
    usage: 'check [DIR…] [--fix [--dry-run]] [--print-config]',
    options: [
      { name: 'fix', summary: "put right what can't change what is installed, then check" },
      { name: 'dry-run', summary: 'with --fix: write nothing, print the diff' },
      {
        name: 'print-config',
        summary: 'print the policy that is in force, and where each value comes from',
      },
    ],
    notes: [
      'DIR is a folder of a project, or a pattern such as "apps/*" that stands for those of them that hold one. Several projects make one report, and the worst of them decides the exit code.',
    ],
    argumentsOf: 'jsr-guard',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'rewrite',
    aliases: [],
    summary: 'turn jsr: specifiers into aliases, or back, in the manifests',
    usage: 'rewrite [--to npm|jsr] [--check|--write]',
    options: [
      { name: 'to', value: 'npm|jsr', summary: 'npm: aliases (default), or jsr: specifiers' },
      { name: 'check', summary: 'fail if something would change' },
      { name: 'write', summary: 'change the manifests; without it, say what would change' },
    ],
    argumentsOf: 'jsr-guard',
    load: () => import('./commands/rewrite.ts'),
  },
  {
    name: 'init',
    aliases: [],
    summary: 'write the configuration this project needs',
    usage: 'init --registry URL [--ci github|gitlab] [--force]',
    options: [
      { name: 'ci', value: 'github|gitlab', summary: 'print a CI step to paste' },
      { name: 'force', summary: 'replace another registry that is configured' },
    ],
    argumentsOf: 'jsr-guard',
    load: () => import('./commands/init.ts'),
  },
  {
    name: 'explain',
    aliases: [],
    summary: 'what a rule means and how to satisfy it',
    usage: 'explain RULE',
    options: [],
    argumentsOf: 'jsr-guard',
    load: () => import('./commands/explain.ts'),
  },
]

/** Commands that jsr-guard will have: naming one must not look like a spelling mistake. */
export const plannedCommands: readonly string[] = ['verify', 'doctor', 'gateway']

/** The command of that name or alias. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name || command.aliases.includes(name))
}
