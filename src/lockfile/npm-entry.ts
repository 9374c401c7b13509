import { isRecord } from '../json/record.ts'

/** An entry of `packages`, as far as it decides what npm fetches. */
export interface NpmEntry {
  readonly name?: string
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly inBundle?: boolean
  readonly hasShrinkwrap?: boolean
  readonly dependencies?: Specifiers
  readonly devDependencies?: Specifiers
  readonly optionalDependencies?: Specifiers
  readonly peerDependencies?: Specifiers
  readonly bundleDependencies?: unknown
  readonly bundledDependencies?: unknown
}

/** Alias to specifier. */
export type Specifiers = Readonly<Record<string, string>>

/** All entries of a lockfile by their keys. */
export type NpmEntries = Readonly<Record<string, unknown>>

/** Whether a value is an entry that can be read without guessing. */
export function isNpmEntry(value: unknown): value is NpmEntry {
  return findFault(value) === undefined
}

/** What keeps a value from being an entry, to follow its key in a message. */
export function findFault(value: unknown): string | undefined {
  if (!isRecord(value)) return 'is no object'
  for (const field in value) {
    const shape = shapes.get(field)
    if (shape?.isFine(value[field]) === false) return `has a "${field}" that ${shape.fault}`
  }
  return undefined
}

/** What a field must look like. */
interface Shape {
  readonly isFine: (value: unknown) => boolean
  readonly fault: string
}

const text: Shape = { isFine: (value) => typeof value === 'string', fault: 'is no text' }
const flag: Shape = {
  isFine: (value) => typeof value === 'boolean',
  fault: 'is neither true nor false',
}
const specifiers: Shape = { isFine: isSpecifiers, fault: 'is no map of names to specifiers' }

/** npm treats an entry as if it were a manifest, and downloads what `_resolved` says. */
const internal: Shape = { isFine: () => false, fault: 'npm obeys but never writes' }

const shapes: ReadonlyMap<string, Shape> = new Map([
  ['name', text],
  ['version', text],
  ['resolved', text],
  ['integrity', text],
  ['link', flag],
  ['inBundle', flag],
  ['hasShrinkwrap', flag],
  ['dependencies', specifiers],
  ['devDependencies', specifiers],
  ['optionalDependencies', specifiers],
  ['peerDependencies', specifiers],
  ['_resolved', internal],
  ['_integrity', internal],
  ['_hasShrinkwrap', internal],
])

function isSpecifiers(value: unknown): value is Specifiers {
  if (!isRecord(value)) return false
  for (const alias in value) if (typeof value[alias] !== 'string') return false
  return true
}

/** The entry that an alias leads to from inside a package, as Node and npm look it up; its key too. */
export function resolveAlias(
  entries: NpmEntries,
  from: string,
  alias: string,
): { readonly key: string; readonly entry: NpmEntry } | undefined {
  let folder = from
  for (;;) {
    const key = folder === '' ? `node_modules/${alias}` : `${folder}/node_modules/${alias}`
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (isNpmEntry(entry)) return { key, entry }
    if (folder === '') return undefined
    folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
  }
}
