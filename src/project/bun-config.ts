import path from 'node:path'
import { createBunfig, type BunConfig } from '../config/bun-config.ts'
import {
  createFileSetting,
  createVariableSetting,
  type ClientSetting,
  type SettingPlace,
} from '../config/client-setting.ts'
import {
  createNpmrcPlace,
  createVariableExpander,
  type VariableExpander,
} from '../config/simple-npmrc.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'
import { readFileText } from './file-text.ts'

/** What Bun's configuration depends on. */
export interface LoadBunConfigOptions extends ConfigPlace {
  readonly version: string | undefined
}

/**
 * Reads Bun's configuration: variables, `bunfig.toml` and `.npmrc` of the project and the user.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadBunConfig(options: LoadBunConfigOptions): Promise<BunConfig> {
  const { root, env, version } = options
  const home = homeOf(options)
  const dotenv = await loadDotenv(root)
  const expand = createVariableExpander(env)
  // Bun's own way to write a variable is without braces.
  const expandBunfig: VariableExpander = (text) =>
    expand(text.replace(/\$([A-Za-z_]\w*)/g, '${$1}'))
  const bunfig = async (file: string) =>
    await loadPlace(file, options, (text, label) => createBunfig(text, label, expandBunfig))
  const npmrc = async (file: string) =>
    await loadPlace(file, options, (text, label) => createNpmrcPlace(text, label, expand))
  const [own, user, ownNpmrc, userNpmrc] = await Promise.all([
    bunfig(path.join(root, 'bunfig.toml')),
    bunfig(path.join(env['XDG_CONFIG_HOME'] || home, '.bunfig.toml')),
    npmrc(path.join(root, '.npmrc')),
    npmrc(path.join(home, '.npmrc')),
  ])
  return {
    version,
    variables: (key) => (key === 'registry' ? findVariable(env, dotenv) : undefined),
    bunfigs: [...own, ...user],
    npmrcs: [...ownNpmrc, ...userNpmrc],
  }
}

const registryVariables = ['BUN_CONFIG_REGISTRY', 'NPM_CONFIG_REGISTRY', 'npm_config_registry']

/** What is no web address counts as none. */
function findVariable(
  env: ConfigPlace['env'],
  dotenv: readonly ClientSetting[],
): ClientSetting | undefined {
  const name = registryVariables.find((variable) => /^https?:\/\//.test(env[variable] ?? ''))
  return name === undefined ? dotenv[0] : createVariableSetting(name, env[name])
}

/** Bun takes variables from these files too; what they say is not read, only that they say it. */
async function loadDotenv(root: string): Promise<ClientSetting[]> {
  const names = ['.env', '.env.local', '.env.production', '.env.production.local']
  const texts = await Promise.all(
    names.map(async (name) => await readFileText(path.join(root, name))),
  )
  return texts.flatMap((found, index) => {
    const isNamed = found.type === 'text' && /(?:bun|npm)_config_registry/i.test(found.text)
    const file = names[index] ?? ''
    const setting = { value: '?', raw: 'a variable', file, line: undefined }
    return isNamed || found.type === 'unreadable' ? [createFileSetting(setting)] : []
  })
}

/** One place, or none where there is no such file. */
async function loadPlace(
  file: string,
  place: ConfigPlace,
  create: (text: string, label: string) => SettingPlace,
): Promise<SettingPlace[]> {
  const found = await loadConfigText(file, place)
  return found === undefined ? [] : [create(found.text, found.label)]
}
