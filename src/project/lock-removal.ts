import { rm } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { endProcess, findState, type ProcessIdentity } from './lock-process.ts'
import { createExclusively, createRecord, readRecord, type FoundRecord } from './lock-record.ts'

/** Takes records of dead runs away; remembers since when it has seen no sign of life of others. */
export interface Removal {
  /** Returns whether it is worth trying again at once: the record is gone, or somebody is at it. */
  readonly removeIfDead: (file: string, found: FoundRecord) => Promise<boolean>
}

/** A record that was being written when we looked is whole long before that. */
const unreadableAfterMs = 2_000

/** A client gets this long to end after SIGTERM, and as long again after SIGKILL. */
const clientGraceMs = 5_000

/**
 * Removal of records that dead runs have left, safe among any number of processes that try the same,
 * any of which may be killed at any point.
 *
 * Looking and removing are two steps, and what is removed in the second must be what was seen in the
 * first: by then another process may have removed it, and a third one made a new lock in its place.
 * Hence two rules. A record is removed only by its own process or by the one that has claimed it,
 * by making the file `claim-<token>`, which only one can; and whoever has the claim looks again
 * before it removes anything. While it has the claim, a record with that token can't go, and once it
 * has gone it can't come back, because no token is ever used twice.
 *
 * A process may be killed while it has a claim. The claim is a record of its own, with a token of
 * its own, and is removed by these same rules.
 */
export function createRemoval(staleAfterMs: number): Removal {
  const isDead = createDeathWatch(staleAfterMs)
  const removeIfDead = async (file: string, found: FoundRecord): Promise<boolean> => {
    if (!(await isDead(found))) return false
    const claim = path.join(path.dirname(file), `claim-${found.token}`)
    if (await createExclusively(claim, await createRecord())) {
      await removeClaimed(file, found.token, claim)
      return true
    }
    const other = await readRecord(claim)
    return other === undefined || (await removeIfDead(claim, other))
  }
  return { removeIfDead }
}

async function removeClaimed(file: string, token: string, claim: string): Promise<void> {
  try {
    const found = await readRecord(file)
    if (found?.token !== token) return
    for (const client of found.clients) await endClient(client)
    await rm(file, { force: true })
  } finally {
    await rm(claim, { force: true })
  }
}

async function endClient(client: ProcessIdentity): Promise<void> {
  if (await endProcess(client, clientGraceMs)) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_JOURNAL',
    `the client of a run that was killed, process ${client.pid}, is still running and can't be ended`,
    { hint: `end process ${client.pid}, then run jsr-guard again` },
  )
}

/**
 * Tells who is dead. Where that can't be seen, signs of life decide, by our own clock: the file's
 * time is only ever compared with itself, so that clocks of two machines need not agree.
 */
function createDeathWatch(staleAfterMs: number): (found: FoundRecord) => Promise<boolean> {
  const lastSigns = new Map<string, { readonly modifiedMs: number; readonly seenAt: number }>()
  return async ({ token, process, modifiedMs }) => {
    const state = process === undefined ? 'unknown' : await findState(process)
    if (state !== 'unknown') return state === 'gone'
    const last = lastSigns.get(token)
    if (last?.modifiedMs !== modifiedMs) {
      lastSigns.set(token, { modifiedMs, seenAt: performance.now() })
      return false
    }
    const limitMs = process === undefined ? Math.min(unreadableAfterMs, staleAfterMs) : staleAfterMs
    return performance.now() - last.seenAt >= limitMs
  }
}
