import type { Lockfile, LockedProject } from '../lockfile/locked-package.ts'
import type { Manifest } from '../manifest/package-json.ts'
import { isJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { rewriteToNpm } from '../specifier/rewrite.ts'

/**
 * Whether a lockfile holds what the manifests ask for, so that an install changes nothing in it.
 *
 * Compares every dependency of every project folder, `jsr:` and its alias counting as the same, and
 * looks for an entry for each that is not optional. Overrides leave no trace in npm's lockfiles, so
 * with overrides it can't be told, and the answer is no.
 */
export function isLockfileCurrent(manifests: readonly Manifest[], lockfile: Lockfile): boolean {
  if (manifests.some(hasOverrides)) return false
  const projects = new Map(lockfile.projects.map((project) => [project.folder, project]))
  const installed = new Set(lockfile.packages.map(({ key }) => key))
  return manifests.every((manifest) => {
    const project = projects.get(manifest.folder)
    return project !== undefined && isProjectCurrent(manifest, project, installed)
  })
}

function hasOverrides({ dependencies }: Manifest): boolean {
  return dependencies.some(({ path }) => path[0] === 'overrides')
}

const dependencyFields = new Set([
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
])

function isProjectCurrent(
  manifest: Manifest,
  project: LockedProject,
  installed: ReadonlySet<string>,
): boolean {
  const wanted = manifest.dependencies.filter(({ path }) => dependencyFields.has(path[0] ?? ''))
  const aliases = new Set(wanted.map(({ alias }) => alias))
  return (
    aliases.size === project.dependencies.size &&
    wanted.every(({ alias, specifier, path }) => {
      const locked = project.dependencies.get(alias)
      const isLocked = locked !== undefined && toNpm(locked, alias) === toNpm(specifier, alias)
      const isNeeded = path[0] === 'dependencies' || path[0] === 'devDependencies'
      return isLocked && (!isNeeded || hasEntry(installed, manifest.folder, alias))
    })
  )
}

function toNpm(specifier: string, alias: string): string {
  return isJsrSpecifier(specifier) ? rewriteToNpm(specifier, alias) : specifier
}

/** Where npm looks for a package: in the folder's own `node_modules`, then in the ones above. */
function hasEntry(installed: ReadonlySet<string>, folder: string, alias: string): boolean {
  const parts = folder === '' ? [] : folder.split('/')
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const above = parts
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join('')
    if (installed.has(`${above}node_modules/${alias}`)) return true
  }
  return false
}
