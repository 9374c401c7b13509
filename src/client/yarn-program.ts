import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { describeShim, type ClientProgram, type FindProgramOptions } from './program.ts'
import { findNode, isExecutable, isReadable, readPackageName, searchPath } from './search-path.ts'

/** What finding Yarn depends on. */
export interface FindYarnOptions extends Omit<FindProgramOptions, 'canRunShims'> {
  /** Absolute path of the program that the project names, which any Yarn hands over to. */
  readonly yarnPath: string | undefined
  /** The project: Corepack chooses the version that it asks for. */
  readonly cwd: string
}

/**
 * Finds the Yarn that the user runs: the one that the project names and brings along, whose version
 * its name has to tell, else the first on the `PATH`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT` where there is none, or its version can't be told.
 */
export async function findYarn(options: FindYarnOptions): Promise<ClientProgram> {
  const { yarnPath } = options
  if (yarnPath !== undefined) return await describeOwn(yarnPath, options)
  for (const folder of options.platform === 'win32' ? [] : searchPath(options)) {
    const file = path.join(folder, 'yarn')
    if (!(await isExecutable(file))) continue
    const node = (await findNode(options)) ?? options.nodePath
    const found =
      (await describeScript(await realpath(file), node)) ?? (await describeShim(file, options))
    if (found !== undefined) return found
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', 'Yarn was not found', {
    hint: 'put yarn on the PATH: corepack enable, or npm install --global yarn',
  })
}

/** It is code of the project: not even its version is asked before the project is judged. */
async function describeOwn(file: string, options: FindYarnOptions): Promise<ClientProgram> {
  const [, version] = /^yarn-(\d+\.\d+\.\d+(?:-[\w.]+)?)\.c?js$/.exec(path.basename(file)) ?? []
  if (version === undefined || !(await isReadable(file))) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_CLIENT',
      `the program that the project names for Yarn can't be told: ${file}`,
      { hint: 'let it be .yarn/releases/yarn-<version>.cjs, as "yarn set version" writes it' },
    )
  }
  const node = (await findNode(options)) ?? options.nodePath
  return createProgram({ node, file, version })
}

/** `yarn/bin/yarn.js`, of either kind. */
async function describeScript(file: string, node: string): Promise<ClientProgram | undefined> {
  if (!/^yarn\.c?js$/.test(path.basename(file))) return undefined
  const found = await readPackageName(path.dirname(path.dirname(file)))
  const isYarn = found !== undefined && /^(?:yarn|@yarnpkg\/cli(?:-dist)?)$/.test(found.name)
  return isYarn ? createProgram({ node, file, version: found.version }) : undefined
}

interface Found {
  readonly node: string
  readonly file: string
  readonly version: string
}

function createProgram({ node, file, version }: Found): ClientProgram {
  return {
    command: node,
    prefixArguments: [file],
    version,
    folder: path.dirname(path.dirname(file)),
    nodePath: node,
  }
}
