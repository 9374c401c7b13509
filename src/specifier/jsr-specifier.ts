import { JsrGuardError } from '../errors.ts'
import {
  formatJsrName,
  parseJsrName,
  quoteShort,
  tryParseJsrName,
  type JsrName,
} from './jsr-name.ts'

/** What a manifest says after the colon, where it begins with `jsr:`. */
export interface JsrSpecifier {
  /** The package it stands for: named in the specifier, or by the alias it is written under. */
  readonly name: JsrName
  /** A semver range or a tag, as written; `*` where none is. */
  readonly range: string
  /** How it was written: `jsr:^1` leaves the package's name to the alias. */
  readonly form: 'named' | 'range-only'
}

/**
 * Reads `jsr:@scope/name`, `jsr:@scope/name@range` and, under an alias that is itself a JSR name,
 * `jsr:range`.
 *
 * `alias` is the key that the specifier stands under. The range is kept as it is written and is
 * `*` where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_SPECIFIER` for everything else: subpaths, which no manifest
 *   can have, and all that cannot stand in a URL.
 * @see https://jsr.io/docs/using-packages
 */
export function parseJsrSpecifier(text: string, alias: string): JsrSpecifier {
  if (!isJsrSpecifier(text)) throw invalid(text, 'it does not begin with "jsr:"')
  const body = text.slice('jsr:'.length)
  if (body.startsWith('@')) return parseNamed(text, body)
  const name = tryParseJsrName(alias)
  if (name === undefined) {
    throw invalid(text, `the alias ${quoteShort(alias)} is not the name of a JSR package`)
  }
  return { name, range: parseRange(text, body), form: 'range-only' }
}

/**
 * Whether a specifier claims to be one of JSR's, however it is written: clients take the scheme in
 * any case, and npm reads a specifier with white space before it as a folder.
 */
export function isJsrSpecifier(text: string): boolean {
  return text.slice(0, 4).toLowerCase() === 'jsr:'
}

/** Whether a specifier would be one of JSR's if the white space around it were not there. */
export function isPaddedJsrSpecifier(text: string): boolean {
  return !isJsrSpecifier(text) && isJsrSpecifier(text.trimStart())
}

/** The specifier as JSR writes it; `range-only` stays so. */
export function formatJsrSpecifier({ name, range, form }: JsrSpecifier): string {
  return form === 'range-only' ? `jsr:${range}` : `jsr:${formatJsrName(name)}@${range}`
}

function parseNamed(text: string, body: string): JsrSpecifier {
  const at = body.indexOf('@', 1)
  const nameText = at === -1 ? body : body.slice(0, at)
  if (nameText.split('/').length > 2) throw invalid(text, 'a manifest names packages, not subpaths')
  const range = at === -1 ? '*' : parseRange(text, body.slice(at + 1))
  return { name: parseNameOf(text, nameText), range, form: 'named' }
}

function parseNameOf(text: string, nameText: string): JsrName {
  try {
    return parseJsrName(nameText)
  } catch (cause) {
    throw invalid(text, `${quoteShort(nameText)} is not the name of a JSR package`, cause)
  }
}

/**
 * The characters of semver ranges and of tags. A slash would be a subpath, an `@` a second name; a
 * percent sign, a backslash or a control character has no business in a range.
 */
const rangeCharacters = /^[\w.+\-^~<>=|*, ]+$/
const maxRangeLength = 256

/** Whether a text can stand after the name, or after `jsr:` alone: a range or a tag, by its characters. */
export function isJsrRange(text: string): boolean {
  return text.length <= maxRangeLength && text.trim() === text && rangeCharacters.test(text)
}

function parseRange(text: string, range: string): string {
  if (range === '') return '*'
  if (range.includes('/')) throw invalid(text, 'a manifest names packages, not subpaths')
  if (!isJsrRange(range)) {
    throw invalid(text, `${quoteShort(range)} is neither a version range nor a tag`)
  }
  return range
}

function invalid(text: string, reason: string, cause?: unknown): JsrGuardError {
  return new JsrGuardError(
    'ERR_JSR_GUARD_SPECIFIER',
    `${quoteShort(text)} names no JSR package: ${reason}`,
    { hint: 'write jsr:@scope/name@range, for example jsr:@luca/cases@^1', cause },
  )
}
