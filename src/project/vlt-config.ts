import path from 'node:path'
import { createVltEnvironment, createVltJson, type VltConfig } from '../config/vlt-config.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'

/** What vlt's configuration depends on. */
export interface LoadVltConfigOptions extends ConfigPlace {
  readonly version: string | undefined
}

/**
 * Reads vlt's configuration: variables, and `vlt.json` of the project and the user.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadVltConfig(options: LoadVltConfigOptions): Promise<VltConfig> {
  const { root, env, version } = options
  const folder = env['XDG_CONFIG_HOME'] || path.join(homeOf(options), '.config')
  const files = [path.join(root, 'vlt.json'), path.join(folder, 'vlt', 'vlt.json')]
  const found = await Promise.all(files.map(async (file) => await loadConfigText(file, options)))
  return {
    version,
    places: [
      createVltEnvironment(env),
      ...found.flatMap((one) => (one === undefined ? [] : [createVltJson(one.text, one.label)])),
    ],
  }
}
