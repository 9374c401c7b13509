import path from 'node:path'
import process from 'node:process'
import { createVariableSetting } from '../config/client-setting.ts'
import { readEnvironmentVariable } from '../config/npm-config.ts'
import {
  readYarnBerryFile,
  type YarnBerryConfig,
  type YarnBerryFile,
  type YarnExpander,
} from '../config/yarn-berry-config.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'
import { readFileText } from './file-text.ts'
import { listFoldersUpwards } from './upwards.ts'

/** What the configuration of Yarn 2 and later depends on. */
export interface LoadYarnBerryConfigOptions extends ConfigPlace {
  readonly version: string | undefined
}

/**
 * Reads the configuration of Yarn 2 and later: a variable, and `.yarnrc.yml` of the project, of the
 * folders above it and of the home.
 *
 * `yarnPath` names the program that really runs, so its version counts where its name tells it.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadYarnBerryConfig(
  options: LoadYarnBerryConfigOptions,
): Promise<YarnBerryConfig> {
  const { root, env, version, platform = process.platform } = options
  const variable = (name: string) => readEnvironmentVariable(env, name, platform)
  const name = variable('YARN_RC_FILENAME') || '.yarnrc.yml'
  const folders = new Set([...listFoldersUpwards(root), homeOf(options)])
  const expand = createExpander(options, await hasEnvironmentFile(root))
  const loaded = await Promise.all(
    Array.from(folders, async (folder) => {
      const found = await loadConfigText(path.join(folder, name), options)
      return found === undefined ? [] : [readYarnBerryFile(found.text, found.label, expand)]
    }),
  )
  const files = loaded.flat()
  const server = variable('YARN_NPM_REGISTRY_SERVER')
  return {
    version: versionOf(files, version),
    variable: server ? createVariableSetting('YARN_NPM_REGISTRY_SERVER', server) : undefined,
    files,
  }
}

function versionOf(
  files: readonly YarnBerryFile[],
  declared: string | undefined,
): string | undefined {
  const yarnPath = files.find((file) => file.yarnPath !== undefined)?.yarnPath
  if (yarnPath === undefined) return declared
  return /(?:^|[/\\])yarn-(\d+\.\d+\.\d+(?:-[\w.]+)?)\.c?js$/.exec(yarnPath)?.[1]
}

/** Files of variables (`injectEnvironmentFiles`): what is in them goes before the environment. */
async function hasEnvironmentFile(root: string): Promise<boolean> {
  const found = await readFileText(path.join(root, '.env.yarn'))
  return found.type !== 'absent'
}

/** `${NAME}`, `${NAME-default}` and `${NAME:-default}`. */
const variables = /\$\{([\d\w_]+)(:)?(?:-([^}]*))?\}/g

function createExpander({ env }: ConfigPlace, isUnclear: boolean): YarnExpander {
  return (text) => {
    if (!text.includes('${')) return text
    if (isUnclear) return undefined
    const isWhole = Array.from(text.matchAll(variables)).every(
      ([, name = '', , fallback]) => fallback !== undefined || env[name] !== undefined,
    )
    if (!isWhole) return undefined
    return text.replace(variables, (...found: readonly (string | undefined)[]) => {
      const [, name = '', colon, fallback] = found
      const value = env[name]
      const isSet = colon === undefined ? value !== undefined : Boolean(value)
      return (isSet ? value : fallback) ?? ''
    })
  }
}
