#!/usr/bin/env node
import { homedir } from 'node:os'
import { runCli } from './cli/main.ts'

// A reader that has gone away (`| head`) is no failure of ours; a full disk is.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 2
  })
}

// The exit code is set, and the process left to end by itself: output to a pipe is then complete.
const exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  stdout: createOutput(process.stdout),
  stderr: createOutput(process.stderr),
})
process.exitCode ??= exitCode

function createOutput(stream: NodeJS.WriteStream): {
  write: (text: string) => void
  isTerminal: boolean
} {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY }
}
