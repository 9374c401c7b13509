import { spawn, type ChildProcess } from 'node:child_process'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { JsrGuardError } from '../errors.ts'
import type { ClientProgram } from './program.ts'

/** How a client's run ended. */
export interface ClientExit {
  /** The client's own exit code; 128 and the signal's number where a signal ended it. */
  readonly exitCode: number
  readonly signal: NodeJS.Signals | undefined
  /** Empty unless the output was captured. */
  readonly stdout: string
  readonly stderr: string
}

/** What to run. */
export interface RunClientOptions {
  readonly program: Pick<ClientProgram, 'command' | 'prefixArguments'>
  readonly arguments: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /**
   * `shared`: the client writes to our own streams. `stderr`: all it writes goes to our stderr,
   * because our stdout carries a report. `captured`: it is kept, and the client gets no input.
   */
  readonly output: 'shared' | 'stderr' | 'captured'
  /** Aborting it ends the client: politely first, for good after {@link graceMs}. */
  readonly stop?: AbortSignal
  /** Called once the process runs. */
  readonly onStart?: (pid: number) => void | Promise<void>
}

/** How long a client that was told to end may go on, in milliseconds. */
const graceMs = 3000

/**
 * The client leads a process group of its own, so that ending it ends the scripts that it started
 * as well. A terminal's Ctrl-C then reaches only us, and is passed on through `stop`. Windows has
 * no such groups, and `detached` would open a console there.
 */
const isGroupLeader = process.platform !== 'win32'

/**
 * Runs a client's own program, without a shell, and waits for its end.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where it can't be started.
 */
export async function runClient(options: RunClientOptions): Promise<ClientExit> {
  const { program, cwd, env, output, stop } = options
  const child = spawn(program.command, [...program.prefixArguments, ...options.arguments], {
    cwd,
    env: { ...env },
    stdio: stdioOf(output),
    shell: false,
    windowsHide: true,
    detached: isGroupLeader,
  })
  const stdout = collect(child, 'stdout')
  const stderr = collect(child, 'stderr')
  const end = waitForEnd(child)
  // It may come while the start is still being noted: then nobody listens yet.
  end.catch(() => undefined)
  const release = stop === undefined ? undefined : endOnAbort(child, stop)
  try {
    if (child.pid !== undefined) await options.onStart?.(child.pid)
    const exit = await end
    if (stop?.aborted === true) await waitForGroup(child)
    return { ...exit, stdout: stdout(), stderr: stderr() }
  } catch (error) {
    sendSignal(child, 'SIGKILL')
    throw error
  } finally {
    release?.()
  }
}

function stdioOf(output: RunClientOptions['output']): Array<'inherit' | 'ignore' | 'pipe' | 2> {
  if (output === 'shared') return ['inherit', 'inherit', 'inherit']
  return output === 'stderr' ? ['inherit', 2, 2] : ['ignore', 'pipe', 'pipe']
}

/** Captured text is bounded, so that a client that never stops talking can't fill our memory. */
const maxCapturedBytes = 4 * 1024 * 1024

function collect(child: ChildProcess, stream: 'stdout' | 'stderr'): () => string {
  const chunks: Buffer[] = []
  let bytes = 0
  child[stream]?.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxCapturedBytes) chunks.push(chunk)
  })
  return () => Buffer.concat(chunks).toString('utf8')
}

async function waitForEnd(child: ChildProcess): Promise<Pick<ClientExit, 'exitCode' | 'signal'>> {
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => {
      reject(
        new JsrGuardError('ERR_JSR_GUARD_CLIENT', `could not start ${child.spawnfile}`, { cause }),
      )
    })
    child.once('close', (code, signal) => {
      resolve({ exitCode: code ?? 128 + signalNumber(signal), signal: signal ?? undefined })
    })
  })
}

/** A pause signal and its number, as shells add it to 128. */
function signalNumber(signal: NodeJS.Signals | null): number {
  const numbers: Partial<Record<NodeJS.Signals, number>> = {
    SIGHUP: 1,
    SIGINT: 2,
    SIGQUIT: 3,
    SIGABRT: 6,
    SIGKILL: 9,
    SIGTERM: 15,
  }
  return (signal === null ? undefined : numbers[signal]) ?? 1
}

function endOnAbort(child: ChildProcess, stop: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    const signal: unknown = stop.reason
    sendSignal(child, signal === 'SIGINT' || signal === 'SIGHUP' ? signal : 'SIGTERM')
    timer = setTimeout(() => sendSignal(child, 'SIGKILL'), graceMs)
  }
  if (stop.aborted) end()
  else stop.addEventListener('abort', end, { once: true })
  return () => {
    clearTimeout(timer)
    stop.removeEventListener('abort', end)
  }
}

/** Scripts may outlive the client that started them; they have no more time than it has. */
async function waitForGroup(child: ChildProcess): Promise<void> {
  if (!isGroupLeader) return
  const deadline = performance.now() + graceMs + 500
  while (performance.now() < deadline && sendSignal(child, 0)) await delay(25)
}

/** Returns whether there was anybody to get it. */
function sendSignal(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false
  try {
    return process.kill(isGroupLeader ? -child.pid : child.pid, signal)
  } catch (error) {
    // The last of them may have ended by itself just now; some systems say EPERM until it is buried.
    if (hasCode(error, 'ESRCH', 'EPERM')) return false
    throw error
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
