import { runCli } from '../../src/cli/main.ts'

/** What a command line printed, and its exit code. */
export interface InProcessResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a command line in this process, which takes a hundredth of the time of one of its own. The
 * environment is the one that is given; only what a process reads at its start, such as
 * `NODE_EXTRA_CA_CERTS`, has no effect.
 */
export async function runInProcess(
  argv: readonly string[],
  options: {
    readonly cwd: string
    readonly env: Readonly<Record<string, string>>
    /** Whether standard error is a terminal. */
    readonly isTerminal?: boolean
  },
): Promise<InProcessResult> {
  const { cwd, env, isTerminal = false } = options
  const texts = { stdout: '', stderr: '' }
  const exitCode = await runCli({
    argv,
    env,
    cwd,
    home: env['HOME'] ?? cwd,
    stdout: { write: (text) => (texts.stdout += text), isTerminal: false },
    stderr: { write: (text) => (texts.stderr += text), isTerminal },
  })
  return { exitCode, ...texts }
}
