import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { JsrGuardError } from '../errors.ts'
import type { ByteRange, PinStore, StoredObject } from '../gateway/pins.ts'
import { hasCode, orAbsent } from '../project/error-code.ts'
import { syncFolder } from '../project/write.ts'

/**
 * A store in a folder: one file for each object, under its key.
 *
 * An object is written beside its place, synced, and then linked into it. Linking fails where there
 * is something already, so of several processes on one folder the first one wins; and a file in its
 * place is always whole, whenever the process or the machine stops.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_STORE` where the folder can't be used so.
 */
export async function openDiskStore(folder: string): Promise<PinStore> {
  const temporary = path.join(folder, 'tmp')
  try {
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    await removeLeftovers(temporary)
    await proveLinks(temporary)
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_STORE', `the store can't be kept in ${folder}`, {
      hint: 'name a folder on a local disk with --store DIR, or run without pins by --no-store',
      cause,
    })
  }
  const place = (key: string): string => path.join(folder, ...key.split('/').map(checkPart))
  return {
    read: async (key) => await readObject(place(key)),
    create: async (key, body) => await createObject(temporary, place(key), body),
    list: async (prefix) => await listKeys(place(prefix.slice(0, -1)), prefix),
  }
}

/** Keys are the gateway's own making; a part of one that could leave the folder would be a bug. */
function checkPart(part: string): string {
  if (/^(?!\.{1,2}$)[@a-zA-Z0-9._+%-]{1,255}$/.test(part)) return part
  throw new TypeError(`${JSON.stringify(part)} is no part of a key`)
}

async function readObject(file: string): Promise<StoredObject | undefined> {
  const stats = await orAbsent(stat(file))
  if (stats === undefined) return undefined
  return {
    size: stats.size,
    body: (range?: ByteRange) => createReadStream(file, { ...range, highWaterMark: 128 * 1024 }),
  }
}

async function createObject(
  temporary: string,
  file: string,
  body: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const draft = path.join(temporary, `${process.pid}-${randomBytes(12).toString('hex')}`)
  try {
    await writeDraft(draft, body)
    await makeFolder(path.dirname(file))
    const isFirst = await linkInto(draft, file)
    // Also where it was there before: its writer may not have come to this yet.
    await syncFolder(path.dirname(file))
    return isFirst
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeDraft(draft: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  const handle = await open(draft, 'wx', 0o600)
  try {
    for await (const chunk of body) await handle.writeFile(chunk)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function linkInto(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** A new folder is on the disk only once the folder that it is in has been synced. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) {
    await syncFolder(path.dirname(made))
  }
}

async function listKeys(folder: string, prefix: string): Promise<string[]> {
  const names = (await orAbsent(readdir(folder))) ?? []
  return names.map((name) => `${prefix}${name}`)
}

/** No write takes as long. */
const leftoverMs = 60 * 60_000

/** What killed processes have left. Those of a living one that shares the folder are younger. */
async function removeLeftovers(temporary: string): Promise<void> {
  for (const name of await readdir(temporary)) {
    const file = path.join(temporary, name)
    const stats = await orAbsent(stat(file))
    if (stats !== undefined && Date.now() - stats.mtimeMs > leftoverMs) {
      await rm(file, { force: true })
    }
  }
}

/** Some network file systems have no links, and some drives none either. */
async function proveLinks(temporary: string): Promise<void> {
  const draft = path.join(temporary, `${process.pid}-${randomBytes(12).toString('hex')}`)
  try {
    await (await open(draft, 'wx', 0o600)).close()
    await link(draft, `${draft}-link`)
  } finally {
    await rm(`${draft}-link`, { force: true })
    await rm(draft, { force: true })
  }
}
