import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { readPnpmVersion } from './pnpm-version.ts'
import { describeShim, type ClientProgram, type FindProgramOptions } from './program.ts'
import { findNode, isExecutable, isReadable, searchPath } from './search-path.ts'

/** What finding pnpm depends on. */
export interface FindPnpmOptions extends Omit<FindProgramOptions, 'canRunShims'> {
  /** The project: Corepack and version managers choose the version that it asks for. */
  readonly cwd: string
}

/**
 * Finds the pnpm that the user runs: the one that started us through `pnpm run` or `pnpm exec`
 * (`npm_execpath`), else the first on the `PATH`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where there is none.
 */
export async function findPnpm(options: FindPnpmOptions): Promise<ClientProgram> {
  const program = (await findStartingPnpm(options)) ?? (await findPnpmOnPath(options))
  if (program !== undefined) return program
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', 'pnpm was not found', {
    hint: 'put pnpm on the PATH: npm install --global pnpm, or corepack enable',
  })
}

async function findStartingPnpm({
  env,
  nodePath,
}: FindPnpmOptions): Promise<ClientProgram | undefined> {
  const script = env['npm_execpath']
  if (script === undefined || !isScript(script) || !(await isReadable(script))) return undefined
  return await describeFile(await realpath(script), env['npm_node_execpath'] ?? nodePath)
}

async function findPnpmOnPath(options: FindPnpmOptions): Promise<ClientProgram | undefined> {
  const isWindows = options.platform === 'win32'
  for (const folder of searchPath(options)) {
    const found = isWindows
      ? await findOnWindows(folder, options)
      : await findElsewhere(folder, options)
    if (found !== undefined) return found
  }
  return undefined
}

/** A link to the script, or to the program; everything else is a shim that starts one of them. */
async function findElsewhere(
  folder: string,
  options: FindPnpmOptions,
): Promise<ClientProgram | undefined> {
  const file = path.join(folder, 'pnpm')
  if (!(await isExecutable(file))) return undefined
  const node = (await findNode(options)) ?? options.nodePath
  const found = await describeFile(await realpath(file), node)
  return found ?? (await describeShim(file, options))
}

/** `pnpm.cmd` is a batch file, which only a shell could start; the script lies beside it. */
async function findOnWindows(
  folder: string,
  options: FindPnpmOptions,
): Promise<ClientProgram | undefined> {
  const beside = path.join(folder, 'node.exe')
  const node = (await isReadable(beside)) ? beside : options.nodePath
  for (const name of ['pnpm.mjs', 'pnpm.cjs']) {
    const script = path.join(folder, 'node_modules', 'pnpm', 'bin', name)
    const found = (await isReadable(script)) ? await describeFile(script, node) : undefined
    if (found !== undefined) return found
  }
  const program = path.join(folder, 'pnpm.exe')
  return (await isReadable(program)) ? await describeShim(program, options) : undefined
}

async function describeFile(file: string, nodePath: string): Promise<ClientProgram | undefined> {
  const version = await readPnpmVersion(file)
  if (version === undefined) return undefined
  const started = isScript(file)
    ? { command: nodePath, prefixArguments: [file], nodePath }
    : { command: file, prefixArguments: [], nodePath: undefined }
  return { ...started, version, folder: path.dirname(file) }
}

function isScript(file: string): boolean {
  return /^pnpm\.[cm]js$/.test(path.basename(file))
}
