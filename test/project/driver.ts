import { spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const driver = fileURLToPath(new URL('driver.mjs', import.meta.url))
const killAtPreload = fileURLToPath(new URL('kill-at.cjs', import.meta.url))

/** What a driver does; see driver.mjs. */
export type DriverTask = 'translate' | 'edit' | 'loop' | 'pass' | 'hold' | 'client' | 'contend'

/** A driver that runs. */
export interface Driver {
  readonly process: ChildProcess
  /** The first line that it prints; empty if it ends without one. */
  readonly firstLine: () => Promise<string>
  /** The signal that ended it, if one did, or what it wrote to stderr. */
  readonly end: Promise<{ readonly signal: NodeJS.Signals | null; readonly stderr: string }>
}

/** Where and how a driver runs. */
export interface DriverOptions {
  readonly args?: readonly string[]
  /** The call to the file system before which it is killed; see kill-at.cjs. */
  readonly killAt?: number
}

/** Starts a driver in a project; it is killed when the test has finished. */
export function startDriver(
  root: string,
  task: DriverTask,
  { args = [], killAt }: DriverOptions = {},
): Driver {
  const preload = killAt === undefined ? [] : ['--require', killAtPreload]
  const child = spawn(process.execPath, [...preload, driver, root, task, ...args], {
    env: { PATH: process.env['PATH'], KILL_AT: String(killAt) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const end = new Promise<Awaited<Driver['end']>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_code, signal) => resolve({ signal, stderr }))
  })
  const firstLine = async (): Promise<string> => {
    while (!stdout.includes('\n')) {
      await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), end])
      if (child.exitCode !== null) break
    }
    return stdout.split('\n')[0] ?? ''
  }
  return { process: child, firstLine, end }
}
