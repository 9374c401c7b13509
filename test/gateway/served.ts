import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startGuard, type RunResult } from '../world/run.ts'

/** A `jsr-guard gateway` in a process of its own. */
export interface ServedGateway {
  readonly url: string
  readonly process: ChildProcess
  readonly result: Promise<RunResult>
  /** SIGTERM, and what came of it. */
  stop(): Promise<RunResult>
}

/** How it is started. */
export interface ServeWishes {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly options?: readonly string[]
  /** After this it is killed. */
  readonly timeoutMs?: number
}

/** Starts the built command, and waits for the address that it prints. */
export async function serveGuard(
  args: readonly string[],
  { cwd, env, options = [], timeoutMs = 150_000 }: ServeWishes,
): Promise<ServedGateway> {
  const given = [...options, 'gateway', '--listen', '127.0.0.1:0', ...args]
  const running = startGuard(given, { cwd, env, timeoutMs })
  const { stdout } = running.process
  if (stdout === null) throw new Error('the gateway has no standard output')
  const lines = createInterface(stdout)
  const ended = running.result.then((result) => {
    throw new Error(`the gateway ended with ${result.exitCode}: ${result.stderr}`)
  })
  const line = String((await Promise.race([once(lines, 'line'), ended]))[0])
  const url = line.slice(line.lastIndexOf(' ') + 1)
  return {
    url,
    process: running.process,
    result: running.result,
    async stop() {
      running.process.kill('SIGTERM')
      return await running.result
    },
  }
}
