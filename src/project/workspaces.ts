import { realpath } from 'node:fs/promises'
import path from 'node:path'
import { JsrGuardError } from '../errors.ts'
import { parseLocalTarget } from '../manifest/local-target.ts'
import { readPackageJson, type Manifest } from '../manifest/package-json.ts'
import { hasCode } from './error-code.ts'
import { readFileText } from './file-text.ts'

/** A manifest as it is on the disk. */
export interface LoadedManifest {
  readonly manifest: Manifest
  /** Absolute, with all links resolved. */
  readonly path: string
  readonly bytes: Buffer
  /** The bytes as text, byte order mark included. */
  readonly text: string
  /** Whether a link led out of the project to it: clients read it, but it isn't ours to change. */
  readonly isOutside: boolean
}

/** Where manifests are looked for, beside the root, its `workspaces` and local dependencies. */
export interface LoadManifestsOptions {
  /** More patterns of workspaces, such as those of `pnpm-workspace.yaml`. */
  readonly patterns?: readonly string[] | undefined
}

/**
 * The manifests that a client reads when it installs the project: the root's, those of its
 * workspaces as npm finds them, and those of folders that they depend on (`file:`), and so on.
 * Empty where the root has none and no patterns say that there are others.
 *
 * A folder outside the root is left alone. npm 10 to 12 link to it without looking at what it
 * depends on (with `install-links` they do look, and fail on a `jsr:` specifier by themselves), it
 * has its own lockfile and its own runs, and a manifest of this project must not be able to have
 * someone else's file changed. A link inside the project that leads out is another matter: npm
 * follows it and takes what is there for a part of the project, so that manifest is judged as well,
 * as `isOutside`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when one of them can't be read, or `workspaces`
 *   makes npm fail.
 */
export async function loadManifests(
  root: string,
  { patterns = [] }: LoadManifestsOptions = {},
): Promise<LoadedManifest[]> {
  const realRoot = await realpath(root)
  const first = await loadManifest(realRoot, realRoot)
  // pnpm needs no manifest in the root of a workspace; everyone else does.
  if (first === undefined && patterns.length === 0) return []
  const loaded = new Map(first === undefined ? [] : [[first.path, first]])
  const workspaces = await findWorkspaces(realRoot, [...ownPatterns(first), ...patterns])
  // Links may lead in circles; a manifest is entered once, by its real path.
  const pending = [...workspaces, ...(first === undefined ? [] : listTargets(first))]
  for (const folder of pending) {
    const next = await loadManifest(realRoot, folder)
    if (next === undefined || loaded.has(next.path)) continue
    loaded.set(next.path, next)
    if (!next.isOutside) pending.push(...listTargets(next))
  }
  return [...loaded.values()]
}

function ownPatterns(root: LoadedManifest | undefined): readonly string[] {
  return root === undefined ? [] : root.manifest.workspaces
}

/**
 * The folders of workspaces, as npm finds them by patterns; absolute paths.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` for patterns that make npm fail.
 */
export async function findWorkspaces(root: string, patterns: readonly string[]): Promise<string[]> {
  if (patterns.length === 0) return []
  // The import takes longer than everything else that is done here.
  const { default: mapWorkspaces } = await import('@npmcli/map-workspaces')
  try {
    const workspaces = await mapWorkspaces({ cwd: root, pkg: { workspaces: [...patterns] } })
    return [...workspaces.values()]
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ') : String(cause)
    throw new JsrGuardError('ERR_JSR_GUARD_MANIFEST', `the workspaces can't be found: ${reason}`, {
      file: 'package.json',
      hint: 'let "workspaces" match folders whose package.json is valid and has a name of its own',
      cause,
    })
  }
}

/**
 * Folders that a manifest depends on. What an override names is taken relative to the manifest that
 * holds it, though npm takes it relative to each that it applies to: where that differs, npm stops
 * at a `jsr:` specifier by itself.
 */
function listTargets({ manifest, path: file }: LoadedManifest): string[] {
  return manifest.dependencies.flatMap(({ specifier }) => {
    const target = parseLocalTarget(specifier)
    return target === undefined ? [] : [path.resolve(path.dirname(file), target)]
  })
}

async function loadManifest(root: string, folder: string): Promise<LoadedManifest | undefined> {
  if (!isPartOfProject(root, folder)) return undefined
  const written = path.join(folder, 'package.json')
  const real = await findRealPath(written)
  if (real === undefined) return undefined
  const isOutside = !isPartOfProject(root, real)
  const file = formatFile(root, isOutside ? written : real)
  const text = await loadText(real, file)
  const manifest = readPackageJson(text, file)
  return { manifest, path: real, bytes: Buffer.from(text), text, isOutside }
}

/** Whether a path is inside the root, and not in what a client installed there. */
function isPartOfProject(root: string, inner: string): boolean {
  const relative = path.relative(root, inner)
  if (path.isAbsolute(relative)) return false
  const segments = relative.split(path.sep)
  return segments[0] !== '..' && !segments.includes('node_modules')
}

function formatFile(root: string, file: string): string {
  return path.relative(root, file).replaceAll(path.sep, '/')
}

/** Failures that mean that there is no such file: a manifest may name what no disk could hold. */
const absentCodes = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']

async function findRealPath(file: string): Promise<string | undefined> {
  try {
    return await realpath(file)
  } catch (error) {
    if (hasCode(error, ...absentCodes)) return undefined
    throw error
  }
}

async function loadText(real: string, file: string): Promise<string> {
  const found = await readFileText(real)
  if (found.type === 'text') return found.text
  const reason = found.type === 'absent' ? 'it is gone' : found.reason
  throw new JsrGuardError('ERR_JSR_GUARD_MANIFEST', `${file} can't be read: ${reason}`, { file })
}
