import path from 'node:path'
import semver from 'semver'
import type { PnpmConfig } from '../../config/pnpm-config.ts'
import { listPnpmSettings } from '../../config/pnpm-settings.ts'
import { JsrGuardError } from '../../errors.ts'
import { detectJsrSupport } from '../../policy/jsr-support.ts'
import type { Project } from '../../project/load.ts'
import { findProjectRoot } from '../../project/pnpm-root.ts'
import { isJsrSpecifier } from '../../specifier/jsr-specifier.ts'

/** Where pnpm is started, and what it takes for the project. */
export interface PnpmPlace {
  readonly projectFolder: string
  /** The nearest package. */
  readonly own: string
  readonly root: string
  /** Whether the folder was named with `--dir`: then it is that very folder. */
  readonly isNamed: boolean
}

/**
 * Refuses a folder for which pnpm installs another project than the one that is judged.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED`
 */
export async function refuseFolder(place: PnpmPlace): Promise<void> {
  const { projectFolder, own, root, isNamed } = place
  if (isNamed && own !== projectFolder) {
    throw unsupported(`--dir makes pnpm install in ${projectFolder}, which has no package.json`, {
      hint: 'name a folder with a package.json',
    })
  }
  const judged = await findProjectRoot(projectFolder)
  if (judged === root) return
  throw unsupported(`pnpm installs in ${root}, which is a part of the project ${judged}`, {
    hint: 'remove the lockfile of the client that is not used, or list the folder in pnpm-workspace.yaml',
  })
}

/** What is known of the pnpm that runs. */
export interface PnpmInRun {
  readonly version: string
  readonly own: string
}

/**
 * Refuses a project that can't be verified with this pnpm.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_UNSUPPORTED`, `ERR_JSR_GUARD_CLIENT` where the project asks for
 *   another pnpm.
 */
export function refuseProject(project: Project, { version, own }: PnpmInRun): void {
  refuseVersion(project, version)
  refuseStranger(project, own)
  if (project.pnpmConfig !== undefined) refuseSettings(project.pnpmConfig)
  refuseWorkspaceSpecifiers(project, version)
}

/** Behaviour that nobody has looked at is not vouched for. */
function refuseVersion({ declared }: Project, version: string): void {
  if (!/^(?:9|10|11|12)\./.test(version)) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_CLIENT',
      `pnpm ${version} is none that jsr-guard knows`,
      {
        hint: 'install with pnpm 9, 10, 11 or 12',
      },
    )
  }
  const other = declared.find(
    ({ client, range }) => client === 'pnpm' && range !== '' && !isSatisfied(version, range),
  )
  if (other === undefined) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_CLIENT',
    `package.json asks for pnpm ${other.range}, and pnpm ${version} was found: it would download the other one and hand over to it`,
    {
      hint: `put that version on the PATH, with corepack enable or npm install --global pnpm@${other.range}`,
    },
  )
}

/** A range that can't be read, as that of a version with a hash that is none, is not satisfied. */
function isSatisfied(version: string, range: string): boolean {
  return semver.satisfies(version, range.replace(/\+.*$/, ''), { includePrerelease: true })
}

/** pnpm goes by the root's workspaces, and installs those wherever it is started below it. */
function refuseStranger({ root, manifests }: Project, own: string): void {
  const folder = path.relative(root, own).replaceAll(path.sep, '/')
  if (manifests.some(({ manifest }) => manifest.folder === folder)) return
  throw unsupported(`${own} is no workspace of the project ${root}`, {
    hint: 'list it in pnpm-workspace.yaml, or give it a pnpm-workspace.yaml of its own',
  })
}

interface RefusedSetting {
  readonly key: string
  readonly isRefused: (value: string) => boolean
  readonly reason: string
  /** The only major version that goes by it. */
  readonly major?: string
}

const isOn = (value: string): boolean => value !== 'false' && value !== ''
const noLockfile = 'leaves no lockfile where jsr-guard looks for one to judge'
const pastTheWayOut = 'leads pnpm 10 past the closed way out'

const refusedSettings: readonly RefusedSetting[] = [
  { key: 'lockfile', isRefused: (value) => value === 'false', reason: noLockfile },
  { key: 'lockfileDir', isRefused: (value) => !/^\.?\/?$/.test(value), reason: noLockfile },
  { key: 'gitBranchLockfile', isRefused: isOn, reason: noLockfile },
  { key: 'global', isRefused: isOn, reason: noLockfile },
  { key: 'dir', isRefused: isOn, reason: 'makes pnpm install in another folder' },
  { key: 'ignoreWorkspace', isRefused: isOn, reason: 'makes pnpm install another project' },
  { key: 'pnprServer', isRefused: isOn, reason: 'has another server decide what is installed' },
  ...['httpsProxy', 'httpProxy', 'proxy', 'noProxy', 'noproxy'].map((key) => ({
    key,
    isRefused: isOn,
    reason: pastTheWayOut,
    major: '10',
  })),
]

function refuseSettings(config: PnpmConfig): void {
  for (const { key, isRefused, reason, major } of refusedSettings) {
    if (major !== undefined && !config.version?.startsWith(`${major}.`)) continue
    const found = listPnpmSettings(config, key).find(
      ({ value, file }) =>
        // The environment that is set for pnpm wins over everything but this file.
        (major === undefined || file === 'pnpm-workspace.yaml') && isRefused(String(value)),
    )
    if (found === undefined) continue
    const { from, file, line } = found
    const hint = `take ${key} out of ${file ?? 'the environment'}${major === undefined ? '' : ', and set it in .npmrc or in the environment: jsr-guard goes through it'}`
    throw unsupported(`${from}: ${key} ${reason}`, { hint, file, line })
  }
}

/** They are in YAML, which is not translated. */
function refuseWorkspaceSpecifiers({ pnpmWorkspace }: Project, version: string): void {
  if (detectJsrSupport({ name: 'pnpm', version }).type === 'reads') return
  const found = pnpmWorkspace?.specifiers.dependencies.find(({ specifier }) =>
    isJsrSpecifier(specifier),
  )
  if (found === undefined || pnpmWorkspace === undefined) return
  const { file } = pnpmWorkspace.specifiers
  const { line, alias } = found
  throw unsupported(`${file} has a jsr: specifier for ${alias}, which pnpm ${version} can't read`, {
    hint: 'write npm:@jsr/scope__name@range, or install with pnpm 10.9 or later',
    file,
    line,
  })
}

interface Place {
  readonly hint: string
  readonly file?: string | undefined
  readonly line?: number | undefined
}

function unsupported(message: string, place: Place): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_UNSUPPORTED', message, place)
}
