import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'

/** An option of a client's, as it was typed. */
export interface ClientOption {
  /** Without dashes, in the spelling of the command line, such as `frozen-lockfile`. */
  readonly name: string
  readonly value: string | boolean
  /** What to hand on. */
  readonly tokens: readonly string[]
}

/** A client's command line, read. */
export interface ClientArguments {
  readonly options: readonly ClientOption[]
  /** What is no option: packages, folders, tarballs. */
  readonly packages: readonly string[]
}

/** The options of a client that can be verified. */
export interface ArgumentGrammar {
  /** For messages. */
  readonly title: string
  /** Options without a value. */
  readonly flags: ReadonlySet<string>
  /** Options that take one. */
  readonly values: ReadonlySet<string>
  readonly shorthands: ReadonlyMap<string, string>
  /** Why an option can't be verified, where there is more to say than that it is not known. */
  readonly reasonsAgainst: ReadonlyMap<string, string>
  /** The same for options that are known by their form. */
  readonly findReason?: (name: string) => string | undefined
  /** What stands before settings on the command line, such as `--config.`. */
  readonly settingPrefix?: string
  /** What to do instead of an option that is refused. */
  readonly hint: string
}

/**
 * Reads what follows a client's `install`, `add` or `update`.
 *
 * Each version of a client reads a command line in a way of its own, and it can't be asked. So only
 * what means the same to all of them is taken: options that are known, written out, each with its
 * value.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` for everything else.
 */
export function parseClientArguments(
  args: readonly string[],
  grammar: ArgumentGrammar,
): ClientArguments {
  const end = args.indexOf('--')
  const pending = end === -1 ? [...args] : args.slice(0, end)
  const options: ClientOption[] = []
  const packages: string[] = end === -1 ? [] : args.slice(end + 1)
  for (let token = pending.shift(); token !== undefined; token = pending.shift()) {
    if (!token.startsWith('-')) packages.push(token)
    else options.push(...parseOption({ token, grammar }, pending))
  }
  const dashed = packages.find((name) => name.startsWith('-'))
  if (dashed !== undefined) throw refuse({ token: dashed, grammar }, 'no package has such a name')
  return { options, packages }
}

/** Whether an option is on: it was given, and never switched off. */
export function isSwitchedOn({ options }: ClientArguments, name: string): boolean {
  const found = options.filter((option) => option.name === name)
  return found.length > 0 && found.every(({ value }) => value === true)
}

/** The value of an option that takes one, the last where there are several. */
export function findValue({ options }: ClientArguments, name: string): string | undefined {
  const value = options.findLast((option) => option.name === name)?.value
  return typeof value === 'string' ? value : undefined
}

interface Token {
  readonly token: string
  readonly grammar: ArgumentGrammar
}

function parseOption(found: Token, rest: string[]): ClientOption[] {
  const { token, grammar } = found
  const prefix = grammar.settingPrefix
  if (prefix !== undefined && token.startsWith(prefix)) return [parseSetting(found, prefix)]
  return token.startsWith('--') ? [parseLong(found, rest)] : parseShort(found, rest)
}

/** `--config.frozen-lockfile=true`, in any letter case that the client takes. */
function parseSetting(found: Token, prefix: string): ClientOption {
  const { token } = found
  const equals = token.indexOf('=')
  if (equals === -1) throw refuse(found, 'jsr-guard reads a setting only with =value')
  const key = token.slice(prefix.length, equals)
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return createOption({ ...found, name }, token.slice(equals + 1))
}

function parseLong(found: Token, rest: string[]): ClientOption {
  const { token, grammar } = found
  const equals = token.indexOf('=')
  const name = token.slice(2, equals === -1 ? undefined : equals)
  if (equals !== -1) return createOption({ ...found, name }, token.slice(equals + 1))
  const isKnown = grammar.flags.has(name) || grammar.values.has(name)
  const positive = name.slice('no-'.length)
  if (!isKnown && name.startsWith('no-') && grammar.flags.has(positive)) {
    return { name: positive, value: false, tokens: [token] }
  }
  return parseSeparate({ ...found, name }, rest)
}

interface NamedToken extends Token {
  readonly name: string
}

function parseSeparate(found: NamedToken, rest: string[]): ClientOption {
  const { name, token, grammar } = found
  vouchFor(found)
  const [next] = rest
  if (grammar.flags.has(name)) {
    // Some versions take such a word for the option's value, some for a package.
    if (next === 'true' || next === 'false') throw refuse(found, `write ${token}=${next}`)
    return { name, value: true, tokens: [token] }
  }
  if (next === undefined || next.startsWith('-')) throw refuse(found, 'it needs a value')
  rest.shift()
  // Some versions take further words for values of some options as well.
  return { name, value: next, tokens: [`--${name}=${next}`] }
}

/** `-P`, or several in one, such as `-Dw`; one that takes a value stands alone. */
function parseShort(found: Token, rest: string[]): ClientOption[] {
  const { token, grammar } = found
  const letters = token.slice(1)
  const names = Array.from(letters, (letter) => grammar.shorthands.get(letter))
  const [first] = names
  if (names.length === 1 && first !== undefined) {
    return [parseSeparate({ ...found, name: first }, rest)]
  }
  return names.map((name, at): ClientOption => {
    if (name === undefined || !grammar.flags.has(name)) throw refuse(found, unknownTo(grammar))
    return { name, value: true, tokens: [`-${letters[at] ?? ''}`] }
  })
}

function createOption(found: NamedToken, value: string): ClientOption {
  const { name, token, grammar } = found
  vouchFor(found)
  if (grammar.values.has(name)) return { name, value, tokens: [token] }
  if (value !== 'true' && value !== 'false') throw refuse(found, 'its value is true or false')
  return { name, value: value === 'true', tokens: [token] }
}

function vouchFor(found: NamedToken): void {
  const { name, grammar } = found
  const reason = grammar.reasonsAgainst.get(name) ?? grammar.findReason?.(name)
  if (reason !== undefined) throw refuse(found, reason)
  if (!grammar.flags.has(name) && !grammar.values.has(name)) {
    throw refuse(found, unknownTo(grammar))
  }
}

function unknownTo({ title }: ArgumentGrammar): string {
  return `jsr-guard does not know it as an option of ${title}`
}

/** Without its value, which may be a secret. */
function refuse({ token, grammar }: Token, reason: string): JsrGuardError {
  const name = token.replace(/=.*$/s, '')
  return new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', `${quoteShort(name)}: ${reason}`, {
    hint: grammar.hint,
  })
}

/** Reasons that several clients share. */
export const reasons = {
  leadsElsewhere: 'it would send the client elsewhere than the configuration that was judged',
  passesTheWayOut: 'it would lead the client past the closed way out',
  leavesNothing: 'it leaves no lockfile where jsr-guard looks for one to judge',
  isGlobal: 'a global install writes no lockfile, so nothing could be proved',
  asks: 'the lockfile is made before anybody could answer',
  rehearses: 'a rehearsal makes no lockfile that jsr-guard could judge',
} as const
