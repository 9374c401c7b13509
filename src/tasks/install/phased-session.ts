import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { translateArguments } from '../../client/npm-plan.ts'
import type { PhasePlan } from '../../client/phase-plan.ts'
import type { ClientProgram } from '../../client/program.ts'
import type { ClientArguments } from '../../config/client-arguments.ts'
import { JsrGuardError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import type { LockedPackage } from '../../lockfile/locked-package.ts'
import { clientTitles } from '../../policy/advice.ts'
import type { Project } from '../../project/load.ts'
import { registryOptions } from '../../project/npm-registry-options.ts'
import type { ClientName } from '../../route/route.ts'
import type { CheckedProject } from '../check.ts'
import type { ClientNetwork } from '../way-out.ts'
import { findLockfile } from './request.ts'
import type { ClientDiversion, ClientRequest, ClientSession } from './session.ts'

/** A client with two phases, one of which makes the lockfile alone, and `.npmrc` for credentials. */
export interface PhasedClient extends Pick<ClientSession, 'root' | 'projectFolder'> {
  readonly name: ClientName
  readonly program: ClientProgram
  readonly parsed: ClientArguments
  readonly lockfile: string
  readonly plan: (packages: readonly string[]) => PhasePlan
  /** Whether `jsr:` is translated in manifests for the time of the run. */
  readonly isTranslated: boolean
  /** Whether it is on the command line; default yes. */
  readonly translatesArguments?: boolean
  readonly environment: Readonly<Record<string, string>>
  readonly refuse: (project: Project) => void
  readonly divert?: (folder: string) => ClientDiversion
  /** Default: what npm's files say. */
  readonly readNetwork?: (project: Project) => ClientNetwork
  /** Whether the lockfile must come out of the first phase as it went in. */
  readonly isFixed?: boolean
}

/** A session with such a client. */
export function createPhasedSession(client: PhasedClient): ClientSession {
  const { name, program, parsed, root, projectFolder } = client
  const lockfile = path.join(root, client.lockfile)
  let before: string | undefined
  return {
    name,
    program,
    projectFolder,
    root,
    packages: parsed.packages,
    // What shows that the project is another client's stops the run.
    reading: { known: [name], running: name, versions: { [name]: program.version } },
    refuse: client.refuse,
    plan: () => {
      before = readText(lockfile)
      return planRequest(client)
    },
    listTranslated: ({ manifests }) => (client.isTranslated ? manifests : []),
    listFiles: ({ manifests }) => ({
      lockfiles: [lockfile],
      manifests: manifests.map((manifest) => manifest.path),
    }),
    readNetwork: client.readNetwork ?? readNetwork,
    judgeRequest: () => [],
    judgeLockfile: (checked) => [
      ...findMissingLockfile(checked, client),
      ...(client.isFixed === true && readText(lockfile) !== before ? [createStale(client)] : []),
    ],
    formatTarballUrl,
    readsCachedMetadata: true,
    explainFailure: async () => await Promise.resolve([]),
  }
}

function planRequest(client: PhasedClient): ClientRequest {
  const { packages } = client.parsed
  const isNative = client.translatesArguments === false
  const { mayLock, ...plan } = client.plan(
    isNative ? packages : translateArguments(packages, packages),
  )
  return {
    ...plan,
    makesLockfile: mayLock || client.isFixed === true,
    isUnsaved: false,
    leavesNoLockfile: false,
    isDryRun: false,
    environment: client.environment,
    divert: client.divert,
  }
}

/**
 * What the client asks for where its lockfile names no address, whatever the registry's metadata says.
 */
export function formatTarballUrl(
  { name, version, source }: LockedPackage,
  registry: URL,
): URL | undefined {
  if (source.type !== 'route') return undefined
  if (source.path !== undefined) return new URL(source.path, registry)
  if (version === undefined) return undefined
  const file = `${name.slice(name.lastIndexOf('/') + 1)}-${version.replace(/\+.*$/, '')}.tgz`
  return new URL(`${name}/-/${file}`, registry)
}

/** Where something is asked for and nothing is locked, nothing can be proved. */
export function findMissingLockfile(
  { context, project }: CheckedProject,
  { name, lockfile }: Pick<PhasedClient, 'name' | 'lockfile'>,
): Finding[] {
  const isEmpty = project.manifests.every(({ manifest }) => manifest.dependencies.length === 0)
  if (isEmpty || findLockfile(name, context.lockfiles) !== undefined) return []
  return [
    {
      rule: 'unknown-source',
      severity: 'error',
      message: `there is no ${lockfile}, so it can't be told what ${clientTitles[name]} would install`,
      hint: `let ${clientTitles[name]} keep its lockfile in ${lockfile}, and run jsr-guard install`,
      file: lockfile,
      line: undefined,
      package: undefined,
      version: undefined,
    },
  ]
}

/** Yarn 1 installs what is not locked all the same. */
function createStale({ name, lockfile }: PhasedClient): Finding {
  return {
    rule: 'stale-lockfile',
    severity: 'error',
    message: `${lockfile} does not say all that ${clientTitles[name]} would install`,
    hint: 'run jsr-guard install to lock again',
    file: lockfile,
    line: undefined,
    package: undefined,
    version: undefined,
  }
}

function readText(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/**
 * Refuses another version than the one that the project asks for, and one that nobody has looked at.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CLIENT`
 */
export function refuseVersion(
  program: Pick<ClientProgram, 'version'>,
  known: PhasedVersions,
): void {
  const { title, majors } = known
  const major = Number.parseInt(program.version, 10)
  if (majors.includes(major)) return
  const message = `${title} ${program.version} is none that jsr-guard knows`
  throw new JsrGuardError('ERR_JSR_GUARD_CLIENT', message, {
    hint: `install with ${title} ${majors.join(' or ')}`,
  })
}

interface PhasedVersions {
  readonly title: string
  readonly majors: readonly number[]
}

/** These clients take proxies from the environment alone. */
function readNetwork({ npmConfig }: Project): ClientNetwork {
  return { proxies: {}, registryOptions: registryOptions(npmConfig) }
}
