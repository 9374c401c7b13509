import { commands, type Command } from './commands.ts'
import { generalOptions, type Option } from './options.ts'

/** What `jsr-guard --help` prints. */
export function renderHelp(): string {
  return joinParagraphs([
    ['Usage: jsr-guard [options] <command> [arguments]'],
    [
      'Installs JSR packages through a private registry, and proves that none came from JSR directly.',
    ],
    ['Commands', ...renderTable(commands.map((command) => [nameOf(command), command.summary]))],
    ['Options', ...renderOptions(generalOptions)],
    [
      "Options stand before the command; after install, i, ci, add and update everything is the package manager's.",
    ],
    ['Exit codes', ...renderTable(exitCodeTexts)],
  ])
}

/** What `jsr-guard --help <command>` prints. */
export function renderCommandHelp(command: Command): string {
  return joinParagraphs([
    [`Usage: jsr-guard [options] ${command.usage}`],
    [`${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`],
    ...(command.notes ?? []).map((note) => [note]),
    command.options.length === 0
      ? []
      : [`Options of ${command.name}`, ...renderOptions(command.options)],
    ['Options', ...renderOptions(generalOptions)],
  ])
}

const exitCodeTexts: ReadonlyArray<readonly [string, string]> = [
  ['0', 'nothing at error level'],
  ['1', 'findings at error level, or an install that was stopped'],
  ['2', "wrong usage, a policy or project file that can't be read"],
  ['3', 'nothing to check: no manifest or lockfile was found'],
  ['4', 'could not tell: the registry did not answer or refused us'],
]

function nameOf({ name, aliases }: Command): string {
  return [name, ...aliases].join(', ')
}

function renderOptions(options: readonly Option[]): string[] {
  return renderTable(
    options.map(({ name, short, value, summary }) => {
      const names = short === undefined ? `--${name}` : `-${short}, --${name}`
      return [value === undefined ? names : `${names} ${value}`, summary]
    }),
  )
}

function renderTable(rows: ReadonlyArray<readonly [string, string]>): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)
}

function joinParagraphs(paragraphs: ReadonlyArray<readonly string[]>): string {
  const texts = paragraphs.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'))
  return `${texts.join('\n\n')}\n`
}
