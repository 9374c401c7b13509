import { parse, unsafe } from 'ini'

/** One setting of an `.npmrc`, as npm takes it. */
interface NpmrcEntry {
  readonly key: string
  /**
   * Mostly a string; `true`, `false` and `null` where the text says so, `true` where there is no
   * `=`, a list for `key[]`, and whatever JSON stands in single quotes. A section is a setting of
   * its own name, an object.
   */
  readonly value: unknown
  /** 1-based line of the last text that has a say in it; `undefined` where it can't be told. */
  readonly line: number | undefined
}

/** A key that stands in a `[section]`, where npm does not look for it. */
interface NpmrcSectionKey {
  readonly section: string
  readonly key: string
  readonly line: number
}

/** An `.npmrc`, read. */
export interface Npmrc {
  /** In the order in which npm takes them: the last one counts where two become the same key. */
  readonly entries: readonly NpmrcEntry[]
  readonly sectionKeys: readonly NpmrcSectionKey[]
}

/**
 * Reads an `.npmrc` as npm does: decoded by `ini`, variables not yet expanded.
 *
 * @throws TypeError for the few texts that make `ini`, and so npm, fail.
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/npmrc
 */
export function readNpmrc(text: string): Npmrc {
  const places = locateKeys(text)
  const entries = Object.entries(parse(text)).map(
    ([key, value]: [string, unknown]): NpmrcEntry => ({ key, value, line: findLine(places, key) }),
  )
  return { entries, sectionKeys: places.sectionKeys }
}

/** Where the keys of a text stand. */
interface KeyPlaces {
  readonly lines: ReadonlyMap<string, number>
  readonly sectionKeys: readonly NpmrcSectionKey[]
}

/**
 * `ini` tells values, not lines. A section is never left again; it is a key as well, and so is the
 * part of its name before a dot: `[@jsr:registry.x]` overwrites `@jsr:registry`.
 */
function locateKeys(text: string): KeyPlaces {
  const lines = new Map<string, number>()
  const sectionKeys: NpmrcSectionKey[] = []
  let section: string | undefined
  for (const [index, content] of text.split(/\r\n|\r|\n/).entries()) {
    const found = readLine(content)
    if (found === undefined) continue
    const line = index + 1
    if (found.type === 'section') {
      section = found.name
      for (const name of prefixesOf(section)) lines.set(name, line)
    } else if (section === undefined) lines.set(found.key, line)
    else sectionKeys.push({ section, key: found.key, line })
  }
  return { lines, sectionKeys }
}

function findLine({ lines }: KeyPlaces, key: string): number | undefined {
  // Values in braces are taken for sections and end up under the part of their key before a dot.
  return lines.get(key) ?? [...lines].findLast(([name]) => name.startsWith(`${key}.`))?.[1]
}

function prefixesOf(section: string): string[] {
  const parts = section.split('.')
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

type Line =
  | { readonly type: 'section'; readonly name: string }
  | { readonly type: 'key'; readonly key: string }

/** `ini`'s own idea of a line; without it, the lines found could be others than those that count. */
const linePattern = /^\[([^\]]*)\]\s*$|^([^=]+)(=(.*))?$/i
const ignoredLine = /^\s*(?:[;#]|$)/

function readLine(content: string): Line | undefined {
  if (ignoredLine.test(content)) return undefined
  const match = linePattern.exec(content)
  if (match === null) return undefined
  const [, section, key = ''] = match
  if (section !== undefined) return { type: 'section', name: decode(section) }
  return { type: 'key', key: decode(key).replace(/(?<=.)\[\]$/s, '') }
}

/** Whatever JSON stands in single quotes may come out. */
function decode(text: string): string {
  const value: unknown = unsafe(text)
  return String(value)
}
