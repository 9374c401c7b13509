/**
 * The pnpmfile of jsr-guard, bundled into `dist/pnpmfile.cjs`: a file that needs nothing beside it.
 *
 * ```js
 * // .pnpmfile.cjs
 * module.exports = require('jsr-guard/pnpmfile')
 * ```
 */
import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { createPnpmfile } from './pnpm/hook.ts'
import type { HookMachine, HookProject } from './pnpm/machine.ts'
import type { Pnpmfile } from './pnpm/pnpmfile.ts'
import type { HookSettings } from './pnpm/settings.ts'
import { orAbsent } from './project/error-code.ts'
import { readFileText } from './project/file-text.ts'
import {
  findHookFolders,
  loadHookConfig,
  loadHookLockfiles,
  loadHookPolicy,
} from './project/pnpm-hook-project.ts'

const machine: HookMachine = {
  argv: process.argv,
  isWorker: process.argv.length === 1 && process.execArgv.includes('-e'),
  today: () => new Date().toISOString().slice(0, 10),
  findVersion,
  open: async (folders) => openProject(await findFolders(folders)),
}

const guard: Pnpmfile = createPnpmfile(machine)

/** The hooks that pnpm 9 to 12 know. */
export const hooks: Pnpmfile['hooks'] = guard.hooks

/** What pnpm 11 and later know beside hooks. */
export const resolvers: Pnpmfile['resolvers'] = guard.resolvers

/** What pnpm 11 and later know beside hooks. */
export const fetchers: Pnpmfile['fetchers'] = guard.fetchers

/**
 * The same for a repository that wants no policy file, or has hooks of its own.
 *
 * ```js
 * module.exports = require('jsr-guard/pnpmfile').with({
 *   registry: 'https://npm.corp.example/npm/',
 *   hooks: { readPackage: (manifest) => manifest },
 * })
 * ```
 */
function withSettings(settings: HookSettings): Pnpmfile {
  return createPnpmfile(machine, settings)
}

export { withSettings as with }

async function findFolders(named: readonly string[]): Promise<readonly string[]> {
  return named.length > 0 ? named : await findHookFolders(findHookFile(), process.cwd())
}

/** The file that pnpm has loaded: this one, or the one that requires it. A package is no place. */
function findHookFile(): string | undefined {
  if (typeof module === 'undefined') return undefined
  const files = [module.filename, module.parent?.filename]
  return files.find((file) => typeof file === 'string' && isOwnFile(file))
}

function isOwnFile(file: string): boolean {
  const parts = file.split(path.sep)
  return !parts.includes('node_modules') && path.basename(file) !== '[eval]'
}

function openProject(folders: readonly string[]): HookProject {
  const [root = process.cwd()] = folders
  const place = { env: process.env, home: homedir() }
  return {
    loadPolicy: async () => await loadHookPolicy(root),
    loadConfig: async (version) => {
      const config = await loadHookConfig(root, version, place)
      return {
        pnpmConfig: config.pnpmConfig,
        workspaceFile: config.workspace?.specifiers,
        loadLockfiles: async () => {
          const found = folders.map(
            async (folder) => await loadHookLockfiles({ ...config, root: folder }),
          )
          return (await Promise.all(found)).flat()
        },
      }
    },
  }
}

/** From the package that pnpm's program lies in; what is compiled into one file has none. */
async function findVersion(): Promise<string | undefined> {
  const [, script = ''] = process.argv
  const program = await orAbsent(realpath(script))
  if (program === undefined) return undefined
  const found = await readFileText(path.join(path.dirname(program), '../package.json'))
  const version = found.type === 'text' ? /"version":\s*"([^"]+)"/.exec(found.text)?.[1] : undefined
  return found.type === 'text' && /"name":\s*"(?:@pnpm\/exe|pnpm)"/.test(found.text)
    ? version
    : undefined
}
