import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { planNpm, refuseUnsupported, translateArguments } from '../../client/npm-plan.ts'
import { findNpm, type ClientProgram } from '../../client/program.ts'
import type { NpmArguments } from '../../config/npm-arguments.ts'
import { JsrGuardError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { isLockfileCurrent } from '../../policy/lockfile-state.ts'
import { findRemoteRequests, findRemotes } from '../../policy/remote-gate.ts'
import { findFolder } from '../../project/folder.ts'
import { findNpmRoot } from '../../project/npm-root.ts'
import type { CheckedProject } from '../check.ts'
import { readNpmNetwork } from '../way-out.ts'
import { findLockfile, findRemoteArguments } from './request.ts'
import type { ClientRequest, ClientSession, InstallClient } from './session.ts'
import type { InstallOptions } from './step.ts'
import { explainNpmFailure } from './transitive.ts'

/** npm 10, 11 and 12. */
export const npmClient: InstallClient = {
  name: 'npm',

  async open(options) {
    const { env, cwd } = options
    const [program, parsed] = await Promise.all([
      findNpm({ env, platform: process.platform, nodePath: process.execPath, canRunShims: true }),
      parseArguments(options.arguments),
    ])
    const projectFolder = await findFolder(findProjectFolder(cwd, parsed))
    const root = await findRoot(projectFolder, parsed)
    return createSession({ options, program, parsed, projectFolder, root })
  },
}

interface NpmRun extends Pick<ClientSession, 'projectFolder' | 'root'> {
  readonly options: InstallOptions
  readonly program: ClientProgram
  readonly parsed: NpmArguments
}

function createSession(run: NpmRun): ClientSession {
  const { program, parsed, projectFolder, root } = run
  const { version, folder, nodePath } = program
  const argv = withAbsolutePrefix(run)
  return {
    name: 'npm',
    program,
    projectFolder,
    root,
    packages: parsed.packages,
    // What shows that the project is another client's stops the run.
    reading: { known: ['npm'], npm: { version, folder, nodePath, argv } },
    refuse: ({ npmConfig }) => refuseUnsupported(npmConfig, parsed),
    plan: (checked) => planRequest(run, checked),
    listTranslated: ({ manifests }) => manifests,
    listFiles: ({ manifests }) => ({
      lockfiles: ['package-lock.json', 'npm-shrinkwrap.json'].map((file) => path.join(root, file)),
      manifests: manifests.map((manifest) => manifest.path),
    }),
    readNetwork: ({ npmConfig }) => readNpmNetwork(npmConfig),
    judgeRequest: (checked) =>
      liftsAllowRemote(checked)
        ? [...findRemoteRequests(checked.context), ...findRemoteArguments(parsed.packages)]
        : [],
    judgeLockfile: (checked) => (liftsAllowRemote(checked) ? gateRemotes(checked) : []),
    formatTarballUrl: () => undefined,
    readsCachedMetadata: true,
    explainFailure: async (step, exit) => await explainNpmFailure(step, exit),
  }
}

/** npm's own parser is loaded only where there is something to parse. */
async function parseArguments(args: readonly string[]): Promise<NpmArguments> {
  if (args.length === 0) {
    return { settings: {}, packages: [], unknown: [], abbreviated: [], invalid: [] }
  }
  const { parseNpmArguments } = await import('../../config/npm-arguments.ts')
  return parseNpmArguments(args)
}

function findProjectFolder(cwd: string, { settings }: NpmArguments): string {
  const prefix = settings['prefix']
  return typeof prefix === 'string' ? path.resolve(cwd, prefix) : cwd
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

/** npm resolves `--prefix` by its own folder; the configuration is read as of the project's. */
function withAbsolutePrefix({ options, parsed, projectFolder }: NpmRun): readonly string[] {
  const args = options.arguments
  if (parsed.settings['prefix'] === undefined) return args
  const end = args.indexOf('--')
  const flags = end === -1 ? args : args.slice(0, end)
  return [...flags, `--prefix=${projectFolder}`]
}

function planRequest({ options, parsed, program }: NpmRun, checked: CheckedProject): ClientRequest {
  const { npmConfig, manifests, root } = checked.project
  const { command } = options
  const plan = planNpm({
    command,
    arguments: translateArguments(options.arguments, parsed.packages),
    parsed,
    setting: (key) => npmConfig.get(key)?.value,
  })
  refuseExtension(root, program.version)
  const lockfile = findLockfile('npm', checked.context.lockfiles)
  const isCurrent =
    lockfile?.content.type === 'read' &&
    isLockfileCurrent(
      manifests.map(({ manifest }) => manifest),
      lockfile.content.lockfile,
    )
  return {
    ...plan,
    makesLockfile: command !== 'ci' && !plan.isDryRun && (plan.changesLockfile || !isCurrent),
    // npm takes an alias for a package of the alias's own scope. What the setting is for is done
    // by findRemotes.
    environment: liftsAllowRemote(checked) ? { npm_config_allow_remote: 'all' } : {},
  }
}

/** Whether npm's `allow-remote` would refuse private aliases, so that we stand in for it. */
function liftsAllowRemote({ project }: CheckedProject): boolean {
  const allowRemote = project.npmConfig.get('allow-remote')?.value
  return allowRemote === 'none' || allowRemote === 'root'
}

/** npm 12 lets such a file change every manifest, but not while scripts are ignored. */
function refuseExtension(root: string, version: string): void {
  if (Number.parseInt(version, 10) < 12) return
  const file = ['.npm-extension.cjs', '.npm-extension.mjs'].find((name) =>
    existsSync(path.join(root, name)),
  )
  if (file === undefined) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_UNSUPPORTED',
    `${file} changes what npm installs, but not the lockfile that is made without scripts`,
    { hint: `remove ${file}, or install with npm 11` },
  )
}

/**
 * Does the work of npm's `allow-remote`, which is lifted while npm runs. What a rule has refused
 * already is left out: to allow it is no way to get it.
 */
function gateRemotes({ context, findings }: CheckedProject): Finding[] {
  const lockfile = findLockfile('npm', context.lockfiles)
  const client = context.clients.find(({ name }) => name === 'npm')
  if (lockfile === undefined || client === undefined) return []
  const refused = new Set(findings.filter(({ severity }) => severity === 'error').map(formatPlace))
  return findRemotes(context, client, lockfile).filter(
    (finding) => !refused.has(formatPlace(finding)),
  )
}

/** An entry begins on a line of its own; where it doesn't, its name tells it from the others. */
function formatPlace({ file, line, package: name }: Finding): string {
  return JSON.stringify([file, line, name])
}
