import path from 'node:path'
import process from 'node:process'
import { createNpmConfig, readEnvironmentVariable, type NpmConfig } from '../config/npm-config.ts'
import { createFileLayer, type NpmLayer } from '../config/npm-layers.ts'
import type { PnpmConfig } from '../config/pnpm-config.ts'
import { readPnpmYaml, type PnpmYaml } from '../config/pnpm-workspace.ts'
import { JsrGuardError } from '../errors.ts'
import { readFileText } from './file-text.ts'
import { describeFile, homeOf } from './config-place.ts'

/** What pnpm's configuration depends on. */
export interface LoadPnpmConfigOptions {
  /** Absolute path of the project. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home; `HOME` in `env` goes before it. */
  readonly home: string
  /** Of pnpm, such as `10.34.9`; `undefined` is read with care. */
  readonly version: string | undefined
  /** npm's configuration of the same project, whose files pnpm 9 and 10 read too. */
  readonly npm: NpmConfig
  /** The project's `pnpm-workspace.yaml`, read. */
  readonly workspace: PnpmYaml | undefined
  readonly platform?: NodeJS.Platform | undefined
}

/**
 * Reads pnpm's configuration from every place that some version of it reads.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that is there and can't be read.
 */
export async function loadPnpmConfig(options: LoadPnpmConfigOptions): Promise<PnpmConfig> {
  const { version, npm, env, workspace } = options
  const folder = findConfigFolder(options)
  const global = await loadYaml(path.join(folder, 'config.yaml'), options)
  const [rc, auth, user, project] = await Promise.all([
    loadNpmrc(path.join(folder, 'rc'), options),
    loadNpmrc(path.join(folder, 'auth.ini'), options),
    loadNpmrc(findUserFile(options, global), options),
    loadLayer(path.join(options.root, '.npmrc'), options),
  ])
  return { version, sources: { env, npm, rc, auth, user, project, global, workspace } }
}

/**
 * Reads the settings of a project's `pnpm-workspace.yaml`; `undefined` where there is none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG`
 */
export async function loadPnpmYaml(root: string): Promise<PnpmYaml | undefined> {
  const file = 'pnpm-workspace.yaml'
  const text = await loadText(path.join(root, file), file)
  return text === undefined ? undefined : readPnpmYaml(text, file)
}

/** pnpm's own folder. */
function findConfigFolder(options: LoadPnpmConfigOptions): string {
  const { env, platform = process.platform } = options
  const xdg = readEnvironmentVariable(env, 'XDG_CONFIG_HOME', platform)
  if (xdg) return path.join(xdg, 'pnpm')
  const home = homeOf(options)
  if (platform === 'darwin') return path.join(home, 'Library/Preferences/pnpm')
  if (platform !== 'win32') return path.join(home, '.config/pnpm')
  const local = readEnvironmentVariable(env, 'LOCALAPPDATA', platform)
  return local ? path.join(local, 'pnpm/config') : path.join(home, '.config/pnpm')
}

/** pnpm 11 and later: `npmrcAuthFile`, from a variable or its own `config.yaml`. */
function findUserFile(options: LoadPnpmConfigOptions, global: PnpmYaml | undefined): string {
  const { env, root } = options
  const variable = (name: string): string | undefined =>
    Object.entries(env).find(([key, value]) => key.toLowerCase() === name && value !== '')?.[1]
  const named =
    variable('pnpm_config_npmrc_auth_file') ??
    variable('pnpm_config_userconfig') ??
    global?.get('npmrcAuthFile')?.value ??
    variable('npm_config_userconfig')
  const home = homeOf(options)
  if (typeof named !== 'string') return path.join(home, '.npmrc')
  return /^~[/\\]/.test(named) ? path.join(home, named.slice(2)) : path.resolve(root, named)
}

async function loadNpmrc(file: string, options: LoadPnpmConfigOptions): Promise<NpmConfig> {
  const { env, platform = process.platform } = options
  const layer = await loadLayer(file, options)
  return createNpmConfig({ layers: [layer], env, version: undefined, platform })
}

async function loadLayer(file: string, options: LoadPnpmConfigOptions): Promise<NpmLayer> {
  const label = describeFile(file, options)
  const text = (await loadText(file, label)) ?? ''
  try {
    return createFileLayer('user', label, text)
  } catch (cause) {
    const message = `${label} makes pnpm fail`
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', message, { file: label, cause })
  }
}

async function loadYaml(
  file: string,
  options: LoadPnpmConfigOptions,
): Promise<PnpmYaml | undefined> {
  const label = describeFile(file, options)
  const text = await loadText(file, label)
  return text === undefined ? undefined : readPnpmYaml(text, label)
}

/** pnpm goes on without a file that it can't read; whoever put a mapping there believes that it holds. */
async function loadText(file: string, label: string): Promise<string | undefined> {
  const found = await readFileText(file)
  if (found.type === 'text') return found.text
  if (found.type === 'absent') return undefined
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${label} can't be read: ${found.reason}`, {
    hint: 'make it a file that can be read, or remove it: pnpm goes on without it',
    file: label,
  })
}
