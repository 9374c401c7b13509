import { JsrGuardError } from '../errors.ts'
import type { StrictJson } from '../json/strict-json.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { splitIntegrity } from './integrity.ts'
import type { LockedPackage, LockedProject, Lockfile, PackageSource } from './locked-package.ts'
import { isRecord, toRecord } from '../json/record.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { isExactVersion, isNpmName } from './npm-key.ts'
import { createSourceReader } from './source-reader.ts'
import { parseSource, unknownSource } from './source.ts'
import { isNameOfId, parseVltId, type VltId } from './vlt-id.ts'

/**
 * Reads vlt's `vlt-lock.json`, lockfileVersion 1.
 *
 * Returns one package per node, in file order, and further ones for each alias beyond the first.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what vlt would not write;
 *   `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://github.com/vltpkg/vltpkg (`src/graph/src/lockfile/types.ts`)
 */
export function readVltLockfile(text: string): Lockfile {
  const json = readLockfileJson(text)
  const { options, nodes, edges } = readTables(json)
  const { aliases, projects } = readEdges(edges, json)
  const context: NodeContext = { lineOf: json.lineOf, options, readAddress: createSourceReader() }
  const packages: LockedPackage[] = []
  for (const id in nodes) {
    const locked = readNode(id, nodes[id], context)
    if (locked === undefined) continue
    const others = aliases.get(id)
    if (others === undefined) packages.push(locked)
    else for (const alias of others) packages.push({ ...locked, alias })
  }
  return { packages, projects, transitiveSpecifiers: [] }
}

type Fields = Readonly<Record<string, unknown>>

const relock = 'restore it, or remove it and lock anew: vlt install'

function damaged(message: string, line: number | undefined): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line })
}

const knownFields: ReadonlySet<string> = new Set(['lockfileVersion', 'options', 'nodes', 'edges'])

function readTables({ value, lineOf }: StrictJson): {
  readonly options: Fields
  readonly nodes: Fields
  readonly edges: Fields
} {
  if (!isRecord(value)) throw damaged('is no JSON object', undefined)
  const { lockfileVersion, options, nodes, edges } = value
  if (lockfileVersion !== 1) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_LOCKFILE_VERSION',
      `is of version ${JSON.stringify(lockfileVersion)}; version 1 is known`,
      { hint: relock, line: lineOf('lockfileVersion') },
    )
  }
  const foreign = Object.keys(value).find((field) => !knownFields.has(field))
  if (foreign !== undefined) {
    throw damaged(`has ${quoteShort(foreign)}, which vlt does not write`, lineOf(foreign))
  }
  if (!isRecord(options)) throw damaged('has no object "options"', lineOf('options'))
  if (!isRecord(nodes)) throw damaged('has no object "nodes"', lineOf('nodes'))
  if (!isRecord(edges)) throw damaged('has no object "edges"', lineOf('edges'))
  return { options, nodes, edges }
}

interface NodeContext {
  readonly lineOf: StrictJson['lineOf']
  readonly options: Fields
  readonly readAddress: (text: string) => PackageSource
}

/** `undefined` for a folder of the project's own. */
function readNode(id: string, node: unknown, context: NodeContext): LockedPackage | undefined {
  // Not the whole context, which would stay in memory as long as the package does.
  const { lineOf } = context
  const line = () => lineOf('nodes', id)
  if (!Array.isArray(node)) throw damaged(`has a node ${quoteShort(id)} that is no list`, line())
  // What it says of itself; the elements behind are none of ours.
  const name = readText(node[1], id, line)
  const integrity = readText(node[2], id, line)
  const resolved = readText(node[3], id, line)
  const place = parseVltId(id)
  if (place === undefined) {
    throw damaged(`has a node ${quoteShort(id)}, which vlt does not write`, line())
  }
  if (isOwnFolder(place)) return undefined
  const known = place.type === 'registry' ? place.name : (name ?? id)
  return {
    alias: known,
    name: known,
    version: place.type === 'registry' ? place.version : undefined,
    source: readSource(place, { name, resolved }, context),
    integrity: splitIntegrity(integrity),
    key: id,
    line,
  }
}

function isOwnFolder(place: VltId): boolean {
  return place.type === 'workspace' || (place.type === 'file' && place.folder === '.')
}

function readText(text: unknown, id: string, line: () => number | undefined): string | undefined {
  if (typeof text === 'string') return text
  if (text === undefined || text === null) return undefined
  throw damaged(`has a node ${quoteShort(id)} with something else than text`, line())
}

function readSource(
  place: VltId,
  { name, resolved }: { readonly name: string | undefined; readonly resolved: string | undefined },
  context: NodeContext,
): PackageSource {
  if (place.type === 'file' || place.type === 'workspace')
    return { type: 'local', path: place.folder }
  if (place.type === 'remote') return parseSource(place.address)
  if (place.type === 'git') return parseSource(gitAddress(place.address))
  const isPlain = isNpmName(place.name) && isExactVersion(place.version)
  if (!isPlain) return unknownSource(`${place.name}@${place.version}`)
  if (name !== undefined && name !== place.name) {
    return unknownSource(`${name} under the id of ${place.name}`)
  }
  return resolved === undefined || resolved === ''
    ? findRegistry(place, context)
    : context.readAddress(resolved)
}

type RegistryId = Extract<VltId, { type: 'registry' }>

/**
 * Without an address of its own a package comes from where the options in the lockfile say, which
 * vlt writes wherever they are not the defaults; else the configuration decides.
 */
function findRegistry(place: RegistryId, { options, readAddress }: NodeContext): PackageSource {
  const { registry, name, version } = place
  const address = findAddress(place, options)
  if (typeof address === 'string') return readAddress(conventional(address, name, version))
  if (registry === 'jsr') return { type: 'native' }
  return isDefault(registry) ? { type: 'route' } : unknownSource(registry)
}

function findAddress({ registry, name }: RegistryId, options: Fields): unknown {
  if (/^https?:\/\//i.test(registry)) return registry
  const inOptions = (table: string, key: string): unknown => toRecord(options[table])[key]
  if (registry === 'jsr') return inOptions('jsr-registries', 'jsr')
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : ''
  return (
    inOptions('scoped-registries', scope) ??
    inOptions('scope-registries', scope) ??
    inOptions('registries', registry) ??
    (isDefault(registry) ? options['registry'] : undefined)
  )
}

function isDefault(registry: string): boolean {
  return registry === 'npm' || registry === ''
}

function conventional(registry: string, name: string, version: string): string {
  const base = registry.endsWith('/') ? registry : `${registry}/`
  return `${base}${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
}

function gitAddress(address: string): string {
  return /^https?:|^ssh:/i.test(address) ? `git+${address}` : address
}

interface Edges {
  /** By id, the names that a package is imported by, where one of them is not its own. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
  readonly projects: readonly LockedProject[]
}

/** `from alias`: `type specifier to`. */
function readEdges(edges: Fields, { lineOf }: StrictJson): Edges {
  const aliases = new Map<string, Set<string>>()
  const projects = new Map<string, ProjectEdges>()
  for (const key in edges) {
    const edge = readEdge(key, edges[key])
    if (edge === undefined) {
      throw damaged(`has an edge ${quoteShort(key)} that vlt does not write`, lineOf('edges', key))
    }
    const { alias, to } = edge
    if (to !== 'MISSING' && !isNameOfId(to, alias)) aliases.set(to, new Set())
    if (!key.startsWith('~')) addToProject(projects, key, edge)
  }
  collectAliases(aliases, edges)
  const line = () => lineOf('edges')
  return {
    aliases,
    projects: Array.from(projects, ([folder, project]) => ({ folder, ...project, line })),
  }
}

/** Most packages go by their own name alone, so that a set for each would be made for nothing. */
function collectAliases(aliases: ReadonlyMap<string, Set<string>>, edges: Fields): void {
  if (aliases.size === 0) return
  for (const key in edges) {
    const edge = readEdge(key, edges[key])
    if (edge !== undefined) aliases.get(edge.to)?.add(edge.alias)
  }
}

interface ProjectEdges {
  readonly dependencies: Map<string, string>
  readonly keys: Map<string, string>
}

function addToProject(
  projects: Map<string, ProjectEdges>,
  key: string,
  { alias, specifier, to }: Edge,
): void {
  const place = parseVltId(key.slice(0, key.indexOf(' ')))
  if (place?.type !== 'file' && place?.type !== 'workspace') return
  const folder = place.folder === '.' ? '' : place.folder
  const project = projects.get(folder) ?? { dependencies: new Map(), keys: new Map() }
  projects.set(folder, project)
  project.dependencies.set(alias, specifier)
  if (to !== 'MISSING') project.keys.set(alias, to)
}

interface Edge {
  readonly alias: string
  readonly specifier: string
  readonly to: string
}

/** Reads one of `edges`; `undefined` for what vlt does not write. */
export function readEdge(key: string, value: unknown): Edge | undefined {
  const middle = key.indexOf(' ')
  if (typeof value !== 'string' || middle < 1 || key.includes(' ', middle + 1)) return undefined
  const start = value.indexOf(' ')
  const end = value.lastIndexOf(' ')
  if (start < 1 || end <= start) return undefined
  return {
    alias: key.slice(middle + 1),
    specifier: value.slice(start + 1, end),
    to: value.slice(end + 1),
  }
}
