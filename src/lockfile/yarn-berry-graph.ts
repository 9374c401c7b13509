import { isRecord, toRecord } from '../json/record.ts'
import { isJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { rewriteToNpm } from '../specifier/rewrite.ts'
import { readStrictYaml } from '../yaml/strict-yaml.ts'
import type { DependencyGraph, GraphPackage, GraphProject } from './dependency-path.ts'
import { createYarnKeys, type YarnKeys } from './yarn-keys.ts'
import { parseYarnLocator } from './yarn-locator.ts'

/**
 * What asks for what in a `yarn.lock` of Yarn 2 and later. A package that is patched is asked for
 * as its patch, and the patch asks for it; what is asked for with `jsr:` has an entry of its own,
 * which asks for the one of npm's.
 */
export function readYarnBerryGraph(text: string): DependencyGraph {
  const { value, lineOf } = readStrictYaml(text)
  const entries = listEntries(toRecord(value))
  const lookup = createLookup(entries)
  const projects: GraphProject[] = []
  const packages = new Map<string, GraphPackage>()
  for (const entry of entries) {
    const keys = (): readonly string[] => listKeys(entry, lookup)
    const folder = /@workspace:([^:]*)$/.exec(entry.resolution)?.[1]
    if (folder !== undefined) {
      const label = folder === '.' ? 'package.json' : `${folder}/package.json`
      projects.push({ label, keys: keys() })
    } else {
      const line = (): number | undefined => lineOf(entry.key)
      packages.set(entry.descriptors[0] ?? '', { label: labelOf(entry), line, keys })
    }
  }
  return { projects, packages }
}

interface Entry {
  readonly key: string
  readonly descriptors: readonly string[]
  readonly resolution: string
  readonly fields: Readonly<Record<string, unknown>>
}

function listEntries(document: Readonly<Record<string, unknown>>): Entry[] {
  return Object.keys(document).flatMap((key) => {
    const fields = document[key]
    if (key === '__metadata' || !isRecord(fields)) return []
    const resolution = String(fields['resolution'])
    return [{ key, descriptors: key.split(/ *, */), resolution, fields }]
  })
}

function labelOf({ resolution, fields }: Entry): string {
  const { name, version } = parseYarnLocator(resolution)
  const known = version ?? fields['version']
  return typeof known === 'string' || typeof known === 'number' ? `${name}@${known}` : name
}

interface Lookup {
  readonly plain: YarnKeys
  /** The entries of patches, by what they are put on. */
  readonly patched: ReadonlyMap<string, string>
}

function createLookup(entries: readonly Entry[]): Lookup {
  const patched = new Map<string, string>()
  const plain: Array<readonly [string, readonly string[]]> = []
  for (const { descriptors } of entries) {
    for (const descriptor of descriptors) {
      const inner = readPatched(descriptor)
      if (inner === undefined) plain.push([descriptor, descriptors])
      else patched.set(inner, descriptors[0] ?? descriptor)
    }
  }
  return { plain: createYarnKeys(plain), patched }
}

/** `name@patch:name@npm%3A^1#…` is put on `name@npm:^1`. */
function readPatched(descriptor: string): string | undefined {
  const inner = /^(?:@[^@]*|[^@]+)@patch:([^#]+)#/.exec(descriptor)?.[1]
  try {
    return inner === undefined ? undefined : decodeURIComponent(inner)
  } catch {
    return undefined
  }
}

function listKeys({ descriptors, fields }: Entry, { plain, patched }: Lookup): readonly string[] {
  const own = descriptors.flatMap((descriptor) => {
    const inner = readPatched(descriptor) ?? readJsr(descriptor)
    const at = inner?.indexOf('@', 1) ?? -1
    if (inner === undefined || at === -1) return []
    return plain.find(inner.slice(0, at), ...spell(inner.slice(at + 1))) ?? []
  })
  const asked = Object.entries(toRecord(fields['dependencies'])).flatMap(([alias, found]) => {
    const ranges = spell(String(found))
    const patch = ranges.find((range) => patched.has(`${alias}@${range}`))
    if (patch !== undefined) return patched.get(`${alias}@${patch}`) ?? []
    return plain.find(alias, ...ranges) ?? []
  })
  return [...own, ...asked]
}

/** `name@jsr:^1` is fetched as `name@npm:@jsr/scope__name@^1`. */
function readJsr(descriptor: string): string | undefined {
  const at = descriptor.indexOf('@', 1)
  const range = at === -1 ? '' : descriptor.slice(at + 1)
  if (!isJsrSpecifier(range)) return undefined
  const alias = descriptor.slice(0, at)
  try {
    return `${alias}@${rewriteToNpm(range, alias)}`
  } catch {
    return undefined
  }
}

/** Before lockfiles of version 8, a plain range stands without a protocol. */
function spell(range: string): readonly string[] {
  return range.startsWith('npm:') ? [range, range.slice(4)] : [range, `npm:${range}`]
}
