import { createArgumentsLayer, type NpmLayer } from '../config/npm-layers.ts'
import { findNpmRoot } from './npm-root.ts'

/** npm's command line, as its configuration takes it. */
export interface NpmCommandLine {
  readonly commandLine: NpmLayer
  /** The nearest package, where the command line keeps npm from looking for its workspaces' root. */
  readonly localPrefix: string | undefined
}

/**
 * Reads npm's command line, without the program, for an npm that is started in `cwd`. npm's own
 * parser is loaded only where there is something to parse.
 */
export async function readCommandLine(
  cwd: string,
  argv: readonly string[] = [],
): Promise<NpmCommandLine> {
  if (!argv.some((argument) => argument.startsWith('-'))) {
    return { commandLine: createArgumentsLayer({}), localPrefix: undefined }
  }
  const { parseNpmArguments } = await import('../config/npm-arguments.ts')
  const { settings } = parseNpmArguments(argv)
  const isSingle = settings['workspaces'] === false
  return {
    commandLine: createArgumentsLayer(settings),
    localPrefix: isSingle ? await findNpmRoot(cwd, { workspaces: false }) : undefined,
  }
}
