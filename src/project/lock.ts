import { lstat, mkdir, readdir, realpath, rm, rmdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { JsrGuardError } from '../errors.ts'
import { explainWriteFailure, hasCode, orAbsent } from './error-code.ts'
import { identifyProcess, isAncestor } from './lock-process.ts'
import {
  createExclusively,
  createRecord,
  isTemporaryRecord,
  readRecord,
  replaceRecord,
  type FoundRecord,
  type LockRecord,
} from './lock-record.ts'
import { createRemoval } from './lock-removal.ts'

/** The right to change the manifests of a project. Whoever has it is alone. */
export interface RunLock {
  /** The project, all links resolved. */
  readonly root: string
  /** Where the lock and the journal are kept. */
  readonly folder: string
  /**
   * To be handed down to what the run starts, and from there to {@link acquireRunLock}: a run that
   * waits for the one it is a part of would wait for ever.
   */
  readonly token: string
  /** Takes note of a client, so that the next run can end it should this one be killed. */
  readonly recordClient: (pid: number) => Promise<void>
  readonly release: () => Promise<void>
}

/** How a lock is acquired. */
export interface RunLockOptions {
  /** Called once, when another run has to be waited for. */
  readonly onWait?: (holder: { readonly pid: number }) => void
  /** The token of the run that this one was started by, if any. */
  readonly outerToken?: string | undefined
  /** Gives up the waiting. */
  readonly signal?: AbortSignal
  /**
   * How long a run that can't be looked at (it is one of another machine or container) may give no
   * sign of life before it counts as dead. Default 30 s, six times the time between two signs.
   */
  readonly staleAfterMs?: number
}

/** The folder in a project that holds the lock and the journal. */
export const guardFolder = '.jsr-guard'

const signOfLifeMs = 5_000

/**
 * Waits until no other run is at work in the project, and keeps others out until it is released.
 *
 * The lock of a run that was killed is taken over, after the clients that it left behind have been
 * ended: they would go on to change the very manifests that are about to be put right.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` inside a run in the same project;
 *   `ERR_JSR_GUARD_JOURNAL` where the folder can't be used, or such a client can't be ended.
 */
export async function acquireRunLock(root: string, options: RunLockOptions = {}): Promise<RunLock> {
  const realRoot = await realpath(root)
  const folder = path.join(realRoot, guardFolder)
  const record = await createRecord()
  try {
    await waitForTurn(folder, record, options)
  } catch (error) {
    throw explainWriteFailure(error, folder)
  }
  const lock = createLock(realRoot, folder, record)
  try {
    await hideFromGit(folder)
    return lock
  } catch (error) {
    await lock.release()
    throw explainWriteFailure(error, folder)
  }
}

async function waitForTurn(
  folder: string,
  record: LockRecord,
  { onWait, outerToken, signal, staleAfterMs = 6 * signOfLifeMs }: RunLockOptions,
): Promise<void> {
  const file = path.join(folder, 'lock')
  const removal = createRemoval(staleAfterMs)
  let waitMs = 0
  let hasTold = false
  for (;;) {
    await makeFolder(folder)
    if (await createExclusively(file, record)) return
    const holder = await readRecord(file)
    if (holder === undefined || (await removal.removeIfDead(file, holder))) continue
    await refuseNested(holder, outerToken)
    if (!hasTold && holder.process !== undefined) {
      hasTold = true
      onWait?.({ pid: holder.process.pid })
    }
    waitMs = Math.min(waitMs + 20, 250)
    await delay(waitMs, undefined, signal === undefined ? {} : { signal })
  }
}

/** A link of that name would lead everything we write to a place of someone else's choice. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
    // Gone again: somebody has just left.
    const found = await orAbsent(lstat(folder))
    if (found !== undefined && !found.isDirectory()) {
      throw new JsrGuardError('ERR_JSR_GUARD_JOURNAL', `${folder} is not a folder`, {
        hint: 'look what it is, then remove it',
      })
    }
  }
}

async function refuseNested(holder: FoundRecord, outerToken: string | undefined): Promise<void> {
  const pid = holder.process?.pid
  if (holder.token !== outerToken && (pid === undefined || !(await isAncestor(pid)))) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    'a script that jsr-guard runs starts jsr-guard again, in the same project',
    { hint: 'take jsr-guard out of the lifecycle scripts of the project' },
  )
}

/** Written under the lock, and taken away under it, so that two runs never disagree about it. */
async function hideFromGit(folder: string): Promise<void> {
  try {
    await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

function createLock(root: string, folder: string, first: LockRecord): RunLock {
  const file = path.join(folder, 'lock')
  const clients = [...first.clients]
  let written: Promise<void> = Promise.resolve()
  const signs = setInterval(() => void giveSignOfLife(file), signOfLifeMs)
  signs.unref()
  return {
    root,
    folder,
    token: first.token,
    recordClient: async (pid) => {
      clients.push(await identifyProcess(pid))
      written = written
        .catch(() => undefined)
        .then(async () => await replaceRecord(file, { ...first, clients }))
      await written
    },
    release: async () => {
      clearInterval(signs)
      await written.catch(() => undefined)
      await leave(folder, first.token)
    },
  }
}

async function giveSignOfLife(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
}

/**
 * The lock goes last: as soon as it has gone, what is in the folder is the next run's. The folder
 * stays where there is more in it, such as a journal that is still needed.
 */
async function leave(folder: string, token: string): Promise<void> {
  const file = path.join(folder, 'lock')
  if ((await readRecord(file))?.token !== token) return
  await removeLitter(folder)
  const names = await readdir(folder)
  const isEmpty = names.every((name) => name === 'lock' || name === '.gitignore')
  if (isEmpty) await rm(path.join(folder, '.gitignore'), { force: true })
  await rm(file)
  try {
    await rmdir(folder)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error
  }
}

/** What was on its way when a run was killed. One that lives and waits makes its record again. */
async function removeLitter(folder: string): Promise<void> {
  const removal = createRemoval(6 * signOfLifeMs)
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name)
    if (isTemporaryRecord(name)) await rm(file, { force: true })
    if (!name.startsWith('claim-')) continue
    const found = await readRecord(file)
    if (found !== undefined) await removal.removeIfDead(file, found)
  }
}
