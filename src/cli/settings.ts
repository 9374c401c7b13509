import { resolve } from 'node:path'
import type { RuleLevels } from '../config/policy-file.ts'
import { JsrGuardError } from '../errors.ts'
import { ruleLevels, type RuleId, type RuleLevel } from '../finding.ts'
import { judgedClients } from '../project/load.ts'
import { reporters, type ReporterName } from '../report/reporters.ts'
import type { RenderOptions } from '../report/report.ts'
import type { ClientName } from '../route/route.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import type { Invocation } from './commands.ts'
import type { CliContext } from './context.ts'
import { formatNearest } from './nearest.ts'
import type { OptionValues } from './options.ts'

/** What the general options say. */
export interface Settings {
  /** Absolute. */
  readonly cwd: string
  /** As written. */
  readonly registry: string | undefined
  readonly client: ClientName | undefined
  /** Absolute. */
  readonly config: string | undefined
  readonly levels: RuleLevels
  readonly formats: readonly FormatRequest[]
  readonly detail: RenderOptions['detail']
  readonly isColorOff: boolean
}

/** One report to write. */
interface FormatRequest {
  readonly name: ReporterName
  /** Absolute; `undefined` is standard output. */
  readonly file: string | undefined
}

/**
 * Reads the general options. Paths are relative to where jsr-guard was started, `--cwd` or not.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE`
 */
export function parseSettings(options: OptionValues, { cwd }: CliContext): Settings {
  const single = (name: string): string | undefined => options.get(name)?.[0]
  const config = single('config')
  return {
    cwd: resolve(cwd, single('cwd') ?? '.'),
    registry: single('registry'),
    client: parseClient(single('client')),
    config: config === undefined ? undefined : resolve(cwd, config),
    levels: parseLevels(options.get('severity') ?? []),
    formats: parseFormats(options.get('format') ?? ['text'], cwd),
    detail: parseDetail(options),
    isColorOff: options.has('no-color'),
  }
}

const clientNames: readonly ClientName[] = [
  'npm',
  'pnpm',
  'yarn',
  'yarn-berry',
  'bun',
  'deno',
  'vlt',
]

function parseClient(text: string | undefined): ClientName | undefined {
  if (text === undefined) return undefined
  const client = clientNames.find((name) => name === text)
  if (client === undefined) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `there is no client ${quoteShort(text)}`, {
      hint: formatNearest(text, clientNames),
    })
  }
  if (!judgedClients.includes(client)) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `this version cannot judge ${client} yet`, {
      hint: `it knows ${judgedClients.join(' and ')}`,
    })
  }
  return client
}

function parseLevels(texts: readonly string[]): RuleLevels {
  const levels: Partial<Record<RuleId, RuleLevel>> = {}
  for (const text of texts) {
    const [name = '', level, ...more] = text.split('=')
    const rule = parseRuleId(name)
    if (levels[rule] !== undefined) {
      throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `--severity names ${rule} twice`)
    }
    if (!isRuleLevel(level) || more.length > 0) {
      throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `${quoteShort(text)} names no level`, {
        hint: `write --severity ${rule}=error, =warning or =off`,
      })
    }
    levels[rule] = level
  }
  return levels
}

function isRuleLevel(text: string | undefined): text is RuleLevel {
  return text === 'error' || text === 'warning' || text === 'off'
}

/**
 * Reads the id of a rule.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE` with the nearest id there is.
 */
export function parseRuleId(text: string): RuleId {
  const ids = Object.keys(ruleLevels)
  if (isRuleId(text)) return text
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `there is no rule ${quoteShort(text)}`, {
    hint: formatNearest(text, ids),
  })
}

function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(ruleLevels, text)
}

function parseFormats(texts: readonly string[], cwd: string): FormatRequest[] {
  const formats = texts.map((text) => parseFormat(text, cwd))
  const places = formats.map(({ file }) => file)
  const twice = places.find((file, index) => places.indexOf(file) !== index)
  if (new Set(places).size === places.length) return formats
  throw new JsrGuardError(
    'ERR_JSR_GUARD_USAGE',
    `two reports would go to ${twice === undefined ? 'standard output' : quoteShort(twice)}`,
    { hint: 'write one of them to a file of its own, as --format json=FILE' },
  )
}

function parseFormat(text: string, cwd: string): FormatRequest {
  const equals = text.indexOf('=')
  const name = equals === -1 ? text : text.slice(0, equals)
  const file = equals === -1 ? undefined : text.slice(equals + 1)
  if (file === '') {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `--format ${quoteShort(text)} names no file`)
  }
  return {
    name: parseReporterName(name),
    file: file === undefined ? undefined : resolve(cwd, file),
  }
}

function parseReporterName(name: string): ReporterName {
  if (isReporterName(name)) return name
  const names = Object.keys(reporters)
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `there is no format ${quoteShort(name)}`, {
    hint: formatNearest(name, names),
  })
}

function isReporterName(name: string): name is ReporterName {
  return Object.hasOwn(reporters, name)
}

function parseDetail(options: OptionValues): RenderOptions['detail'] {
  const isQuiet = options.has('quiet')
  if (isQuiet && options.has('verbose')) {
    throw new JsrGuardError('ERR_JSR_GUARD_USAGE', '--quiet and --verbose exclude each other')
  }
  if (isQuiet) return 'quiet'
  return options.has('verbose') ? 'verbose' : 'normal'
}

/**
 * Refuses arguments after a command that takes none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE`
 */
export function refuseArguments({ name, arguments: args }: Invocation): void {
  const [first] = args
  if (first === undefined) return
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', `${name} takes no argument ${quoteShort(first)}`, {
    hint: 'name the folder of the project with --cwd',
  })
}

/**
 * Refuses another client than npm, for a command that knows no other yet.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE`
 */
export function refuseOtherClients({ client }: Settings, name: string): void {
  if (client === undefined || client === 'npm') return
  const message = `this version cannot ${name} with ${client} yet`
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', message, {
    hint: 'npm is the client that it knows',
  })
}

/**
 * Refuses other formats than text on standard output, for a command that makes no report.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_USAGE`
 */
export function refuseFormats({ formats }: Settings, name: string): void {
  if (formats.every((format) => format.name === 'text' && format.file === undefined)) return
  const message = `${name} prints text to standard output only`
  throw new JsrGuardError('ERR_JSR_GUARD_USAGE', message, { hint: 'leave --format out' })
}
