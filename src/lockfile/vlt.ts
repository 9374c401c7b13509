import { JsrGuardError } from '../errors.ts'
import type { StrictJson } from '../json/strict-json.ts'
import { quoteShort } from '../specifier/jsr-name.ts'
import { splitIntegrity } from './integrity.ts'
import type { LockedPackage, LockedProject, Lockfile, PackageSource } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { isNpmName } from './npm-key.ts'
import { parseSource, unknownSource } from './source.ts'
import { parseVltId, type VltId } from './vlt-id.ts'

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
  const packages: LockedPackage[] = []
  for (const id of Object.keys(nodes)) {
    const locked = readNode(id, nodes[id], { json, options })
    if (locked === undefined) continue
    for (const alias of aliases.get(id) ?? [locked.alias]) {
      packages.push(alias === locked.alias ? locked : { ...locked, alias })
    }
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
  readonly json: StrictJson
  readonly options: Fields
}

/** `undefined` for a folder of the project's own. */
function readNode(id: string, node: unknown, context: NodeContext): LockedPackage | undefined {
  const line = () => context.json.lineOf('nodes', id)
  const { name, integrity, resolved } = readFields(id, node, line)
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

/** What a node says of itself; the elements behind it are none of ours. */
interface NodeFields {
  readonly name: string | undefined
  readonly integrity: string | undefined
  readonly resolved: string | undefined
}

function readFields(id: string, node: unknown, line: () => number | undefined): NodeFields {
  if (!Array.isArray(node)) throw damaged(`has a node ${quoteShort(id)} that is no list`, line())
  const [name, integrity, resolved] = node.slice(1, 4).map((text: unknown) => {
    if (text === undefined || text === null || typeof text === 'string') return text ?? undefined
    throw damaged(`has a node ${quoteShort(id)} with something else than text`, line())
  })
  return { name, integrity, resolved }
}

const exactVersion = /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/

function readSource(
  place: VltId,
  { name, resolved }: Pick<NodeFields, 'name' | 'resolved'>,
  { options }: NodeContext,
): PackageSource {
  if (place.type === 'file' || place.type === 'workspace')
    return { type: 'local', path: place.folder }
  if (place.type === 'remote') return parseSource(place.address)
  if (place.type === 'git') return parseSource(gitAddress(place.address))
  const isPlain = isNpmName(place.name) && exactVersion.test(place.version)
  if (!isPlain) return unknownSource(`${place.name}@${place.version}`)
  if (name !== undefined && name !== place.name) {
    return unknownSource(`${name} under the id of ${place.name}`)
  }
  return resolved === undefined || resolved === ''
    ? findRegistry(place, options)
    : parseSource(resolved)
}

type RegistryId = Extract<VltId, { type: 'registry' }>

/**
 * Without an address of its own a package comes from where the options in the lockfile say, which
 * vlt writes wherever they are not the defaults; else the configuration decides.
 */
function findRegistry(place: RegistryId, options: Fields): PackageSource {
  const { registry, name, version } = place
  const address = findAddress(place, options)
  if (typeof address === 'string') return parseSource(conventional(address, name, version))
  if (registry === 'jsr') return { type: 'native' }
  return isDefault(registry) ? { type: 'route' } : unknownSource(registry)
}

function findAddress({ registry, name }: RegistryId, options: Fields): unknown {
  if (/^https?:\/\//i.test(registry)) return registry
  const inOptions = (table: string, key: string): unknown => fieldsOf(options[table])[key]
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

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {}
}

interface Edges {
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
  readonly projects: readonly LockedProject[]
}

/** `from alias`: `type specifier to`. */
function readEdges(edges: Fields, { lineOf }: StrictJson): Edges {
  const aliases = new Map<string, Set<string>>()
  const projects = new Map<
    string,
    { dependencies: Map<string, string>; keys: Map<string, string> }
  >()
  for (const [key, value] of Object.entries(edges)) {
    const edge = readEdge(key, value)
    if (edge === undefined) {
      throw damaged(`has an edge ${quoteShort(key)} that vlt does not write`, lineOf('edges', key))
    }
    const { from, alias, specifier, to } = edge
    if (to !== 'MISSING') addAlias(aliases, to, alias)
    const place = from.startsWith('~') ? undefined : parseVltId(from)
    if (place === undefined || (place.type !== 'file' && place.type !== 'workspace')) continue
    const folder = place.folder === '.' ? '' : place.folder
    const project = projects.get(folder) ?? { dependencies: new Map(), keys: new Map() }
    projects.set(folder, project)
    project.dependencies.set(alias, specifier)
    if (to !== 'MISSING') project.keys.set(alias, to)
  }
  const line = () => lineOf('edges')
  return {
    aliases,
    projects: Array.from(projects, ([folder, project]) => ({ folder, ...project, line })),
  }
}

/** An id names its package; only other names are kept apart. */
function addAlias(aliases: Map<string, Set<string>>, id: string, alias: string): void {
  const known = aliases.get(id)
  if (known === undefined) aliases.set(id, new Set([alias]))
  else known.add(alias)
}

interface Edge {
  readonly from: string
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
    from: key.slice(0, middle),
    alias: key.slice(middle + 1),
    specifier: value.slice(start + 1, end),
    to: value.slice(end + 1),
  }
}
