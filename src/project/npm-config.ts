import { readFileSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createNpmConfig, type NpmConfig } from '../config/npm-config.ts'
import {
  createArgumentsLayer,
  createDefaultLayer,
  createEnvironmentLayer,
  createFileLayer,
  type NpmLayer,
  type NpmLayerName,
} from '../config/npm-layers.ts'
import { JsrGuardError } from '../errors.ts'
import { hasCode } from './error-code.ts'
import { findNpmRoot } from './npm-root.ts'
import { describeFile, homeOf } from './config-place.ts'
import { defaultPrefix, pathsOf } from './npm-prefix.ts'

/** What npm's configuration depends on. */
export interface LoadNpmConfigOptions {
  /** Absolute path of the project, as {@link findNpmRoot} finds it. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home; `HOME` in `env` goes before it, as in npm. */
  readonly home: string
  /** Of npm, such as `11.21.2`; `undefined` is read with care. */
  readonly version?: string | undefined
  /** npm's own folder, whose `npmrc` is its built-in configuration; not read where not known. */
  readonly npmFolder?: string | undefined
  /** The `node` that runs npm; default the one that runs us. */
  readonly nodePath?: string | undefined
  /** npm's command line, without the program. */
  readonly argv?: readonly string[] | undefined
  /** Where npm is started, if not in the root: relative paths in settings start there. */
  readonly cwd?: string | undefined
  readonly platform?: NodeJS.Platform | undefined
}

/**
 * Reads npm's configuration from where that npm would read it.
 *
 * Files in the project are named by their path in it, files in the home as `~/…`, others by their
 * absolute path.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that is there and can't be read, which
 *   npm would pass over in silence, and for what makes npm itself fail.
 */
export async function loadNpmConfig(options: LoadNpmConfigOptions): Promise<NpmConfig> {
  const loader = createLoader(options)
  const prefix = defaultPrefix(options)
  const layers: NpmLayer[] = [createDefaultLayer({ prefix })]
  const readInto = async (name: NpmLayerName, file: unknown) => {
    layers.push(await loader.read(name, file))
  }
  const setting = (key: string): unknown => loader.join(layers).get(key)?.value

  if (options.npmFolder !== undefined) {
    await readInto('builtin', path.resolve(options.npmFolder, 'npmrc'))
  }
  layers.push(await readArguments(options.argv), createEnvironmentLayer(options.env))
  const projectFile = await findProjectFile(options, loader.join(layers))
  if (projectFile !== undefined) await readInto('project', projectFile)
  await readInto('user', setting('userconfig'))
  const globalconfig = globalFile(setting('prefix'), options)
  layers[0] = createDefaultLayer({ prefix, globalconfig })
  await readInto('global', setting('globalconfig'))
  return loader.join(layers)
}

/** Reads files for one configuration, and joins what was read so far. */
interface Loader {
  readonly read: (name: NpmLayerName, file: unknown) => Promise<NpmLayer>
  readonly join: (layers: readonly NpmLayer[]) => NpmConfig
}

function createLoader(options: LoadNpmConfigOptions): Loader {
  const { env, version, platform = process.platform } = options
  const seen = new Set<string>()
  const resolvePath = createPathResolver(options)
  return {
    read: async (name, file) => {
      const layer = await readLayer(name, file, options)
      if (typeof file === 'string' && seen.has(file)) throw refuseTwice(describeFile(file, options))
      if (typeof file === 'string') seen.add(file)
      return layer
    },
    join: (layers) => createNpmConfig({ layers, env, version, platform, resolvePath }),
  }
}

function createPathResolver(options: LoadNpmConfigOptions): (text: string) => string {
  const { root, cwd = root, platform = process.platform } = options
  const home = homeOf(options)
  const homePrefix = platform === 'win32' ? /^~(?:\/|\\)/ : /^~\//
  const paths = pathsOf(platform)
  return (text) =>
    homePrefix.test(text) ? paths.resolve(home, text.slice(2)) : paths.resolve(cwd, text)
}

function globalFile(
  prefix: unknown,
  { platform = process.platform }: LoadNpmConfigOptions,
): string | undefined {
  return typeof prefix === 'string' ? pathsOf(platform).resolve(prefix, 'etc/npmrc') : undefined
}

async function readArguments(argv: readonly string[] = []): Promise<NpmLayer> {
  if (!argv.some((argument) => argument.startsWith('-'))) return createArgumentsLayer({})
  const { parseNpmArguments } = await import('../config/npm-arguments.ts')
  return createArgumentsLayer(parseNpmArguments(argv).settings)
}

/** npm reads no project file in global mode, nor one that is the user's file as well. */
async function findProjectFile(
  options: LoadNpmConfigOptions,
  config: NpmConfig,
): Promise<string | undefined> {
  const isGlobal =
    config.get('global')?.value === true || config.get('location')?.value === 'global'
  if (isGlobal) return undefined
  const file = path.resolve(await findLocalPrefix(options, config), '.npmrc')
  return file === config.get('userconfig')?.value ? undefined : file
}

async function findLocalPrefix(
  { root, cwd = root }: LoadNpmConfigOptions,
  config: NpmConfig,
): Promise<string> {
  const prefix = config.get('prefix')
  if (prefix?.layer === 'cli' && typeof prefix.value === 'string') return prefix.value
  const workspaces = config.get('workspaces')
  const isSingle = workspaces?.layer === 'cli' && workspaces.value === false
  return isSingle ? await findNpmRoot(cwd, { workspaces: false }) : root
}

async function readLayer(
  name: NpmLayerName,
  file: unknown,
  options: LoadNpmConfigOptions,
): Promise<NpmLayer> {
  if (typeof file !== 'string') {
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `the place of npm's ${name} file is not a path`)
  }
  const label = describeFile(file, options)
  const text = readIfPresent(file, label)
  try {
    return createFileLayer(name, label, text)
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${label} makes npm fail`, {
      file: label,
      cause,
    })
  }
}

/** npm goes on without a file that it can't read. Whoever put a mapping there believes that it holds. */
function readIfPresent(file: string, label: string): string {
  if (file === devNull) return ''
  try {
    const found = statSync(file)
    // A pipe can be read only once, and then npm would find nothing; a device may never end.
    if (!found.isFile()) throw refuseUnreadable(label, 'it is not a file')
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return ''
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw error instanceof JsrGuardError ? error : refuseUnreadable(label, code)
  }
}

function refuseUnreadable(label: string, reason: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${label} can't be read (${reason})`, {
    hint: 'make it a file that can be read, or remove it: npm goes on without it',
    file: label,
  })
}

function refuseTwice(label: string): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_CONFIG', `npm would refuse to read ${label} twice`, {
    hint: 'let userconfig and globalconfig name different files',
    file: label,
  })
}
