#!/usr/bin/env node
import { homedir } from 'node:os'
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

function createOutput(stream: NodeJS.WriteStream): {
  write: (text: string) => void
  isTerminal: boolean
} {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY }
}
