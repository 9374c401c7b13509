import semver from 'semver'
import { isRecord } from '../json/record.ts'
import { isJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { parseNpmAlias } from '../specifier/npm-alias.ts'
import { packumentUrl, parsePackument, type Packument } from './packument.ts'
import { wantJson } from './body.ts'
import type { RegistryRequestOptions } from './exchange.ts'
import { requestUrl } from './request.ts'

/** A published package that itself asks for a `jsr:` specifier. */
export interface TransitiveOwner {
  /** Name and version of the package that asks. */
  readonly name: string
  readonly version: string
  readonly alias: string
  readonly specifier: string
}

/** Where to look. */
export interface FindTransitiveOptions extends RegistryRequestOptions {
  /** Alias to specifier, of all manifests of the project. */
  readonly dependencies: ReadonlyMap<string, string>
  /** The registry that the client would ask for a package. */
  readonly registryOf: (packageName: string) => URL | undefined
}

/** How many packages are looked at before the search gives up. */
const maxPackages = 500

/**
 * Searches the dependencies of a project, breadth first, for the published packages that ask for a
 * `jsr:` specifier. npm fails on those without saying whose they are, or without a word.
 *
 * Follows the newest version that each range takes, which is what a fresh install takes. Gives
 * what it found within {@link maxPackages} packages; a package that can't be looked up is passed
 * over, because this only explains a failure that has already happened.
 */
export async function findTransitiveSpecifiers(
  options: FindTransitiveOptions,
): Promise<TransitiveOwner[]> {
  const owners: TransitiveOwner[] = []
  const seen = new Set<string>()
  let level: ReadonlyArray<readonly [string, string]> = [...options.dependencies]
  while (level.length > 0 && seen.size < maxPackages) {
    const wanted = level
      .map(([alias, specifier]) => parseTarget(alias, specifier))
      .filter(({ name, range }) => isNew(seen, `${name}@${range}`))
    const found = await Promise.all(
      wanted.slice(0, maxPackages).map(async (target) => await lookUp(target, options)),
    )
    const packages = found.filter((entry) => entry !== undefined)
    owners.push(...packages.flatMap(ownersIn))
    level = packages.flatMap(({ dependencies }) => dependencies)
  }
  return owners
}

interface Target {
  readonly name: string
  readonly range: string
}

function parseTarget(alias: string, specifier: string): Target {
  const target = parseNpmAlias(specifier)
  return target === undefined
    ? { name: alias, range: specifier }
    : { name: target.name, range: target.range ?? '*' }
}

function isNew(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

interface PublishedPackage {
  readonly name: string
  readonly version: string
  readonly dependencies: ReadonlyArray<readonly [string, string]>
}

async function lookUp(
  { name, range }: Target,
  options: FindTransitiveOptions,
): Promise<PublishedPackage | undefined> {
  const registry = options.registryOf(name)
  if (registry === undefined || !/^(?:@[\w.-]+\/)?[\w.-]+$/.test(name)) return undefined
  const url = packumentUrl(name, registry)
  const answer = await requestUrl(url, wantJson, options)
  if (answer.type !== 'answered' || answer.status !== 200) return undefined
  const packument = parsePackument(answer.body ?? '')
  return packument === undefined ? undefined : pickVersion(name, range, packument)
}

function pickVersion(
  name: string,
  range: string,
  { versions, tags }: Packument,
): PublishedPackage | undefined {
  const tagged = tags[range]
  const version =
    typeof tagged === 'string'
      ? tagged
      : semver.maxSatisfying(Object.keys(versions), range === '' ? '*' : range)
  if (version === null) return undefined
  const manifest = isRecord(versions[version]) ? versions[version] : {}
  const dependencies = [manifest['dependencies'], manifest['optionalDependencies']].flatMap(
    (field) => (isRecord(field) ? Object.entries(field).filter(hasText) : []),
  )
  return { name, version, dependencies }
}

function hasText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string'
}

function ownersIn({ name, version, dependencies }: PublishedPackage): TransitiveOwner[] {
  return dependencies
    .filter(([, specifier]) => isJsrSpecifier(specifier.trimStart()))
    .map(([alias, specifier]) => ({ name, version, alias, specifier }))
}
