import { randomBytes } from 'node:crypto'
import semver from 'semver'
import type {
  PackageProbes,
  Probe,
  ProbedMetadata,
  RegistryProbes,
  VersionProbes,
} from '../doctor/probes.ts'
import { detectManifestMarks, detectMetadataMarks } from '../policy/public-marks.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { wantBeginning, wantHead, wantPresence, wantText, type Wanted } from './body.ts'
import { hasCredentials } from './credentials.ts'
import type { RegistryRequestOptions } from './exchange.ts'
import { findVersion, packumentUrl, parsePackument, type Packument } from './packument.ts'
import { requestUrl, type RegistryAnswer } from './request.ts'
import { wantTarball } from './tarball-content.ts'

/** What to ask a registry, and how. */
export interface ExamineOptions extends RegistryRequestOptions {
  readonly registry: URL
  /** The `@jsr` package to ask for. */
  readonly packageName: string
  /** A version of it that matters; the newest is asked for as well. */
  readonly version: string | undefined
  readonly isPrivate: (url: URL, registry: URL) => boolean
}

const wantPackument = wantText('application/json', 16 * 1024 * 1024)

/** A package of the public registry that every npm comes with. */
const publicPackage = 'semver'

/**
 * Asks a registry all that tells how it does with `@jsr`. Nobody else is asked: a redirect to JSR
 * or to the public registry is not followed. Never throws for what a registry does.
 */
export async function probeRegistry(options: ExamineOptions): Promise<RegistryProbes> {
  const { registry, registryOptions } = options
  const ask = async (path: string): Promise<Probe> => await probe(path, wantBeginning, options)
  const [root, ping, capabilities, unknownPackage, ordinary, aboutPackage] = await Promise.all([
    ask(''),
    ask('-/ping'),
    // pnpr has it at its root, beside the registries that it serves.
    ask('/-/pnpr'),
    ask(encodeName(`@jsr/zz__zz${randomBytes(8).toString('hex')}`)),
    probe(publicPackage, wantPresence, options),
    probePackage(options),
  ])
  return {
    registry,
    hasCredentials: hasCredentials(registry, registryOptions),
    root,
    ping,
    capabilities,
    unknownPackage,
    publicPackage: ordinary,
    package: aboutPackage,
  }
}

function encodeName(name: string): string {
  return name.replace('/', '%2f')
}

async function probe(
  path: string,
  wanted: Wanted<string | undefined>,
  options: ExamineOptions,
): Promise<Probe> {
  return toProbe(await requestUrl(new URL(path, options.registry), wanted, options))
}

async function probePackage(options: ExamineOptions): Promise<PackageProbes> {
  const { registry, packageName: name } = options
  const [encoded, plain, head] = await Promise.all([
    requestUrl(packumentUrl(name, registry), wantPackument, options),
    requestUrl(new URL(name, registry), wantPackument, options),
    requestUrl(packumentUrl(name, registry), wantHead, options),
  ])
  const packument = readPackument(encoded)
  const versions = packument === undefined ? [] : chooseVersions(packument, options.version)
  return {
    name,
    encoded: withoutText(toProbe(encoded)),
    metadata: describeMetadata(packument),
    plain: withoutText(toProbe(plain)),
    plainMetadata: describeMetadata(readPackument(plain)),
    head: toProbe(head),
    versions: await Promise.all(
      versions.map(async (version) => await probeVersion(version, packument, options)),
    ),
  }
}

function readPackument(answer: RegistryAnswer<string>): Packument | undefined {
  if (answer.type !== 'answered' || answer.status >= 300) return undefined
  return parsePackument(answer.body ?? '')
}

function describeMetadata(packument: Packument | undefined): ProbedMetadata | undefined {
  if (packument === undefined) return undefined
  const newest = sortVersions(packument)[0]
  return {
    versions: Object.keys(packument.versions).length,
    newest,
    newestAt: newest === undefined ? undefined : findVersion(packument, newest)?.publishedAt,
  }
}

function sortVersions({ versions }: Packument): string[] {
  return Object.keys(versions)
    .filter((version) => semver.valid(version) !== null)
    .toSorted(semver.rcompare)
}

/** The one that matters and the newest other one. */
function chooseVersions(packument: Packument, wanted: string | undefined): string[] {
  const sorted = sortVersions(packument)
  const first = sorted.find((version) => version === wanted) ?? sorted[0]
  const second = sorted.find((version) => version !== first)
  return [first, second].filter((version) => version !== undefined)
}

async function probeVersion(
  version: string,
  packument: Packument | undefined,
  options: ExamineOptions,
): Promise<VersionProbes> {
  const found = packument === undefined ? undefined : findVersion(packument, version)
  if (found === undefined) throw new Error(`${version} is not in the metadata it was taken from`)
  const { tarball, integrity: named, fields } = found
  const isPrivate = tarball !== undefined && options.isPrivate(tarball, options.registry)
  const asked =
    tarball === undefined || !isPrivate || isJsrHost(tarball.hostname)
      ? undefined
      : await fetchTarball(tarball, options)
  const { get, head, content } = asked ?? notAsked
  const inTarball =
    content === undefined ? [] : detectManifestMarks(options.packageName, content.manifest ?? {})
  return {
    version,
    tarball,
    isPrivate,
    named,
    get,
    head,
    bytes: content?.integrity,
    marks: [...detectMetadataMarks(fields), ...inTarball],
  }
}

const notAsked = { get: undefined, head: undefined, content: undefined }

async function fetchTarball(tarball: URL, options: ExamineOptions) {
  const [get, head] = await Promise.all([
    requestUrl(tarball, wantTarball, options),
    requestUrl(tarball, wantHead, options),
  ])
  return {
    get: toProbe(get),
    head: toProbe(head),
    content: get.type === 'answered' ? get.body : undefined,
  }
}

function toProbe(answer: RegistryAnswer): Probe {
  if (answer.type !== 'answered') return answer
  const headers: Record<string, string> = {}
  answer.headers.forEach((value, name) => {
    headers[name.toLowerCase()] = value
  })
  const { status, body } = answer
  return { type: 'answered', status, headers, text: typeof body === 'string' ? body : '' }
}

function withoutText(found: Probe): Probe {
  return found.type === 'answered' ? { ...found, text: '' } : found
}
