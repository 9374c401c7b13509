import { toRecord } from '../json/record.ts'
import type { DependencyGraph, GraphPackage } from './dependency-path.ts'
import { readLockfileJson } from './lockfile-json.ts'
import { parseVltId } from './vlt-id.ts'
import { readEdge } from './vlt.ts'

/** What asks for what in a `vlt-lock.json`, whose edges say it. */
export function readVltGraph(text: string): DependencyGraph {
  const { value, lineOf } = readLockfileJson(text)
  const nodes = toRecord(toRecord(value)['nodes'])
  const asked = new Map<string, string[]>()
  for (const [key, found] of Object.entries(toRecord(toRecord(value)['edges']))) {
    const edge = readEdge(key, found)
    if (edge === undefined) continue
    const from = key.slice(0, key.indexOf(' '))
    const known = asked.get(from)
    if (known === undefined) asked.set(from, [edge.to])
    else known.push(edge.to)
  }
  const packages = new Map<string, GraphPackage>()
  for (const id of Object.keys(nodes)) {
    if (folderOf(id) !== undefined) continue
    const line = (): number | undefined => lineOf('nodes', id)
    packages.set(id, { label: labelOf(id, nodes[id]), line, keys: () => asked.get(id) ?? [] })
  }
  const projects = Array.from(asked).flatMap(([id, keys]) => {
    const folder = folderOf(id)
    if (folder === undefined) return []
    return [{ label: folder === '' ? 'package.json' : `${folder}/package.json`, keys }]
  })
  return { projects, packages }
}

/** The folder of a project; `undefined` for a package. */
function folderOf(id: string): string | undefined {
  const place = parseVltId(id)
  if (place?.type === 'workspace') return place.folder
  return place?.type === 'file' && place.folder === '.' ? '' : undefined
}

function labelOf(id: string, node: unknown): string {
  const place = parseVltId(id)
  if (place?.type === 'registry') return `${place.name}@${place.version}`
  const name: unknown = Array.isArray(node) ? node[1] : undefined
  return typeof name === 'string' ? name : id
}
