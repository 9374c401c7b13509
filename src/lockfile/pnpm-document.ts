import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import { isRecord } from '../json/record.ts'
import type { PnpmFormat } from './pnpm-key.ts'

/** An object of a lockfile, whose fields may be anything. */
export type Fields = Readonly<Record<string, unknown>>

/** One document of a pnpm lockfile; the tables that it has, whatever they are called in its format. */
export interface PnpmDocument {
  readonly format: PnpmFormat
  /** Key to entry. */
  readonly packages: Fields
  /** Key with peers to what the package depends on; in older formats the packages themselves. */
  readonly snapshots: Fields
  /** Folder to what the project there depends on; `.` is the root. */
  readonly importers: Fields
  /** Name of a catalog to what is in it. */
  readonly catalogs: Fields
  readonly lineOf: (...path: readonly string[]) => number | undefined
  /** The name of the table that holds the projects; `undefined` where the document is the project. */
  readonly importersName: string | undefined
}

/**
 * Reads the documents of a `pnpm-lock.yaml`: the lockfile, and before it, between two `---`, the one
 * in which pnpm 11 and later keep what pnpm itself is made of.
 *
 * They are told apart as pnpm does it, by the text. A lockfile that begins with `---` and has no
 * second one is such a first document to pnpm 11, and the lockfile to pnpm 10: it is read.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX`, `ERR_JSR_GUARD_LOCKFILE_VERSION`
 */
export function readPnpmDocuments(text: string): PnpmDocument[] {
  return splitDocuments(text).map(readDocument)
}

interface Part {
  readonly text: string
  /** How many lines stand before it. */
  readonly linesBefore: number
}

const start = '---\n'
const separator = '\n---\n'

function splitDocuments(text: string): Part[] {
  const unmarked = text.startsWith('\uFEFF') ? text.slice(1) : text
  const source = unmarked.includes('\r') ? unmarked.replaceAll('\r\n', '\n') : unmarked
  const end = source.startsWith(start) ? source.indexOf(separator, start.length) : -1
  if (end === -1) return [{ text: source, linesBefore: 0 }]
  const first = { text: source.slice(0, end), linesBefore: 0 }
  const rest = source.slice(end + separator.length)
  // With nothing behind the first document there is no lockfile yet.
  if (rest.trim() === '') return [first]
  return [first, { text: rest, linesBefore: first.text.split('\n').length + 1 }]
}

function readDocument(part: Part): PnpmDocument {
  const { value, lineOf } = readYaml(part)
  const atLine = (...path: readonly string[]): number | undefined => {
    const line = lineOf(...path)
    return line === undefined ? undefined : line + part.linesBefore
  }
  if (!isRecord(value)) throw damaged('is no mapping', undefined)
  const format = readFormat(value['lockfileVersion'], () => atLine('lockfileVersion'))
  return createDocument(value, format, atLine)
}

function readYaml({ text, linesBefore }: Part): ReturnType<typeof readStrictYaml> {
  try {
    return readStrictYaml(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    const line = cause.line === undefined ? undefined : cause.line + linesBefore
    throw damaged(cause.message, line, cause)
  }
}

const formats: ReadonlyMap<string, PnpmFormat> = new Map([
  ['5', 'v5'],
  ['5.0', 'v5'],
  ['5.1', 'v5'],
  ['5.2', 'v5'],
  ['5.3', 'v5'],
  ['5.4', 'v5'],
  ['5.4-inlineSpecifiers', 'v5'],
  ['6', 'v6'],
  ['6.0', 'v6'],
  ['6.1', 'v6'],
  ['9', 'v9'],
  ['9.0', 'v9'],
  ['13.0', 'v13'],
])

/** The line is asked for late: the first takes a walk over the whole text. */
function readFormat(version: unknown, findLine: () => number | undefined): PnpmFormat {
  const isText = typeof version === 'string' || typeof version === 'number'
  const format = isText ? formats.get(String(version)) : undefined
  if (format !== undefined) return format
  const text =
    version === undefined ? 'names no lockfileVersion' : `is of version ${JSON.stringify(version)}`
  throw new JsrGuardError(
    'ERR_JSR_GUARD_LOCKFILE_VERSION',
    `${text}; versions 5, 6, 9 and 13 are known`,
    { hint: 'remove it, then lock anew: pnpm install --lockfile-only', line: findLine() },
  )
}

function createDocument(
  value: Fields,
  format: PnpmFormat,
  lineOf: PnpmDocument['lineOf'],
): PnpmDocument {
  const table = (name: string): Fields => readTable(value, name, lineOf)
  refuseForeignTables(value, format, lineOf)
  const packages = table('packages')
  const importersName = findImportersName(value, format)
  const importers = importersName === undefined ? { '.': value } : table(importersName)
  const snapshots = format === 'v9' ? table('snapshots') : packages
  // pnpm takes the keys of the snapshots, so without them no package would be installed.
  if (format === 'v9' && value['snapshots'] === undefined && Object.keys(packages).length > 0) {
    throw damaged('has packages and no snapshots', lineOf('packages'))
  }
  return {
    format,
    packages,
    snapshots,
    importers,
    catalogs:
      format === 'v13' ? readTable(table('settings'), 'catalogs', lineOf) : table('catalogs'),
    lineOf,
    importersName,
  }
}

/** The tables of other formats: some pnpm would read them. */
const foreignTables: Readonly<Record<PnpmFormat, readonly string[]>> = {
  v5: ['snapshots', 'projects'],
  v6: ['snapshots', 'projects'],
  v9: ['projects', 'dependencies', 'devDependencies', 'optionalDependencies', 'specifiers'],
  v13: ['snapshots', 'importers', 'dependencies', 'devDependencies', 'optionalDependencies'],
}

function refuseForeignTables(
  value: Fields,
  format: PnpmFormat,
  lineOf: PnpmDocument['lineOf'],
): void {
  const found = foreignTables[format].find((name) => Object.hasOwn(value, name))
  if (found === undefined) return
  throw damaged(`has ${quoteShort(found)}, which its version does not know`, lineOf(found))
}

/** A project of its own had no table of projects until version 9. */
function findImportersName(value: Fields, format: PnpmFormat): string | undefined {
  if (format === 'v13') return 'projects'
  return format === 'v9' || value['importers'] !== undefined ? 'importers' : undefined
}

function readTable(value: Fields, name: string, lineOf: PnpmDocument['lineOf']): Fields {
  const table = Object.hasOwn(value, name) ? value[name] : undefined
  if (table === undefined) return {}
  if (isRecord(table)) return table
  throw damaged(`has ${quoteShort(name)}, which is no mapping`, lineOf(name))
}

/** What a lockfile that pnpm would not write, or would read in another way, is refused with. */
export function damaged(message: string, line: number | undefined, cause?: unknown): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, {
    hint: 'restore it, or remove it and lock anew: pnpm install --lockfile-only',
    line,
    cause,
  })
}
