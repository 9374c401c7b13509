import { findLockfileFormat, type LockfileFormat } from './formats.ts'
import { readNpmGraph } from './npm-graph.ts'
import { readPnpmGraph } from './pnpm-graph.ts'

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

/** The shortest way from a manifest to the package whose entry stands on a line. */
export type PathLookup = (line: number, packageName: string) => readonly string[] | undefined

const readers: Readonly<
  Partial<Record<LockfileFormat['client'], (text: string) => DependencyGraph>>
> = { npm: readNpmGraph, pnpm: readPnpmGraph }

/**
 * Finds out what brings the packages of a lockfile in, which has been read without an error before.
 * `undefined` for formats that this isn't known of.
 */
export function createPathLookup(file: string, text: string): PathLookup | undefined {
  const client = findLockfileFormat(file)?.client
  const read = client === undefined ? undefined : readers[client]
  return read === undefined ? undefined : indexPaths(read(text))
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
    steps.unshift(packages.get(at)?.label ?? at)
    if (typeof parent !== 'string') return [parent.label, ...steps]
    at = parent
  }
  return ['…', ...steps]
}
