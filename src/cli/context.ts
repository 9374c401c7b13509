/** What the process gives to the command line, so that tests can give something else. */
export interface CliContext {
  /** Arguments without the program's own. */
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the current folder. */
  readonly cwd: string
  /** Absolute path of the user's home. */
  readonly home: string
  /** For the report. */
  readonly stdout: Output
  /** For everything else: diagnostics and progress. */
  readonly stderr: Output
}

/** A place for text. */
export interface Output {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
}

/**
 * Whether to colour: `--no-color` goes before `FORCE_COLOR`, that before `NO_COLOR`, and that before
 * what the output is.
 *
 * @see https://no-color.org
 */
export function canColor(
  output: Output,
  { env, isOff }: { readonly env: CliContext['env']; readonly isOff: boolean },
): boolean {
  if (isOff) return false
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  return output.isTerminal && env['TERM'] !== 'dumb'
}
