import path from 'node:path'
import { createVariableSetting } from '../config/client-setting.ts'
import type { DenoConfig } from '../config/deno-config.ts'
import { createNpmrcPlace, createVariableExpander } from '../config/simple-npmrc.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'

/** What Deno's configuration depends on. */
export interface LoadDenoConfigOptions extends ConfigPlace {
  readonly version: string | undefined
}

/**
 * Reads Deno's configuration, as far as registries go: variables, and the `.npmrc` of the project
 * and the user.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for a file that can't be read.
 */
export async function loadDenoConfig(options: LoadDenoConfigOptions): Promise<DenoConfig> {
  const { root, env, version } = options
  const expand = createVariableExpander(env)
  const files = [path.join(root, '.npmrc'), path.join(homeOf(options), '.npmrc')]
  const found = await Promise.all(files.map(async (file) => await loadConfigText(file, options)))
  const variable = (name: string) => {
    const value = env[name]
    return value ? createVariableSetting(name, value) : undefined
  }
  return {
    version,
    registry: variable('NPM_CONFIG_REGISTRY'),
    jsrNpm: variable('JSR_NPM_URL'),
    jsr: variable('JSR_URL'),
    npmrcs: found.flatMap((one) =>
      one === undefined ? [] : [createNpmrcPlace(one.text, one.label, expand)],
    ),
  }
}
