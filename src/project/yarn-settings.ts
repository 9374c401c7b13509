import path from 'node:path'
import { createYarnrc } from '../config/yarn-config.ts'
import { JsrGuardError } from '../errors.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import { homeOf, type ConfigPlace } from './config-place.ts'
import { loadConfigText } from './config-text.ts'
import { readFileText } from './file-text.ts'
import { listFoldersUpwards } from './upwards.ts'

type Fields = Readonly<Record<string, unknown>>

/** All of a configuration file of Yarn 2 and later. It may hold credentials: never print it. */
export interface YarnBerrySettings {
  readonly file: string
  readonly value: Fields
}

/**
 * Reads every `.yarnrc.yml` that Yarn takes settings from, the nearest first and the home's last.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` for one that can't be read.
 */
export async function loadYarnBerrySettings(place: ConfigPlace): Promise<YarnBerrySettings[]> {
  const folders = new Set([...listFoldersUpwards(place.root), homeOf(place)])
  const name = place.env['YARN_RC_FILENAME'] || '.yarnrc.yml'
  const loaded = await Promise.all(
    Array.from(folders, async (folder) => await loadConfigText(path.join(folder, name), place)),
  )
  return loaded.flatMap((found) =>
    found === undefined ? [] : [{ file: found.label, value: readFields(found.text, found.label) }],
  )
}

function readFields(text: string, file: string): Fields {
  if (/^(?:\uFEFF)?(?:\s|#.*(?:\n|$))*$/.test(text)) return {}
  try {
    const { value } = readStrictYaml(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch (cause) {
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} can't be read`, { file, cause })
  }
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `${file} is no mapping`, { file })
}

/** What a project's `.yarnrc` files say beside registries. */
export interface YarnSettings {
  /** Arguments that they add to the command line: where, and which. */
  readonly arguments: ReadonlyArray<{ readonly file: string; readonly name: string }>
  readonly yarnPath: string | undefined
}

/** Reads the `.yarnrc` of the project, the folders above it and the home. */
export async function loadYarnSettings(place: ConfigPlace): Promise<YarnSettings> {
  const folders = new Set([...listFoldersUpwards(place.root), homeOf(place)])
  const loaded = await Promise.all(
    Array.from(
      folders,
      async (folder) => await loadConfigText(path.join(folder, '.yarnrc'), place),
    ),
  )
  const files = loaded.flatMap((found) => (found === undefined ? [] : [found]))
  const own = await readFileText(path.join(place.root, '.yarnrc'))
  const yarnPath =
    own.type === 'text' ? createYarnrc(own.text, '.yarnrc')('yarn-path')?.value : undefined
  return {
    arguments: files.flatMap(({ text, label }) =>
      text
        .split('\n')
        .filter((line) => !line.trimStart().startsWith('#'))
        .flatMap((line) => line.match(/--[\w.@:-]+/g) ?? [])
        .map((name) => ({ file: label, name })),
    ),
    yarnPath: typeof yarnPath === 'string' ? yarnPath : undefined,
  }
}
