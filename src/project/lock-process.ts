import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { hasCode } from './error-code.ts'

/**
 * A process, told apart from every other that has or will have its number: the kernel gives numbers
 * again, but not at the same time of the same boot.
 */
export interface ProcessIdentity {
  readonly pid: number
  /** In the kernel's ticks since boot; `undefined` where the system doesn't tell. */
  readonly startTime: string | undefined
  /** The machine, its boot and its namespace of process numbers. */
  readonly machine: string
}

/** Identifies a process of this machine. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  const [status, machine] = await Promise.all([readStatus(pid), identifyMachine()])
  return { pid, startTime: status?.startTime, machine }
}

/**
 * Whether a process still runs; `unknown` where that can't be proven either way: it is one of
 * another machine or container, or its number is in use and nothing says by whom.
 */
export async function findState(
  identity: ProcessIdentity,
): Promise<'running' | 'gone' | 'unknown'> {
  if (identity.machine !== (await identifyMachine())) return 'unknown'
  const status = await readStatus(identity.pid)
  // A system may hide the processes of other users, so a missing entry alone proves nothing.
  if (status === undefined) return isNumberInUse(identity.pid) ? 'unknown' : 'gone'
  if (identity.startTime === undefined) return 'unknown'
  return status.startTime === identity.startTime && !status.hasEnded ? 'running' : 'gone'
}

/** Whether this process was started by that one, directly or through others; Linux only. */
export async function isAncestor(pid: number): Promise<boolean> {
  let parent = process.ppid
  for (let generation = 0; parent > 0 && generation < 100; generation += 1) {
    if (parent === pid) return true
    parent = (await readStatus(parent))?.parent ?? 0
  }
  return false
}

/**
 * Ends a process and what it has started, if it can be proven to be that very one and to run still:
 * politely at first. Where it leads a process group, its scripts are in that group.
 *
 * Resolves to whether it is gone.
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if ((await findState(identity)) !== 'running') return true
    if (!sendSignal(-identity.pid, signal)) sendSignal(identity.pid, signal)
    if (!(await waitForEnd(identity, graceMs))) continue
    // Scripts that outlive it. Their group keeps its number for as long as one of them is in it.
    sendSignal(-identity.pid, 'SIGKILL')
    return true
  }
  return false
}

async function waitForEnd(identity: ProcessIdentity, graceMs: number): Promise<boolean> {
  const end = performance.now() + graceMs
  while (performance.now() < end) {
    if ((await findState(identity)) !== 'running') return true
    await delay(20)
  }
  return false
}

interface ProcessStatus {
  readonly parent: number
  readonly startTime: string
  /**
   * A process that nobody has waited for is still listed, as a zombie. So is one whose first thread
   * has ended before the others: they may be in the middle of writing a file.
   */
  readonly hasEnded: boolean
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function readStatus(pid: number): Promise<ProcessStatus | undefined> {
  const text = await readSystemText(`/proc/${pid}/stat`)
  // The name of the program stands in parentheses and may hold anything, parentheses as well.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  const [state, parent] = fields ?? []
  const startTime = fields?.[19]
  if (state === undefined || parent === undefined || startTime === undefined) return undefined
  const isZombie = state === 'Z' || state === 'X'
  const hasEnded = isZombie && Number(fields?.[17]) <= 1
  return { parent: Number(parent), startTime, hasEnded }
}

/**
 * Containers that share a folder share the kernel too, but not the process numbers. The boot's id
 * is random, so no file that comes with a repository can name a process of this machine.
 */
async function identifyMachine(): Promise<string> {
  const boot = await readSystemText('/proc/sys/kernel/random/boot_id')
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  return [hostname(), boot?.trim() ?? '', namespace].join(' ')
}

/** Files of the system that not every system has, and that go with their process. */
async function readSystemText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined)
}

function isNumberInUse(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !hasCode(error, 'ESRCH')
  }
}

/** To a process, or to a group of them by its negative number. Returns whether there was one. */
function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal)
  } catch (error) {
    // Gone in between, or no group; or somebody else's, and then it is waited for.
    if (target < 0 || hasCode(error, 'ESRCH', 'EPERM')) return false
    throw error
  }
}
