import { JsrGuardError } from '../errors.ts'
import { readNpmrc } from './npmrc.ts'

/** The key of the setting that maps the scope `@jsr` to a registry. */
export const jsrScopeKey = '@jsr:registry'

/** What an `.npmrc` maps `@jsr` to, where npm looks for it: not in comments, not in sections. */
export function findJsrMapping(text: string): JsrMapping | undefined {
  const entry = readNpmrc(text).entries.find(({ key }) => key === jsrScopeKey)
  return entry === undefined ? undefined : { value: entry.value, line: entry.line }
}

/** A mapping of `@jsr` that an `.npmrc` has. */
export interface JsrMapping {
  /** A string, unless somebody wrote something odd. */
  readonly value: unknown
  /** 1-based. */
  readonly line: number | undefined
}

/**
 * The text of an `.npmrc` with `@jsr` mapped to a registry: in the place of the mapping that there
 * is, else before the first section, else at the end. All other lines stay as they are, their ends
 * included.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where npm would not read the result as meant.
 */
export function setJsrMapping(text: string, registry: URL): string {
  const mapping = `${jsrScopeKey}=${registry.href.replaceAll(';', '%3B')}`
  const edited = placeMapping(splitLines(text), mapping)
    .map(({ content, end }) => content + end)
    .join('')
  if (findJsrMapping(edited)?.value !== mapping.slice(jsrScopeKey.length + 1)) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_CONFIG',
      `npm would not read ${jsrScopeKey} if it were added here`,
      { hint: `add this line by hand: ${mapping}` },
    )
  }
  return edited
}

/**
 * The text of an `.npmrc` with further settings, before the first section. A setting whose key
 * stands there already is left as it is.
 */
export function addNpmrcLines(text: string, settings: readonly string[]): string {
  const known = new Set(readNpmrc(text).entries.map(({ key }) => key))
  const added = settings.filter((setting) => !known.has(setting.slice(0, setting.indexOf('='))))
  const lines = splitLines(text)
  const section = lines.findIndex(({ content }) => sectionPattern.test(content))
  const at = section === -1 ? lines.length : section
  return added
    .reduce<Line[]>((all, setting, index) => insertLine(all, at + index, setting), lines)
    .map(({ content, end }) => content + end)
    .join('')
}

/** One line and what ends it, which is empty for a last line without an end. */
interface Line {
  readonly content: string
  readonly end: string
}

function splitLines(text: string): Line[] {
  return Array.from(text.matchAll(/([^\r\n]*)(\r\n|\r|\n|$)/g), ([, content = '', end = '']) => ({
    content,
    end,
  })).filter(({ content, end }) => content !== '' || end !== '')
}

function placeMapping(lines: readonly Line[], mapping: string): Line[] {
  const section = lines.findIndex(({ content }) => sectionPattern.test(content))
  const end = section === -1 ? lines.length : section
  const places = lines.slice(0, end).flatMap((line, index) => (isMapping(line) ? [index] : []))
  const last = places.at(-1)
  if (last === undefined) return insertLine(lines, end, mapping)
  return lines.flatMap((line, index) => {
    if (index === last) return [{ content: mapping, end: line.end }]
    return places.includes(index) ? [] : [line]
  })
}

/** Ends the new line as the text ends its lines, and the line before it if nothing did. */
function insertLine(lines: readonly Line[], at: number, content: string): Line[] {
  const end = lines[0]?.end || '\n'
  const before = lines.slice(0, at).map((line) => ({ ...line, end: line.end || end }))
  return [...before, { content, end }, ...lines.slice(at)]
}

/** A line that `ini` takes for the start of a section. */
const sectionPattern = /^\[[^\]]*\]\s*$/

function isMapping({ content }: Line): boolean {
  return !sectionPattern.test(content) && findJsrMapping(content) !== undefined
}
