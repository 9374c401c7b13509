import type { Policy, RuleLevels } from '../config/policy-file.ts'
import { JsrGuardError } from '../errors.ts'
import type { LockedProject } from '../lockfile/locked-package.ts'
import { readResolvedLockfile } from '../lockfile/pnpm-resolved.ts'
import type { Manifest, ManifestDependency } from '../manifest/package-json.ts'
import { evaluate } from '../policy/evaluate.ts'
import { judgeContext } from '../policy/judge.ts'
import type { ClientInUse, LockfileInUse, SpecifierFile } from '../policy/rule.ts'
import { createFindingsError } from './hook-error.ts'

/** What lockfiles are judged by. */
export interface Bench {
  readonly registry: URL
  readonly policy: Policy
  /** pnpm, with where it goes. */
  readonly client: ClientInUse
}

/** What is judged. */
export interface Exhibits {
  readonly lockfiles: readonly LockfileInUse[]
  readonly workspaceFile?: SpecifierFile | undefined
}

/** These are about what the hook itself takes care of. */
const ownRules: RuleLevels = { 'jsr-specifier': 'off', 'guard-bypassed': 'off' }

/**
 * Judges lockfiles and routes by the rules of `check`.
 *
 * A lockfile that can't be read stops pnpm whatever the policy says: nothing is known of what it
 * leads to.
 *
 * @throws Error with everything that was found at error level.
 */
export function refuseLockfiles({ lockfiles, workspaceFile }: Exhibits, bench: Bench): void {
  const { registry, policy, client } = bench
  const context = judgeContext({
    registry,
    isRegistryPinned: true,
    tarballs: policy.tarballs,
    clients: [client],
    manifests: lockfiles.flatMap(listManifests),
    workspaceFile,
    lockfiles,
  })
  const isUnreadable = lockfiles.some(({ content }) => content.type === 'unreadable')
  const insisted: RuleLevels = isUnreadable ? { 'unknown-source': 'error' } : {}
  const found = evaluate(context, { ...policy.levels, ...ownRules, ...insisted }).filter(
    ({ severity }) => severity === 'error',
  )
  if (found.length === 0) return
  throw createFindingsError('nothing is installed, because of what pnpm would fetch', found)
}

/** Judges the lockfile that pnpm hands to its hooks; `file` names it. */
export function refuseResolved(
  lockfile: unknown,
  { file, bench }: { readonly file: string; readonly bench: Bench },
): void {
  const inUse = { file, isAuthoritative: true, content: readContent(lockfile) }
  refuseLockfiles({ lockfiles: [{ ...inUse, client: 'pnpm' }] }, bench)
}

function readContent(lockfile: unknown): LockfileInUse['content'] {
  try {
    return { type: 'read', lockfile: readResolvedLockfile(lockfile) }
  } catch (error) {
    if (!(error instanceof JsrGuardError)) throw error
    const { message, line, hint } = error
    return { type: 'unreadable', reason: message, line, hint }
  }
}

/**
 * The manifests as the lockfile has them: what is asked for is compared with what stands in its
 * place. pnpm itself compares them with the manifests on the disk.
 */
function listManifests({ file, content }: LockfileInUse): Manifest[] {
  if (content.type === 'unreadable') return []
  return content.lockfile.projects.map((project) => createManifest(file, project))
}

function createManifest(file: string, project: LockedProject): Manifest {
  return {
    file,
    folder: project.folder,
    name: undefined,
    dependencies: Array.from(project.dependencies, ([alias, specifier]) =>
      createDependency(alias, specifier),
    ),
    bundled: [],
    workspaces: [],
  }
}

function createDependency(alias: string, specifier: string): ManifestDependency {
  const path = ['dependencies', alias]
  return { path, alias, specifier, isOptionalPeer: false, line: 0, offset: 0, length: 0 }
}
