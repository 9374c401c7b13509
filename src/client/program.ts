import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { findNode, isExecutable, isReadable, readPackageName, searchPath } from './search-path.ts'

/** A package manager as it is found on this machine, and how to start it without a shell. */
export interface ClientProgram {
  readonly command: string
  /** Arguments that come before the client's own. */
  readonly prefixArguments: readonly string[]
  readonly version: string
  /** Folder of the client's package, where it could be told: its built-in configuration lies there. */
  readonly folder: string | undefined
  /** The `node` that runs it, where it could be told: npm derives its global prefix from it. */
  readonly nodePath: string | undefined
}

/** What finding a program depends on. */
export interface FindProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** The `node` that runs jsr-guard. */
  readonly nodePath: string
  /**
   * Whether a shim of a version manager may be started to ask for its version: that may reach the
   * network, or install something. Without it a shim counts as no npm.
   */
  readonly canRunShims: boolean
}

/**
 * Finds the npm that the user runs: the one that started us through `npx` or `npm run`
 * (`npm_execpath`), else the first on the `PATH`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where there is none.
 */
export async function findNpm(options: FindProgramOptions): Promise<ClientProgram> {
  const program = (await findStartingNpm(options)) ?? (await findNpmOnPath(options))
  if (program !== undefined) return program
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', 'npm was not found', {
    hint: 'install Node.js with npm, or put npm on the PATH',
  })
}

async function findStartingNpm({
  env,
  nodePath,
}: FindProgramOptions): Promise<ClientProgram | undefined> {
  const script = env['npm_execpath']
  if (script === undefined || path.basename(script) !== 'npm-cli.js') return undefined
  return await describeNpmScript(script, env['npm_node_execpath'] ?? nodePath)
}

async function findNpmOnPath(options: FindProgramOptions): Promise<ClientProgram | undefined> {
  for (const folder of searchPath(options)) {
    const program =
      options.platform === 'win32'
        ? await findWindowsNpm(folder, options)
        : await findUnixNpm(folder, options)
    if (program !== undefined) return program
  }
  return undefined
}

/** On Windows `npm` is a batch file, which only a shell could start; the script lies beside it. */
async function findWindowsNpm(
  folder: string,
  { nodePath }: FindProgramOptions,
): Promise<ClientProgram | undefined> {
  const beside = path.join(folder, 'node.exe')
  const node = (await isReadable(beside)) ? beside : nodePath
  return await describeNpmScript(
    path.join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    node,
  )
}

/**
 * On other systems `npm` is a link to the script, or a shim of a version manager that starts it.
 * The script is run with the `node` that its first line would find on the `PATH`.
 */
async function findUnixNpm(
  folder: string,
  options: FindProgramOptions,
): Promise<ClientProgram | undefined> {
  const file = path.join(folder, 'npm')
  if (!(await isExecutable(file))) return undefined
  const target = await realpath(file)
  if (path.basename(target) === 'npm-cli.js') {
    return await describeNpmScript(target, (await findNode(options)) ?? options.nodePath)
  }
  if (options.canRunShims) return await describeShim(file, { ...options, cwd: path.dirname(file) })
  // The next npm on the PATH is not the one that would be run.
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', 'npm is started by a shim of a version manager')
}

async function describeNpmScript(
  script: string,
  nodePath: string,
): Promise<ClientProgram | undefined> {
  if (!(await isReadable(script))) return undefined
  const folder = path.dirname(path.dirname(await realpath(script)))
  const found = await readPackageName(folder)
  // A script without a manifest, or with another's, is no npm.
  if (found?.name !== 'npm') return undefined
  return {
    command: nodePath,
    prefixArguments: [script],
    version: found.version,
    folder,
    nodePath,
  }
}

/** A shim says its version only when it is asked, and that may depend on the folder. */
export async function describeShim(
  file: string,
  { env, cwd }: Pick<FindProgramOptions, 'env'> & { readonly cwd: string },
): Promise<ClientProgram | undefined> {
  const { runClient } = await import('./run.ts')
  const { exitCode, stdout } = await runClient({
    program: { command: file, prefixArguments: [] },
    arguments: ['--version'],
    cwd,
    env,
    output: 'captured',
  })
  const version = stdout.trim()
  if (exitCode !== 0 || !/^\d+\.\d+\.\d+/.test(version)) return undefined
  return { command: file, prefixArguments: [], version, folder: undefined, nodePath: undefined }
}
