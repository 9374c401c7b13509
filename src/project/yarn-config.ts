import path from 'node:path'
import process from 'node:process'
import type { SettingPlace } from '../config/client-setting.ts'
import {
  createYarnEnvironment,
  createYarnNpmrc,
  createYarnrc,
  type YarnConfig,
} from '../config/yarn-config.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'
import { defaultPrefix } from './npm-prefix.ts'
import { listFoldersUpwards } from './upwards.ts'

/** What Yarn 1's configuration depends on. */
export interface LoadYarnConfigOptions extends ConfigPlace {
  readonly version: string | undefined
  /** The `node` that runs Yarn, whose prefix holds the global files. */
  readonly nodePath?: string | undefined
}

/**
 * Reads Yarn 1's configuration: variables over the files of the project, the user, the machine and
 * the folders above the project, npm's and its own.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadYarnConfig(options: LoadYarnConfigOptions): Promise<YarnConfig> {
  const { env, version } = options
  const npmEnvironment = createYarnEnvironment(env, 'npm_config_')
  const yarnEnvironment = createYarnEnvironment(env, 'yarn_')
  const own = userFile(yarnEnvironment)
  const [npm, yarn] = await Promise.all([
    loadPlaces('npmrc', userFile(npmEnvironment) ?? own, options),
    loadPlaces('yarnrc', own, options),
  ])
  return {
    version,
    npm: [npmEnvironment, yarnEnvironment, ...npm],
    yarn: [yarnEnvironment, ...yarn],
  }
}

function userFile(environment: SettingPlace): string | undefined {
  const setting = environment('userconfig')
  return typeof setting?.value === 'string' ? setting.value : undefined
}

async function loadPlaces(
  name: 'npmrc' | 'yarnrc',
  named: string | undefined,
  options: LoadYarnConfigOptions,
): Promise<SettingPlace[]> {
  const { root, env } = options
  const homes = homesOf(options)
  const user =
    named === undefined ? path.join(homes[0] ?? '', `.${name}`) : path.resolve(root, named)
  const files = [
    path.join(root, `.${name}`),
    user,
    path.join(defaultPrefix(options), 'etc', name),
    ...homes.slice(1).map((home) => path.join(home, `.${name}`)),
    ...listFoldersUpwards(root).map((folder) => path.join(folder, `.${name}`)),
  ]
  const loaded = await Promise.all(
    Array.from(new Set(files), async (file) => await loadConfigText(file, options)),
  )
  return loaded.flatMap((found) => {
    if (found === undefined) return []
    const { text, label } = found
    return [name === 'npmrc' ? createYarnNpmrc(text, label, env) : createYarnrc(text, label)]
  })
}

/** For root, Yarn looks in a folder of its own first. */
function homesOf(options: LoadYarnConfigOptions): string[] {
  const home = homeOf(options)
  const isRoot = process.getuid?.() === 0 && !options.env['FAKEROOTKEY']
  return isRoot ? [path.resolve('/usr/local/share'), home] : [home]
}
