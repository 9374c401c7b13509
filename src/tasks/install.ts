import path from 'node:path'
import process from 'node:process'
import { findNpm } from '../client/program.ts'
import type { NpmArguments } from '../config/npm-arguments.ts'
import { JsrGuardError } from '../errors.ts'
import { findFolder } from '../project/folder.ts'
import { recoverTranslation } from '../project/journal.ts'
import { acquireRunLock, type RunLock } from '../project/lock.ts'
import { findNpmRoot } from '../project/npm-root.ts'
import { reportInterruption, runInstall } from './install/run.ts'
import {
  lockVariable,
  type InstallOptions,
  type InstallOutcome,
  type InstallRun,
} from './install/step.ts'

/**
 * Runs the project's own package manager so that every `@jsr` package comes through the private
 * registry, and shows that it did.
 *
 * Keeps the five promises of the contract: it judges before anything is fetched, translates `jsr:`
 * specifiers for the time of the run only, makes lockfiles without fetching, closes the way to JSR
 * while the client runs, and judges again what came of it.
 *
 * @throws JsrGuardError for what keeps it from telling: no client, a manifest, policy or
 *   configuration that can't be read, a request that can't be verified, a registry that does not
 *   answer (`ERR_JSR_GUARD_REGISTRY`).
 */
export async function installProject(options: InstallOptions): Promise<InstallOutcome> {
  const { cwd, env, client = 'npm' } = options
  if (client !== 'npm') {
    throw new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', `this version can't run ${client}`, {
      hint: 'judge its lockfile with jsr-guard check; npm is the client that install runs',
    })
  }
  const [program, parsed] = await Promise.all([
    findNpm({ env, platform: process.platform, nodePath: process.execPath, canRunShims: true }),
    parseArguments(options.arguments),
  ])
  const projectFolder = await findFolder(findProjectFolder(cwd, parsed))
  const root = await findRoot(projectFolder, parsed)
  const run = { ...options, root, projectFolder, program, parsed }
  const lock = await waitForTurn(run)
  if (lock === undefined) return await reportInterruption(run)
  try {
    const { files } = await recoverTranslation(root)
    if (files.length > 0) options.onProgress({ type: 'recovered', files })
    return await runInstall({ ...run, lock })
  } finally {
    await lock.release()
  }
}

/** Gives no lock where the run was ended while it waited for another. */
async function waitForTurn(run: Omit<InstallRun, 'lock'>): Promise<RunLock | undefined> {
  try {
    return await acquireRunLock(run.root, {
      onWait: ({ pid }) => run.onProgress({ type: 'waiting', pid }),
      outerToken: run.env[lockVariable],
      signal: run.stop,
    })
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined
    throw error
  }
}

/** npm's own parser is loaded only where there is something to parse. */
async function parseArguments(args: readonly string[]): Promise<NpmArguments> {
  if (args.length === 0) {
    return { settings: {}, packages: [], unknown: [], abbreviated: [], invalid: [] }
  }
  const { parseNpmArguments } = await import('../config/npm-arguments.ts')
  return parseNpmArguments(args)
}

/**
 * The project that is judged, which must be the one that npm installs in: with `--prefix` that is the
 * very folder, with `--no-workspaces` the nearest package, whatever project they are a part of.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED` where they are a part of another.
 */
async function findRoot(folder: string, { settings }: NpmArguments): Promise<string> {
  const root = await findNpmRoot(folder)
  const isExact = Boolean(settings['prefix'])
  const isSingle = settings['workspaces'] === false
  const own = isExact ? folder : await findNpmRoot(folder, { workspaces: !isSingle })
  if (own === root) return root
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    `${isExact ? '--prefix' : '--no-workspaces'} makes npm install in ${own}, which is a part of the project ${root}`,
    { hint: 'leave it out, and name a workspace with -w; or give the folder a package.json' },
  )
}

function findProjectFolder(cwd: string, { settings }: NpmArguments): string {
  const prefix = settings['prefix']
  return typeof prefix === 'string' ? path.resolve(cwd, prefix) : cwd
}
