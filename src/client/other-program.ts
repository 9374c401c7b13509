import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import type { ClientProgram } from './program.ts'
import { runClient } from './run.ts'
import { isExecutable, searchPath, type SearchOptions } from './search-path.ts'

/** What finding such a program depends on. */
export interface FindOtherOptions extends SearchOptions {
  /** As it is typed. */
  readonly name: string
  /** For messages. */
  readonly title: string
  /** The project: version managers choose the version that it asks for. */
  readonly cwd: string
}

/**
 * Finds the first program of that name on the `PATH`, and asks it for its version. A folder that a
 * project controls is passed over, and so is what fails when it is asked.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where there is none.
 */
export async function findOtherProgram(options: FindOtherOptions): Promise<ClientProgram> {
  const { name, title, platform } = options
  for (const folder of searchPath(options)) {
    const file = path.join(folder, platform === 'win32' ? `${name}.exe` : name)
    const version = (await isExecutable(file)) ? await askVersion(file, options) : undefined
    if (version === undefined) continue
    return { command: file, prefixArguments: [], version, folder: undefined, nodePath: undefined }
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', `${title} was not found`, {
    hint: `install ${title}, or put ${name} on the PATH`,
  })
}

/** `1.4.5`, or `deno 2.9.6 (stable, …)`. */
async function askVersion(
  file: string,
  { name, env, cwd }: FindOtherOptions,
): Promise<string | undefined> {
  const { exitCode, stdout } = await runClient({
    program: { command: file, prefixArguments: [] },
    arguments: ['--version'],
    cwd,
    env,
    output: 'captured',
  })
  const text = stdout.startsWith(`${name} `) ? stdout.slice(name.length + 1) : stdout
  return exitCode === 0 ? /^\d+\.\d+\.\d+(?:-[\w.-]+)?/.exec(text)?.[0] : undefined
}
