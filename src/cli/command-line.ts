import { parseArgs } from 'node:util'
import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { commands, findCommand, type Command } from './commands.ts'
import { formatNearest } from './nearest.ts'
import { generalOptions, type Option, type OptionValues } from './options.ts'

/** What a command line asks for. */
export type CommandLine =
  | { readonly type: 'version' }
  | { readonly type: 'help'; readonly command: Command | undefined }
  | {
      readonly type: 'run'
      readonly command: Command
      /** The command as it was written. */
      readonly name: string
      readonly options: OptionValues
      readonly arguments: readonly string[]
    }

/**
 * Reads the arguments. jsr-guard's options stand before the command, and after it where the
 * command's arguments are jsr-guard's own; a client's arguments are not looked at.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE`
 */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const tokens = tokenize(argv)
  const at = tokens.find((token) => token.kind === 'positional')
  const command = at === undefined ? undefined : parseCommand(at.value, optionsBefore(tokens, at))
  if (at === undefined || command === undefined) return parseWithoutCommand(tokens)
  const isOwn = command.argumentsOf === 'jsr-guard'
  const own = isOwn ? tokens : optionsBefore(tokens, at)
  const options = parseOptions(own, command)
  if (options.has('version')) return { type: 'version' }
  if (options.has('help')) return { type: 'help', command }
  const rest = isOwn ? positionals(tokens).slice(1) : argv.slice(at.index + 1)
  return { type: 'run', command, name: at.value, options, arguments: rest }
}

/** One piece of the command line. */
type Token = OptionToken | PositionalToken

interface OptionToken {
  readonly kind: 'option'
  readonly name: string
  /** As written, with its dashes. */
  readonly rawName: string
  readonly value: string | undefined
  /** Whether it was written as `--name=value`. */
  readonly hasInlineValue: boolean
}

interface PositionalToken {
  readonly kind: 'positional'
  readonly value: string
  /** Where it stands in the arguments. */
  readonly index: number
}

/**
 * Takes the arguments apart by the options of all commands, since which command it is shows only
 * afterwards; `parseOptions` refuses those of another.
 */
function tokenize(argv: readonly string[]): Token[] {
  const options = Object.fromEntries(
    [...generalOptions, ...commands.flatMap((command) => command.options)].map(
      ({ name, short, value }) =>
        [
          name,
          {
            type: value === undefined ? 'boolean' : 'string',
            ...(short !== undefined && { short }),
          },
        ] as const,
    ),
  )
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  return tokens.flatMap((token): Token[] => {
    if (token.kind === 'option-terminator') return []
    if (token.kind === 'positional') return [token]
    const { kind, name, rawName, value, inlineValue = false } = token
    return [{ kind, name, rawName, value, hasInlineValue: inlineValue }]
  })
}

function optionsBefore(tokens: readonly Token[], end: Token): Token[] {
  return tokens.slice(0, tokens.indexOf(end))
}

function positionals(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
}

function parseCommand(name: string, before: readonly Token[]): Command {
  const command = findCommand(name)
  if (command !== undefined) return command
  refuseUnknownOptions(before, allOptions())
  const names = commands.flatMap((known) => [known.name, ...known.aliases])
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `there is no command ${quoteShort(name)}`, {
    hint: formatNearest(name, names),
  })
}

function allOptions(): Option[] {
  return [...generalOptions, ...commands.flatMap((command) => command.options)]
}

function parseWithoutCommand(tokens: readonly Token[]): CommandLine {
  const options = parseOptions(tokens, undefined)
  if (options.has('version')) return { type: 'version' }
  if (options.has('help')) return { type: 'help', command: undefined }
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', 'no command is given', {
    hint: 'jsr-guard --help lists the commands',
  })
}

function parseOptions(tokens: readonly Token[], command: Command | undefined): OptionValues {
  const known = [...generalOptions, ...(command?.options ?? [])]
  refuseUnknownOptions(tokens, known)
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    const option = known.find(({ name }) => token.kind === 'option' && name === token.name)
    if (token.kind !== 'option' || option === undefined) continue
    const given = values.get(option.name) ?? []
    if (given.length > 0 && option.value !== undefined && option.isRepeatable !== true) {
      throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `--${option.name} is given twice`)
    }
    values.set(option.name, [...given, parseValue(token, option)])
  }
  return values
}

function parseValue(token: OptionToken, option: Option): string {
  const { value, rawName, hasInlineValue } = token
  if (option.value === undefined) {
    if (value === undefined) return ''
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `${rawName} takes no value`)
  }
  if (value === undefined || value === '' || (!hasInlineValue && value.startsWith('-'))) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `${rawName} needs a value`, {
      hint: `write --${option.name}=${option.value}`,
    })
  }
  return value
}

function refuseUnknownOptions(tokens: readonly Token[], known: readonly Option[]): void {
  for (const token of tokens) {
    if (token.kind !== 'option' || known.some(({ name }) => name === token.name)) continue
    const owner = commands.find(({ options }) => options.some(({ name }) => name === token.name))
    throw new JsrGuardError(
      'ERR_JSR_GUARD_USAGE',
      `there is no option ${quoteShort(token.rawName)}`,
      {
        hint:
          owner === undefined
            ? formatNearest(
                token.rawName,
                known.map(({ name }) => `--${name}`),
              )
            : `it is an option of jsr-guard ${owner.name}`,
      },
    )
  }
}
