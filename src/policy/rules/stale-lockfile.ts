import type { LockedProject } from '../../lockfile/locked-package.ts'
import { lockfileFolder, relativeFolder } from '../../lockfile/lockfile-folder.ts'
import type { Manifest } from '../../manifest/package-json.ts'
import { detectJsrTarget, isDeclared, isRequested, type JsrTarget } from '../jsr-target.ts'
import type { JudgedContext, JudgedLockfile, Rule, RuleFinding } from '../rule.ts'

/**
 * JSR dependencies only, folder by folder, and both sides translated first: a lockfile made in a
 * translated run has `npm:@jsr/…` where the manifest has `jsr:`.
 *
 * A project without a lockfile is not stale. The record in `node_modules` and what another client
 * left behind are not compared: nobody keeps them in step. Lockfiles that don't say what a folder
 * asks for are only searched for the packages. Specifiers that name no package are
 * `invalid-specifier`'s, and optional peers need not be there.
 */
export const staleLockfile: Rule = {
  id: 'stale-lockfile',
  summary: 'Manifests and lockfile name the same JSR dependencies.',
  explanation: `A manifest asks for a JSR package that the lockfile doesn't have, or for another range, or the lockfile has one that no manifest asks for any more.

What was judged is then not what the next install gets: npm ci stops, and npm install resolves the difference anew, from wherever the registry's answer leads.

Lock again with jsr-guard install, which judges what it resolved before anything is fetched, and commit the lockfile together with the manifest.`,

  *check({ manifests, judged, workspaceFile }: JudgedContext) {
    for (const lockfile of judged) {
      if (!lockfile.isAuthoritative) continue
      const base = lockfileFolder(lockfile.file)
      const isPnpm = lockfile.client?.name === 'pnpm'
      const beside = isPnpm ? listBeside(manifests, workspaceFile) : []
      for (const written of manifests) {
        const folder = relativeFolder(written.folder, base)
        const manifest = resolveSpecifiers(written, beside)
        if (folder !== undefined) yield* compare(manifest, lockfile, folder)
      }
    }
  },
}

type Dependencies = Manifest['dependencies']

/** pnpm's catalogs and overrides: in a file of their own, the latter in the root's manifest as well. */
function listBeside(
  manifests: readonly Manifest[],
  workspaceFile: JudgedContext['workspaceFile'],
): Dependencies {
  const root = manifests.find(({ folder }) => folder === '')
  const own = root?.dependencies.filter(({ path }) => path[0] === 'pnpm') ?? []
  return [...(workspaceFile?.dependencies ?? []), ...own]
}

/** A manifest as pnpm takes it: with what overrides make of it, and what `catalog:` stands for. */
function resolveSpecifiers(manifest: Manifest, beside: Dependencies): Manifest {
  if (beside.length === 0) return manifest
  const overrides = beside.filter(isPlainOverride)
  const dependencies = manifest.dependencies.map((dependency) => {
    if (!isDeclared(dependency)) return dependency
    const { alias, specifier } = dependency
    const override = overrides.find((candidate) => candidate.alias === alias)?.specifier
    return { ...dependency, specifier: resolveCatalog(override ?? specifier, alias, beside) }
  })
  return { ...manifest, dependencies }
}

/** An override of a package wherever it is asked for: its key is the name alone. */
function isPlainOverride({ path, alias }: Dependencies[number]): boolean {
  return path.at(-2) === 'overrides' && path.at(-1) === alias
}

function resolveCatalog(specifier: string, alias: string, beside: Dependencies): string {
  if (!specifier.startsWith('catalog:')) return specifier
  const name = specifier.slice('catalog:'.length).trim() || 'default'
  const found = beside.find((candidate) => {
    const [field, catalog] = candidate.path
    if (candidate.alias !== alias) return false
    return field === 'catalog' ? name === 'default' : field === 'catalogs' && catalog === name
  })
  return found?.specifier ?? specifier
}

function* compare(
  manifest: Manifest,
  { file, lockfile, jsrPackages }: JudgedLockfile,
  folder: string,
): Iterable<RuleFinding> {
  const project = lockfile.projects.find((candidate) => candidate.folder === folder)
  const names = new Set(jsrPackages.map(({ locked }) => locked.name))
  // Asked for only where there is something to say: the first line takes a walk over the lockfile.
  const place = () => ({ file, line: project?.line(), hint: 'run jsr-guard install to lock again' })
  const hasProjects = lockfile.projects.length > 0
  for (const [alias, targets] of readAsked(manifest)) {
    const [target] = targets
    if (target === undefined) continue
    const fault = hasProjects
      ? detectFault(targets, project?.dependencies.get(alias), alias)
      : undefined
    const missing = names.has(target.name) ? undefined : 'has no such package'
    if (fault === undefined && missing === undefined) continue
    const message = `${manifest.file} asks for ${describe(target)}, and the lockfile ${fault ?? missing}`
    yield { ...place(), message, package: target.name }
  }
  if (project === undefined) return
  for (const { alias, target } of listLeftOver(project, manifest)) {
    const message = `the lockfile has ${describe(target)} as ${alias}, which ${manifest.file} doesn't ask for`
    yield { ...place(), message, package: target.name }
  }
}

/** What only the lockfile says that the project asks for. */
function listLeftOver(
  { dependencies }: LockedProject,
  manifest: Manifest,
): Array<{ alias: string; target: JsrTarget }> {
  const declared = new Set(manifest.dependencies.filter(isDeclared).map(({ alias }) => alias))
  return Array.from(dependencies).flatMap(([alias, specifier]) => {
    const target = declared.has(alias) ? undefined : detectJsrTarget(alias, specifier)
    return target === undefined ? [] : [{ alias, target }]
  })
}

/** What a manifest asks for by alias. More than one where several fields name it: the lockfile keeps one of them. */
function readAsked({ dependencies }: Manifest): ReadonlyMap<string, readonly JsrTarget[]> {
  const asked = new Map<string, JsrTarget[]>()
  for (const dependency of dependencies.filter(isRequested)) {
    const target = detectJsrTarget(dependency.alias, dependency.specifier)
    if (target === undefined) continue
    asked.set(dependency.alias, [...(asked.get(dependency.alias) ?? []), target])
  }
  return asked
}

/** What the lockfile says that the project asks for instead; `undefined` where they agree. */
function detectFault(
  targets: readonly JsrTarget[],
  specifier: string | undefined,
  alias: string,
): string | undefined {
  if (specifier === undefined) return "doesn't know of it"
  const locked = detectJsrTarget(alias, specifier)
  if (locked === undefined) return 'has another package in its place'
  const isSame = targets.some(({ name, range }) => name === locked.name && range === locked.range)
  return isSame ? undefined : `has ${describe(locked)}`
}

function describe({ name, range }: JsrTarget): string {
  return `${name}@${range}`
}
