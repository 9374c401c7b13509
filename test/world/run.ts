import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { findClientProgram } from '../clients/clients.ts'
import type { Client } from '../clients/clients.ts'

/** How a program is run. */
export interface RunOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Sends SIGTERM to the process when aborted. */
  readonly signal?: AbortSignal
  /** After this the process and all it started are killed; the result has signal SIGKILL. Default 60 s. */
  readonly timeoutMs?: number
  /** Another Node for jsr-guard than the one that runs the test. */
  readonly node?: string
  /** What it reads from standard input; default nothing. */
  readonly input?: string
}

/** How a program ended, and what it printed. */
export interface RunResult {
  readonly exitCode: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs: send it signals, await its result. */
export interface Running {
  readonly process: ChildProcess
  readonly result: Promise<RunResult>
}

/** Runs a package manager to its end. */
export function runClient(
  client: Client,
  args: readonly string[],
  options: RunOptions,
): Promise<RunResult> {
  const { command, args: first } = findClientProgram(client)
  return start(command, [...first, ...args], options).result
}

/** Runs the built jsr-guard to its end. */
export function runGuard(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return startGuard(args, options).result
}

/** Starts the built jsr-guard. */
export function startGuard(args: readonly string[], options: RunOptions): Running {
  const program = fileURLToPath(new URL('../../dist/bin.js', import.meta.url))
  return start(options.node ?? process.execPath, [program, ...args], options)
}

function start(command: string, args: readonly string[], options: RunOptions): Running {
  const { cwd, env, signal, timeoutMs = 60_000, input = '' } = options
  // A group of its own, so that a program that hangs can be ended with all that it started.
  const child = spawn(command, args, {
    cwd,
    env: { ...env },
    detached: !isWindows,
    windowsHide: true,
  })
  const timer = setTimeout(() => killGroup(child), timeoutMs)
  const stop = () => child.kill('SIGTERM')
  signal?.addEventListener('abort', stop, { once: true })
  child.stdin.on('error', () => undefined).end(input)
  const result = collect(child).finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  })
  return { process: child, result }
}

const isWindows = process.platform === 'win32'

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || isWindows) child.kill('SIGKILL')
  else process.kill(-child.pid, 'SIGKILL')
}

function collect(child: ChildProcess): Promise<RunResult> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (data: Buffer) => stdout.push(data))
  child.stderr?.on('data', (data: Buffer) => stderr.push(data))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      const texts = {
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined, ...texts })
    })
  })
}
