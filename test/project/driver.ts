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
  /** Its next line; `undefined` once it has ended. */
  readonly line: () => Promise<string | undefined>
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
  const lines = readLines(child)
  let stderr = ''
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const end = new Promise<Awaited<Driver['end']>>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (_code, signal) => resolve({ signal, stderr }))
  })
  return { process: child, line: async () => (await lines.next()).value, end }
}

async function* readLines(child: ChildProcess): AsyncGenerator<string, undefined> {
  let text = ''
  for await (const data of child.stdout ?? []) {
    const lines = `${text}${String(data)}`.split('\n')
    text = lines.pop() ?? ''
    yield* lines
  }
  return undefined
}
