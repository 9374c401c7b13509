import path from 'node:path'
import process from 'node:process'
import { readEnvironmentVariable } from '../config/npm-config.ts'

/** Where a client that is written for Node looks for its files. */
export interface ConfigPlace {
  /** Absolute path of the project. */
  readonly root: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path of the user's home; `HOME` in `env` goes before it. */
  readonly home: string
  readonly platform?: NodeJS.Platform | undefined
}

/** The user's home as the client finds it. */
export function homeOf({ env, home, platform = process.platform }: ConfigPlace): string {
  return readEnvironmentVariable(env, 'HOME', platform) || home
}

/** A configuration file for people: files in the project by their path in it, in the home as `~/…`. */
export function describeFile(file: string, place: ConfigPlace): string {
  const inProject = relativeBelow(place.root, file)
  if (inProject !== undefined) return inProject
  const inHome = relativeBelow(homeOf(place), file)
  return inHome === undefined ? file : `~/${inHome}`
}

function relativeBelow(folder: string, file: string): string | undefined {
  const relative = path.relative(folder, file)
  const isOutside =
    relative === '' || path.isAbsolute(relative) || relative.split(path.sep)[0] === '..'
  return isOutside ? undefined : relative.split(path.sep).join('/')
}
