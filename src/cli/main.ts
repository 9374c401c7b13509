import { JsrGuardError } from '../errors.ts'
import { escapeLines } from '../report/escape.ts'
import { redactText } from '../url/redact.ts'
import { parseCommandLine } from './command-line.ts'
import type { CliContext } from './context.ts'
import { errorExitCodes } from './exit-code.ts'
import { formatLine } from './format-line.ts'

/**
 * Runs a command line and gives the exit code. What is thrown on purpose is printed with its hint;
 * anything else is a bug and ends with 2 and its stack.
 */
export async function runCli(context: CliContext): Promise<number> {
  try {
    return await dispatch(context)
  } catch (error) {
    if (error instanceof JsrGuardError) {
      writeError(error, context)
      return errorExitCodes[error.code]
    }
    writeBug(error, context)
    return 2
  }
}

async function dispatch(context: CliContext): Promise<number> {
  const commandLine = parseCommandLine(context.argv)
  if (commandLine.type === 'version') {
    const { readOwnVersion } = await import('../project/own-version.ts')
    context.stdout.write(`${readOwnVersion()}\n`)
    return 0
  }
  if (commandLine.type === 'help') {
    const { renderCommandHelp, renderHelp } = await import('./help.ts')
    const { command } = commandLine
    context.stdout.write(command === undefined ? renderHelp() : renderCommandHelp(command))
    return 0
  }
  const { command, name, options } = commandLine
  const { run } = await command.load()
  return run({ name, options, arguments: commandLine.arguments, context })
}

function writeError(error: JsrGuardError, { stderr }: CliContext): void {
  const { code, message, hint, file, line } = error
  const place = file === undefined ? '' : ` ${line === undefined ? file : `${file}:${line}`}`
  const lines = [`jsr-guard: ${code}${place}`, `  ${message}`]
  if (hint !== undefined) lines.push(`  hint: ${hint}`)
  const safe = lines.map(formatLine)
  stderr.write(`${safe.join('\n')}\n`)
}

function writeBug(error: unknown, { stderr }: CliContext): void {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = escapeLines(redactText(stack)).map((line) => `  ${line}`)
  stderr.write(
    `jsr-guard: this is a bug in jsr-guard; nothing was judged. Please report it with these lines:\n${lines.join('\n')}\n`,
  )
}
