import { readBunGraph } from './bun-graph.ts'
import { readDenoGraph } from './deno-graph.ts'
import { findLockfileFormat, isYarnBerry, type LockfileFormat } from './formats.ts'
import { lockfileFolder, relativeFolder } from './lockfile-folder.ts'
import { readNpmGraph } from './npm-graph.ts'
import { readPnpmGraph } from './pnpm-graph.ts'
import { readVltGraph } from './vlt-graph.ts'
import { readYarnBerryGraph } from './yarn-berry-graph.ts'
import { readYarnGraph } from './yarn-graph.ts'

/** What asks for what in a lockfile. */
export interface DependencyGraph {
  /** The manifests of the projects, and the keys of what they ask for. */
  readonly projects: readonly GraphProject[]
  readonly packages: ReadonlyMap<string, GraphPackage>
}

/** A project, for people its manifest. */
export interface GraphProject {
  readonly label: string
  readonly keys: readonly string[]
}

/** A locked package. */
export interface GraphPackage {
  /** Name and version. */
  readonly label: string
  /** 1-based line of its entry. */
  readonly line: () => number | undefined
  /** The keys of what it asks for. */
  readonly keys: () => readonly string[]
}

/** A manifest, for lockfiles that don't say what the project asks for. */
export interface GraphManifest {
  /** Path, and the folder that it lies in; relative, `''` is the root. */
  readonly file: string
  readonly folder: string
  readonly dependencies: ReadonlyArray<{ readonly alias: string; readonly specifier: string }>
}

/** The shortest way from a manifest to the package whose entry stands on a line. */
export type PathLookup = (line: number, packageName: string) => readonly string[] | undefined

type GraphReader = (text: string, manifests: readonly GraphManifest[]) => DependencyGraph

/** How the graph of each client's lockfiles is read: the one list. */
const readers: Readonly<Record<LockfileFormat['client'], GraphReader>> = {
  npm: readNpmGraph,
  pnpm: readPnpmGraph,
  yarn: readYarnGraph,
  'yarn-berry': readYarnBerryGraph,
  bun: readBunGraph,
  deno: readDenoGraph,
  vlt: readVltGraph,
}

/**
 * Finds out what brings the packages of a lockfile in, which has been read without an error before.
 * `undefined` for what is no lockfile.
 *
 * The file, the manifests and what is found are relative to the project.
 */
export function createPathLookup(
  file: string,
  text: string,
  manifests: readonly GraphManifest[] = [],
): PathLookup | undefined {
  const client = findLockfileFormat(file, isYarnBerry(text) ? 'yarn-berry' : undefined)?.client
  if (client === undefined) return undefined
  const folder = lockfileFolder(file)
  const own = manifests.filter((manifest) => relativeFolder(manifest.folder, folder) !== undefined)
  const graph = readers[client](text, own)
  // Yarn 1 has the names of the manifests themselves; all other lockfiles, paths from where they lie.
  if (folder === '' || client === 'yarn') return indexPaths(graph)
  const projects = graph.projects.map(({ label, keys }) => ({ label: `${folder}/${label}`, keys }))
  return indexPaths({ ...graph, projects })
}

function indexPaths(graph: DependencyGraph): PathLookup {
  const parents = walk(graph)
  const byLine = new Map<number, string[]>()
  for (const [key, { line }] of graph.packages) {
    const at = line()
    if (at === undefined) continue
    const keys = byLine.get(at)
    if (keys === undefined) byLine.set(at, [key])
    else keys.push(key)
  }
  return (line, packageName) => {
    const keys = byLine.get(line) ?? []
    // A lockfile without line ends has all of its entries on one line.
    const named = keys.filter((key) => isLabelOf(graph.packages.get(key), packageName))
    const [key] = named.length > 0 ? named : keys
    return key === undefined || named.length > 1 ? undefined : trace(key, graph, parents)
  }
}

function isLabelOf(locked: GraphPackage | undefined, name: string): boolean {
  return locked?.label === name || locked?.label.startsWith(`${name}@`) === true
}

/** Level by level, so that the first way to a package is a shortest one; in the order of the file. */
function walk({ projects, packages }: DependencyGraph): ReadonlyMap<string, string | GraphProject> {
  const parents = new Map<string, string | GraphProject>()
  const pending: string[] = []
  const visit = (key: string, from: string | GraphProject): void => {
    if (parents.has(key) || !packages.has(key)) return
    parents.set(key, from)
    pending.push(key)
  }
  for (const project of projects) for (const key of project.keys) visit(key, project)
  // A list that grows while it is walked is walked to its new end.
  for (const key of pending) {
    for (const next of packages.get(key)?.keys() ?? []) visit(next, key)
  }
  return parents
}

/** Longer ones tell nobody anything, and a hostile lockfile may have as long ones as it has packages. */
const maxSteps = 30

function trace(
  key: string,
  { packages }: DependencyGraph,
  parents: ReadonlyMap<string, string | GraphProject>,
): readonly string[] | undefined {
  const steps: string[] = []
  for (let at = key; steps.length < maxSteps;) {
    const parent = parents.get(at)
    if (parent === undefined) return undefined
    const label = packages.get(at)?.label ?? at
    // A patch and what it is put on are two packages of one name.
    if (steps[0] !== label) steps.unshift(label)
    if (typeof parent !== 'string') return [parent.label, ...steps]
    at = parent
  }
  return ['…', ...steps]
}
