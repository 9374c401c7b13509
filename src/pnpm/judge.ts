import type { Policy, RuleLevels } from '../config/policy-file.ts'
import type { LockedProject } from '../lockfile/locked-package.ts'
import { readResolvedLockfile } from '../lockfile/pnpm-resolved.ts'
import type { Manifest, ManifestDependency } from '../manifest/package-json.ts'
import type { Finding } from '../finding.ts'
import { parseSource } from '../lockfile/source.ts'
import { evaluate } from '../policy/evaluate.ts'
import { readLockfileContent } from '../policy/lockfile-content.ts'
import { applyIgnores } from '../policy/ignore.ts'
import { judgeContext } from '../policy/judge.ts'
import type { ClientInUse, LockfileInUse, SpecifierFile } from '../policy/rule.ts'
import { createFindingsError } from './hook-error.ts'

/** What lockfiles are judged by. */
export interface Bench {
  readonly registry: URL
  readonly policy: Policy
  /** pnpm, with where it goes. */
  readonly client: ClientInUse
  /** `YYYY-MM-DD`, in UTC. */
  readonly today: string
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
 * @throws Error with everything that was found at error level.
 */
export function refuseLockfiles(exhibits: Exhibits, bench: Bench): void {
  const found = findErrors(exhibits, { ...bench.policy.levels, ...ownRules }, bench)
  if (found.length > 0) throw createFindingsError(stopped, found)
}

const stopped = 'nothing is installed, because of what pnpm would fetch'

/**
 * What is at error level. A lockfile that can't be read is, whatever the levels and ignores are: nothing
 * is known of what it leads to.
 */
function findErrors(exhibits: Exhibits, levels: RuleLevels, bench: Bench): Finding[] {
  const { lockfiles, workspaceFile } = exhibits
  const { registry, policy, client, today } = bench
  const { scopes, tarballs, packages, ignores } = policy
  const context = judgeContext({
    registry,
    isRegistryPinned: true,
    scopes,
    tarballs,
    packages,
    clients: [client],
    manifests: lockfiles.flatMap(listManifests),
    workspaceFile,
    lockfiles,
  })
  const isUnreadable = lockfiles.some(({ content }) => content.type === 'unreadable')
  const insisted: RuleLevels = isUnreadable ? { 'unknown-source': 'error' } : {}
  const inForce = { ...levels, ...insisted }
  const found = evaluate(context, inForce)
  const { findings } = applyIgnores(found, {
    ignores: ignores.filter(({ rule }) => insisted[rule] === undefined),
    policyFile: undefined,
    levels: inForce,
    judged: () => true,
    isPartial: true,
    today,
  })
  return findings.filter(({ severity }) => severity === 'error')
}

/**
 * Judges an `@jsr` package as the registry answers it, before its tarball is fetched. What pins it is not
 * pnpm's lockfile yet.
 */
export function refuseAnswer(
  {
    name,
    version,
    tarball,
  }: { readonly name: string; readonly version: string | undefined; readonly tarball: string },
  bench: Bench,
): void {
  const source = parseSource(tarball)
  const line = () => undefined
  const locked = { alias: name, name, version, source, integrity: [], key: name, line }
  const lockfile = { packages: [locked], projects: [], transitiveSpecifiers: [] }
  const file = "the registry's answer"
  const inUse = { file, client: 'pnpm', isAuthoritative: false } as const
  const levels = { ...bench.policy.levels, ...ownRules, ...unpinned }
  const lockfiles = [{ ...inUse, content: { type: 'read', lockfile } as const }]
  const found = findErrors({ lockfiles }, levels, bench)
  if (found.length > 0) throw createFindingsError(stopped, found.map(adviseOnAnswer))
}

/** There is no lockfile to change: the registry has to. */
function adviseOnAnswer(finding: Finding): Finding {
  if (!sourceRules.has(finding.rule)) return finding
  const hint =
    'let the registry rewrite dist.tarball; other places belong in "tarballs" of the policy'
  return { ...finding, hint }
}

const sourceRules: ReadonlySet<string> = new Set([
  'direct-resolution',
  'foreign-resolution',
  'unknown-source',
])

const unpinned: RuleLevels = { 'missing-integrity': 'off', 'weak-integrity': 'off' }

/** Judges the lockfile that pnpm hands to its hooks; `file` names it. */
export function refuseResolved(
  lockfile: unknown,
  { file, bench }: { readonly file: string; readonly bench: Bench },
): void {
  const inUse = {
    file,
    isAuthoritative: true,
    content: readLockfileContent(() => readResolvedLockfile(lockfile)),
  }
  refuseLockfiles({ lockfiles: [{ ...inUse, client: 'pnpm' }] }, bench)
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
