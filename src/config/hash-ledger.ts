import semver from 'semver'
import { JsrGuardError } from '../errors.ts'
import { isRecord } from '../json/record.ts'
import { readStrictJson, type StrictJson } from '../json/strict-json.ts'
import { quoteShort } from '../specifier/jsr-name.ts'

/** The hash with which a version was seen first, or, for a further revision of JSR's, let in. */
export interface HashEntry {
  /** The registry's name of the package. */
  readonly name: string
  readonly version: string
  /** JSR's revision of the tarball; `undefined` where it was not known. */
  readonly revision: number | undefined
  /** `sha512-` and base64. */
  readonly integrity: string
}

/** Where the ledger lies, from the project's root. */
export const hashLedgerFile = 'jsr-guard.lock.json'

/** Of the format; the last key, so that every entry's line ends alike and git merges them singly. */
const versionKey = 'ledgerVersion'

/**
 * Reads a ledger: one entry per line, by `name@version` and, where it is known, ` rREVISION`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LEDGER` for what is not all that: a merge conflict, a key
 *   that stands twice, a hash that does, another version of the format.
 */
export function readHashLedger(text: string, file: string): HashEntry[] {
  const json = readJson(text, file)
  const fail = (message: string, key?: string): JsrGuardError =>
    new JsrGuardError('ERR_JSR_GUARD_LEDGER', message, {
      file,
      line: key === undefined ? undefined : json.lineOf(key),
      hint: 'put it back from version control; jsr-guard lock-hashes writes it',
    })
  if (!isRecord(json.value)) throw fail('the ledger is not a JSON object')
  const { [versionKey]: version, ...hashes } = json.value
  if (version !== 1) throw fail('the ledger is of a version that is not known', versionKey)
  const seen = new Set<string>()
  return Object.entries(hashes).map(([key, integrity]) => {
    const entry = parseEntry(key, integrity)
    if (entry === undefined) throw fail(`${quoteShort(key)} is no entry of a ledger`, key)
    const identity = `${entry.name}@${entry.version} ${entry.integrity}`
    if (seen.has(identity)) throw fail(`${quoteShort(key)} has a hash that stands twice`, key)
    seen.add(identity)
    return entry
  })
}

/** The ledger's text: sorted, so that the same entries are the same bytes. */
export function formatHashLedger(entries: readonly HashEntry[]): string {
  const lines = entries
    .map((entry) => `  ${JSON.stringify(formatKey(entry))}: ${JSON.stringify(entry.integrity)},\n`)
    .toSorted()
  return `{\n${lines.join('')}  "${versionKey}": 1\n}\n`
}

function readJson(text: string, file: string): StrictJson {
  try {
    return readStrictJson(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    throw new JsrGuardError('ERR_JSR_GUARD_LEDGER', `the ledger ${cause.message}`, {
      file,
      line: cause.line,
      hint: 'keep the lines of both sides; a version that stands twice must be looked into',
      cause,
    })
  }
}

function formatKey({ name, version, revision }: HashEntry): string {
  return revision === undefined ? `${name}@${version}` : `${name}@${version} r${revision}`
}

function parseEntry(key: string, integrity: unknown): HashEntry | undefined {
  const [, name, version, revision] = /^(@jsr\/[^\s@/]+)@([^\s@]+)(?: r(\d{1,6}))?$/.exec(key) ?? []
  if (name === undefined || version === undefined || semver.valid(version) !== version) {
    return undefined
  }
  if (typeof integrity !== 'string' || !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity)) {
    return undefined
  }
  return {
    name,
    version,
    revision: revision === undefined ? undefined : Number(revision),
    integrity,
  }
}
