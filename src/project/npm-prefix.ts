import path from 'node:path'
import process from 'node:process'
import { readEnvironmentVariable } from '../config/npm-config.ts'

/** What the place of global files depends on. */
export interface PrefixOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The `node` that runs the client; default the one that runs us. */
  readonly nodePath?: string | undefined
  readonly platform?: NodeJS.Platform | undefined
}

/** The folder of npm and Yarn 1 for what is global, from the `node` that runs them. */
export function defaultPrefix(options: PrefixOptions): string {
  const { env, nodePath = process.execPath, platform = process.platform } = options
  const prefix = readEnvironmentVariable(env, 'PREFIX', platform)
  if (prefix) return prefix
  const paths = pathsOf(platform)
  if (platform === 'win32') return paths.dirname(nodePath)
  const above = paths.dirname(paths.dirname(nodePath))
  const destination = readEnvironmentVariable(env, 'DESTDIR', platform)
  return destination ? paths.join(destination, above) : above
}

/** The paths of a system, whichever this one is. */
export function pathsOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix
}
