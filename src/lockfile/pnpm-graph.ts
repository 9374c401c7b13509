import type { DependencyGraph, GraphPackage, GraphProject } from './dependency-path.ts'
import { isRecord } from '../json/record.ts'
import { readPnpmDocuments, type Fields, type PnpmDocument } from './pnpm-document.ts'
import { findReferredKey, withoutSuffix } from './pnpm-key.ts'
import { readPnpmReferences } from './pnpm-references.ts'

/**
 * What asks for what in a `pnpm-lock.yaml`. A package that stands there once for each set of peers
 * is one here: the entry that findings are about has no peers.
 */
export function readPnpmGraph(text: string): DependencyGraph {
  const graphs = readPnpmDocuments(text).map(readDocument)
  return {
    projects: graphs.flatMap(({ projects }) => projects),
    packages: new Map(graphs.flatMap(({ packages }) => [...packages])),
  }
}

function readDocument(document: PnpmDocument): DependencyGraph {
  const { format, packages, snapshots, lineOf } = document
  const asked = new Map<string, Set<string>>()
  for (const key in snapshots) {
    const bare = withoutSuffix(key, format)
    const keys = asked.get(bare) ?? new Set()
    for (const next of listKeys(document, snapshots[key])) keys.add(next)
    asked.set(bare, keys)
  }
  const nodes = Object.keys(packages).map((key): [string, GraphPackage] => {
    const bare = withoutSuffix(key, format)
    const label = bare.replace(/^\//, '')
    return [
      bare,
      { label, line: () => lineOf('packages', key), keys: () => [...(asked.get(bare) ?? [])] },
    ]
  })
  return { projects: listProjects(document), packages: new Map(nodes) }
}

function listProjects(document: PnpmDocument): GraphProject[] {
  const { format } = document
  return readPnpmReferences(document).projects.map(({ folder, keys }) => ({
    label: folder === '' ? 'package.json' : `${folder}/package.json`,
    keys: [...(keys?.values() ?? [])].map((key) => withoutSuffix(key, format)),
  }))
}

function listKeys({ format }: PnpmDocument, snapshot: unknown): string[] {
  if (!isRecord(snapshot)) return []
  const groups = [snapshot['dependencies'], snapshot['optionalDependencies']].filter(isRecord)
  return groups.flatMap((group: Fields) =>
    Object.entries(group).flatMap(([alias, value]) => {
      const reference = isRecord(value) ? value['version'] : value
      const key =
        typeof reference === 'string' ? findReferredKey(reference, alias, format) : undefined
      return key === undefined ? [] : [withoutSuffix(key, format)]
    }),
  )
}
