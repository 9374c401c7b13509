import { JsrGuardError } from '../errors.ts'
import { formatNpmName, quoteShort } from '../specifier/jsr-name.ts'
import { isJsrSpecifier, parseJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import { readStrictYaml, type StrictYaml } from '../yaml/strict-yaml.ts'
import type { LockedPackage, LockedProject, Lockfile, PackageSource } from './locked-package.ts'
import { isRecord } from '../json/record.ts'
import { unknownSource } from './source.ts'
import { parseYarnLocator, type YarnLocator } from './yarn-locator.ts'

/**
 * Reads the `yarn.lock` of Yarn 2 and later, metadata versions 4 to 10.
 *
 * Returns one package per entry, in file order; further ones for each alias beyond the first. The
 * workspaces are the projects, and no packages.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_LOCKFILE_SYNTAX` for what Yarn would not write, or would read
 *   in another way; `ERR_JSR_GUARD_LOCKFILE_VERSION` for other versions.
 * @see https://github.com/yarnpkg/berry (`packages/yarnpkg-core/sources/Project.ts`)
 */
export function readYarnBerryLockfile(text: string): Lockfile {
  const { value, lineOf } = readDocument(text)
  const reading: Reading = { lineOf, packages: [], workspaces: [], keys: new Map() }
  for (const key of Object.keys(value)) {
    if (key !== '__metadata') readEntry(reading, key, value[key])
  }
  return {
    packages: reading.packages,
    projects: reading.workspaces.map((workspace) => createProject(workspace, reading)),
    // What packages ask for with `jsr:` goes where @jsr goes, and has an entry of its own.
    transitiveSpecifiers: [],
  }
}

type Fields = Readonly<Record<string, unknown>>

interface Reading {
  readonly lineOf: StrictYaml['lineOf']
  readonly packages: LockedPackage[]
  readonly workspaces: Workspace[]
  /** `name@range` to the key of the entry that it leads to. */
  readonly keys: Map<string, string>
}

interface Workspace {
  readonly folder: string
  readonly dependencies: Fields
  readonly line: () => number | undefined
}

/** Yarn takes a text with this comment for one of Yarn 1, and reads it by other rules. */
const classicHeader = /^(?:#.*\r?\n)*?#\s+yarn\s+lockfile\s+v1\r?\n/i

function readDocument(text: string): {
  readonly value: Fields
  readonly lineOf: StrictYaml['lineOf']
} {
  if (classicHeader.test(text)) throw damaged('says to be of Yarn 1 and has __metadata', 1)
  const { value, lineOf } = readYaml(text)
  if (!isRecord(value)) throw damaged('is no mapping', undefined)
  const metadata = value['__metadata']
  if (!isRecord(metadata)) throw damaged('has no __metadata', undefined)
  const foreign = Object.keys(metadata).find((field) => !['version', 'cacheKey'].includes(field))
  if (foreign !== undefined) {
    throw damaged(`has ${quoteShort(foreign)} in its __metadata`, lineOf('__metadata', foreign))
  }
  const version = Number(metadata['version'])
  if (!Number.isInteger(version) || version < 4 || version > 10) {
    throw new JsrGuardError(
      'ERR_JSR_GUARD_LOCKFILE_VERSION',
      `is of version ${JSON.stringify(metadata['version'])}; versions 4 to 10 are known`,
      { hint: relock, line: lineOf('__metadata', 'version') ?? lineOf('__metadata') },
    )
  }
  return { value, lineOf }
}

function readYaml(text: string): StrictYaml {
  try {
    return readStrictYaml(text)
  } catch (cause) {
    if (!(cause instanceof JsrGuardError)) throw cause
    throw damaged(cause.message, cause.line, cause)
  }
}

const relock = 'restore it, or remove it and lock anew: yarn install --mode=update-lockfile'

function damaged(message: string, line: number | undefined, cause?: unknown): JsrGuardError {
  return new JsrGuardError('ERR_JSR_GUARD_LOCKFILE_SYNTAX', message, { hint: relock, line, cause })
}

/** What Yarn writes into an entry. Yarn 1 would obey others, such as `resolved`. */
const entryFields: ReadonlySet<string> = new Set([
  'version',
  'resolution',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'dependenciesMeta',
  'peerDependenciesMeta',
  'bin',
  'checksum',
  'conditions',
  'languageName',
  'linkType',
])

function readEntry(reading: Reading, key: string, entry: unknown): void {
  // Not the whole reading, which would stay in memory as long as the package does.
  const { lineOf } = reading
  const line = () => lineOf(key)
  const refuse = (fault: string) => damaged(`has an entry ${quoteShort(key)} ${fault}`, line())
  if (!isRecord(entry)) throw refuse('that is no mapping')
  for (const field in entry) {
    if (entryFields.has(field)) continue
    throw refuse(`with ${quoteShort(field)}, which Yarn does not write`)
  }
  const { resolution } = entry
  if (typeof resolution !== 'string') throw refuse('without a resolution')
  const descriptors = readDescriptors(reading, key)
  const workspace = readWorkspaceLocator(resolution)
  if (workspace === undefined) {
    addPackages(reading, { key, entry, resolution, descriptors, line })
    return
  }
  const { ident, folder } = workspace
  if (!descriptors.every((asked) => isFor(asked, { ident, name: ident }))) {
    throw refuse(`that leads to the workspace ${quoteShort(ident)}`)
  }
  reading.workspaces.push(readWorkspace(folder, entry, line))
}

function readWorkspaceLocator(
  resolution: string,
): { readonly ident: string; readonly folder: string } | undefined {
  // Looking for the word is much quicker, and nearly none has it.
  if (!resolution.includes('@workspace:')) return undefined
  const [, ident, folder] = /^(.*)@workspace:([^:]*)$/.exec(resolution) ?? []
  return ident === undefined || folder === undefined ? undefined : { ident, folder }
}

/** `name@range`, as Yarn splits it. */
interface Descriptor {
  readonly alias: string
  readonly range: string
}

function readDescriptors({ keys, lineOf }: Reading, key: string): Descriptor[] {
  const texts = key.includes(',') ? key.split(/ *, */) : [key]
  return texts.map((text) => {
    if (keys.has(text)) throw damaged(`has ${quoteShort(text)} twice`, lineOf(key))
    keys.set(text, key)
    const at = text.indexOf('@', 1)
    return at === -1
      ? { alias: text, range: '' }
      : { alias: text.slice(0, at), range: text.slice(at + 1) }
  })
}

function readWorkspace(path: string, entry: Fields, line: Workspace['line']): Workspace {
  const { dependencies } = entry
  return {
    folder: path === '.' ? '' : path,
    dependencies: isRecord(dependencies) ? dependencies : {},
    line,
  }
}

interface PackageEntry {
  readonly key: string
  readonly entry: Fields
  readonly resolution: string
  readonly descriptors: readonly Descriptor[]
  readonly line: () => number | undefined
}

function addPackages(
  { packages }: Reading,
  { key, entry, resolution, descriptors, line }: PackageEntry,
): void {
  const locator = parseYarnLocator(resolution)
  const { checksum, conditions } = entry
  const locked: LockedPackage = {
    alias: locator.ident,
    name: locator.name,
    version: locator.version ?? textOf(entry['version']),
    source: readSource(locator, descriptors, entry),
    integrity: none,
    pin: readPin(checksum, conditions),
    key,
    line,
  }
  for (const alias of listAliases(descriptors)) {
    packages.push(alias === locked.alias ? locked : { ...locked, alias })
  }
}

function listAliases(descriptors: readonly Descriptor[]): Iterable<string> {
  const aliases = descriptors.map(({ alias }) => alias)
  return aliases.length === 1 ? aliases : new Set(aliases)
}

const none: readonly string[] = []

/** A mutable lockfile may have anything in the place of what was asked for: Yarn does not compare. */
function readSource(
  { ident, name, source, version }: YarnLocator,
  descriptors: readonly Descriptor[],
  entry: Fields,
): PackageSource {
  const foreign = descriptors.find((asked) => !isFor(asked, { ident, name }))
  if (foreign !== undefined) {
    return unknownSource(`${name} in the place of ${foreign.alias}@${foreign.range}`)
  }
  const written = textOf(entry['version'])
  const isOther = version !== undefined && written !== undefined && written !== version
  return isOther ? unknownSource(`${name}@${version} that says to be ${written}`) : source
}

/** Whether an entry is for the package that is asked for: only aliases stand for another name. */
function isFor(
  { alias, range }: Descriptor,
  { ident, name }: Pick<YarnLocator, 'ident' | 'name'>,
): boolean {
  if (isJsrSpecifier(range)) return parseJsrTarget(range, alias) === name
  const target = parseNpmAlias(range)
  if (target !== undefined && target.range !== undefined) return target.name === name
  return alias === ident
}

/** The registry's name of what a `jsr:` range asks for, under whatever alias. */
function parseJsrTarget(range: string, alias: string): string | undefined {
  try {
    return formatNpmName(parseJsrSpecifier(range, alias).name)
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}

/**
 * The checksum is of the archive that Yarn makes of the package, and Yarn compares it. Packages for
 * other platforms have none until somebody installs them there.
 */
function readPin(checksum: unknown, conditions: unknown): LockedPackage['pin'] {
  if (typeof checksum === 'string' && checksumText.test(checksum)) return 'checksum'
  return checksum === undefined && typeof conditions === 'string' ? 'later' : undefined
}

const checksumText = /^(?:[\w.]+\/)?[0-9a-f]{128}$/

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

function createProject(
  { folder, dependencies, line }: Workspace,
  { keys }: Reading,
): LockedProject {
  const asked = new Map<string, string>()
  const found = new Map<string, string>()
  for (const [alias, range] of Object.entries(dependencies)) {
    const text = String(range)
    asked.set(alias, withoutProtocol(text))
    const key = keys.get(`${alias}@${text}`) ?? keys.get(`${alias}@npm:${text}`)
    if (key !== undefined) found.set(alias, key)
  }
  return { folder, dependencies: asked, keys: found, line }
}

/** Yarn writes `npm:^1` for the range `^1`, which reads like an alias. */
function withoutProtocol(range: string): string {
  return range.startsWith('npm:') && range.indexOf('@', 5) === -1 ? range.slice(4) : range
}
