import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { JsrGuardError } from '../errors.ts'
import { hasCode, orAbsent } from './error-code.ts'
import { identifyProcess, type ProcessIdentity } from './lock-process.ts'

/** What a file says about the run that made it. */
export interface LockRecord {
  /** 32 hexadecimal digits, made once and never again. */
  readonly token: string
  /** The run; `undefined` where the file holds nothing that we understand. */
  readonly process: ProcessIdentity | undefined
  /** The clients that the run has started. */
  readonly clients: readonly ProcessIdentity[]
}

/** A record as it was found. */
export interface FoundRecord extends LockRecord {
  /** A run touches its lock from time to time. */
  readonly modifiedMs: number
}

/** A record for this process. */
export async function createRecord(): Promise<LockRecord> {
  return { token: createToken(), process: await identifyProcess(process.pid), clients: [] }
}

/**
 * Makes a file with a record in it, as one step: nobody ever finds it without its content. Returns
 * whether it could: not when there is such a file already, or the folder has just been removed.
 */
export async function createExclusively(file: string, record: LockRecord): Promise<boolean> {
  const temporary = createTemporaryPath(file)
  try {
    await writeFile(temporary, formatRecord(record), { flag: 'wx' })
    await link(temporary, file)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOENT')) return false
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS')) throw error
    return await createInTwoSteps(file, record)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Where a file system has no links. A run that is killed in between leaves an empty record. */
async function createInTwoSteps(file: string, record: LockRecord): Promise<boolean> {
  try {
    await writeFile(file, formatRecord(record), { flag: 'wx' })
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOENT')) return false
    throw error
  }
}

/** Replaces the record of a file that is one's own. */
export async function replaceRecord(file: string, record: LockRecord): Promise<void> {
  const temporary = createTemporaryPath(file)
  try {
    await writeFile(temporary, formatRecord(record), { flag: 'wx' })
    await rename(temporary, file)
  } finally {
    await rm(temporary, { force: true })
  }
}

/**
 * The record that a file holds; `undefined` where there is no file.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JOURNAL` where something else stands in its place: a
 *   repository may come with links and folders of that name.
 */
export async function readRecord(file: string): Promise<FoundRecord | undefined> {
  const handle = await openRecord(file)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    if (!stats.isFile() || stats.size > maxBytes) throw createForeignError(file)
    const text = await handle.readFile('utf8')
    return { ...parseRecord(text), modifiedMs: stats.mtimeMs }
  } finally {
    await handle.close()
  }
}

/** Whether a name in the folder is that of a record that was on its way when its writer ended. */
export function isTemporaryRecord(name: string): boolean {
  return /^new-[0-9a-f]{32}$/.test(name)
}

const maxBytes = 64 * 1024

async function openRecord(file: string) {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW
  try {
    return await orAbsent(open(file, flags))
  } catch (error) {
    if (hasCode(error, 'ELOOP', 'EMLINK')) throw createForeignError(file)
    throw error
  }
}

function createForeignError(file: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${file} is no file of jsr-guard's`, {
    hint: `look what it is, then remove ${path.dirname(file)}`,
  })
}

function createTemporaryPath(file: string): string {
  return path.join(path.dirname(file), `new-${createToken()}`)
}

function createToken(): string {
  return randomBytes(16).toString('hex')
}

function formatRecord(record: LockRecord): string {
  return `${JSON.stringify(record)}\n`
}

/** What isn't understood is still a record: it can be waited for, and told apart from another. */
function parseRecord(text: string): LockRecord {
  const value = tryParse(text)
  const identity = readIdentity(fieldOf(value, 'process'))
  const token = fieldOf(value, 'token')
  const clients = fieldOf(value, 'clients')
  if (identity === undefined || typeof token !== 'string' || !/^[0-9a-f]{32}$/.test(token)) {
    const hash = createHash('sha256').update(text).digest('hex')
    return { token: hash.slice(0, 32), process: undefined, clients: [] }
  }
  const known = Array.isArray(clients)
    ? clients.flatMap((client) => readIdentity(client) ?? [])
    : []
  return { token, process: identity, clients: known }
}

/** A number that is not positive would mean a group of processes, or all of them. */
function readIdentity(value: unknown): ProcessIdentity | undefined {
  const pid = fieldOf(value, 'pid')
  const startTime = fieldOf(value, 'startTime')
  const machine = fieldOf(value, 'machine')
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid < 1) return undefined
  if (typeof machine !== 'string') return undefined
  return { pid, machine, startTime: typeof startTime === 'string' ? startTime : undefined }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}
