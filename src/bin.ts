#!/usr/bin/env node
import { homedir } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { readOwnVersion } from './project/own-version.ts'

// A reader that has gone away (`| head`) is no failure of ours; a full disk is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 2
  })
}

// The exit code is set, and the process left to end by itself: output to a pipe is then complete.
process.exitCode ??= await run(process.argv.slice(2))

async function run(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && argv[0] === '--version') {
    // Asked for often, by programs: nothing else is loaded for it.
    process.stdout.write(`${readOwnVersion()}\n`)
    return 0
  }
  if (argv.includes('check')) tuneForShortRun()
  const { runCli } = await import('./cli/main.ts')
  return await runCli({
    argv,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    stdout: createOutput(process.stdout),
    stderr: createOutput(process.stderr),
  })
}

/**
 * A check builds one large tree, walks over it and ends. Marking that tree step by step, to keep
 * pauses short, only makes it slower, and code pays best that is compiled quickly. See
 * test/bench/check-npm.mjs.
 */
function tuneForShortRun(): void {
  setFlagsFromString('--sparkplug')
  setFlagsFromString('--no-incremental-marking')
}

function createOutput(stream: NodeJS.WriteStream): {
  write: (text: string) => void
  isTerminal: boolean
} {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY }
}
