import path from 'node:path'
import { hashLedgerFile, readHashLedger, type HashEntry } from '../config/hash-ledger.ts'
import { JsrGuardError } from '../errors.ts'
import { readFileText } from './file-text.ts'

/** A project's ledger of hashes. */
export interface LoadedLedger {
  readonly entries: readonly HashEntry[]
  /** As it is; `undefined` where there is none. */
  readonly text: string | undefined
  /** The entries of one version. */
  readonly find: (name: string, version: string) => readonly HashEntry[]
}

/**
 * Reads the ledger in a project's root; an empty one where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LEDGER` for one that is there and can't be trusted.
 */
export async function loadHashLedger(root: string): Promise<LoadedLedger> {
  const found = await readFileText(path.join(root, hashLedgerFile))
  if (found.type === 'unreadable') {
    const message = `the ledger can't be read: ${found.reason}`
    throw new JsrGuardError('ERR_JSR_GUARD_LEDGER', message, { file: hashLedgerFile })
  }
  const text = found.type === 'text' ? found.text : undefined
  const entries = text === undefined ? [] : readHashLedger(text, hashLedgerFile)
  return { entries, text, find: indexEntries(entries) }
}

/** Finds the entries of a version. */
export function indexEntries(entries: readonly HashEntry[]): LoadedLedger['find'] {
  const byVersion = new Map<string, HashEntry[]>()
  for (const entry of entries) {
    const key = `${entry.name}@${entry.version}`
    byVersion.set(key, [...(byVersion.get(key) ?? []), entry])
  }
  return (name, version) => byVersion.get(`${name}@${version}`) ?? []
}
