import { setMaxListeners } from 'node:events'
import pMap from 'p-map'
import { JsrGuardError } from '../errors.ts'
import type { LockedPackage } from '../lockfile/locked-package.ts'
import { detectManifestMarks, detectMetadataMarks, readRevision } from '../policy/public-marks.ts'
import type { RegistryAnswerFact, RegistryFact, ServedVersion } from '../policy/registry-facts.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { redactUrl } from '../url/redact.ts'
import { wantText } from './body.ts'
import type { RegistryRequestOptions } from './exchange.ts'
import { explainAnswer, isGood, isRefusal } from './explain-answer.ts'
import {
  findVersion,
  packumentUrl,
  parsePackument,
  type Packument,
  type PackumentVersion,
} from './packument.ts'
import { askTarball, defaultConcurrency, describeTarget, noSense } from './probe.ts'
import { requestUrl, type RegistryAnswer } from './request.ts'
import { wantTarball, type TarballContent } from './tarball-content.ts'

/** A package, and every place where it is locked. */
export interface InspectTarget {
  /** The registry's name of it. */
  readonly name: string
  /** The registry that its clients would ask. */
  readonly registry: URL
  readonly copies: readonly LockedCopy[]
}

/** A package as one lockfile pins it. */
export interface LockedCopy {
  /** Path of the lockfile, relative to the project. */
  readonly file: string
  readonly locked: LockedPackage
}

/** How to look at packages. */
export interface InspectOptions extends RegistryRequestOptions {
  /** Whether that registry's tarballs may lie there. */
  readonly isPrivate: (url: URL, registry: URL) => boolean
  /** Whether to fetch the tarballs and look at their bytes. */
  readonly fetchesTarballs: boolean
  /** Called as packages are done with. */
  readonly onProgress: (done: number) => void
}

/** A packument of JSR's is well below one megabyte, and many may come at once. */
const maxPackumentBytes = 16 * 1024 * 1024
const wantPackument = wantText('application/json', maxPackumentBytes)

/**
 * Asks the registry about each package: its metadata once, and the tarball of each version once,
 * whose body is taken only where it is wanted.
 *
 * Never throws for what a registry does, but for one thing: where it refuses us nobody else is
 * asked, and it ends.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_REGISTRY` where the registry wants other credentials.
 */
export async function inspectPackages(
  targets: readonly InspectTarget[],
  options: InspectOptions,
): Promise<RegistryFact[]> {
  const controller = new AbortController()
  const { signal: outer } = options
  const signal =
    outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal])
  // Every request that is under way listens to it.
  setMaxListeners(0, signal)
  let done = 0
  const inspect = async (target: InspectTarget): Promise<RegistryFact[]> => {
    const facts = await inspectPackage(target, { ...options, signal })
    options.onProgress((done += 1))
    return facts
  }
  try {
    return (await pMap(targets, inspect, { concurrency: defaultConcurrency })).flat()
  } finally {
    controller.abort()
  }
}

async function inspectPackage(
  target: InspectTarget,
  options: InspectOptions,
): Promise<RegistryFact[]> {
  const { name, registry, copies } = target
  const url = packumentUrl(name, registry)
  const answer = await requestUrl(url, wantPackument, options)
  insistOnAccess(answer, registry)
  const packument = isGood(answer) ? parsePackument(answer.body ?? '') : undefined
  if (packument === undefined) {
    const fact = isGood(answer) ? noSense(url) : explainAnswer(answer)
    return copies.map((copy) => ({ ...describeTarget(copy), answer: fact }))
  }
  const tarballs = createTarballs(registry, options)
  const facts = await Promise.all(
    copies.map(async (copy) => {
      const answers = await inspectCopy({ copy, registry, packument, tarballs, options })
      return answers.map((found) => ({ ...describeTarget(copy), answer: found }))
    }),
  )
  return facts.flat()
}

/** Another registry is never asked in its place. */
function insistOnAccess(answer: RegistryAnswer, registry: URL): void {
  if (!isRefusal(answer) || answer.type !== 'answered') return
  // A storage host that turns a signed address down is not the registry.
  if (answer.url.origin !== registry.origin) return
  throw new JsrGuardError(
    'ERR_JSR_GUARD_REGISTRY',
    `${registry.host} refused us (HTTP ${answer.status}) when asked for ${redactUrl(answer.url)}`,
    {
      hint: `configure its credentials, as in .npmrc: //${registry.host}${registry.pathname}:_authToken=\${NPM_TOKEN}`,
    },
  )
}

/** Asks for each tarball once, whoever has it locked. */
interface Tarballs {
  ask(url: URL): Promise<TarballAnswer>
}

interface TarballAnswer {
  readonly answer: RegistryAnswerFact
  /** Where its bytes were fetched. */
  readonly content: TarballContent | undefined
}

function createTarballs(registry: URL, options: InspectOptions): Tarballs {
  const asked = new Map<string, Promise<TarballAnswer>>()
  return {
    async ask(url) {
      const known = asked.get(url.href)
      if (known !== undefined) return await known
      const answer = options.fetchesTarballs
        ? fetchTarball(url, registry, options)
        : askTarball(url, options).then((found) => ({ answer: found, content: undefined }))
      asked.set(url.href, answer)
      return await answer
    },
  }
}

async function fetchTarball(
  url: URL,
  registry: URL,
  options: InspectOptions,
): Promise<TarballAnswer> {
  const answer = await requestUrl(url, wantTarball, options)
  insistOnAccess(answer, registry)
  return isGood(answer)
    ? { answer: { type: 'served' }, content: answer.body }
    : { answer: explainAnswer(answer), content: undefined }
}

interface Inspection {
  readonly copy: LockedCopy
  readonly registry: URL
  readonly packument: Packument
  readonly tarballs: Tarballs
  readonly options: InspectOptions
}

async function inspectCopy(inspection: Inspection): Promise<RegistryAnswerFact[]> {
  const { copy, registry, packument, options, tarballs } = inspection
  const { version, source } = copy.locked
  const found = version === undefined ? undefined : findVersion(packument, version)
  const locked = source.type === 'remote' ? source.url : undefined
  if (found === undefined) return [await explainUnlisted(inspection, locked)]
  const misplaced = judgePlace(found, registry, options)
  const url = locked ?? (misplaced === undefined ? found.tarball : undefined)
  const { answer, content } =
    url === undefined ? { answer: undefined, content: undefined } : await tarballs.ask(url)
  return [
    ...(misplaced === undefined ? [] : [misplaced]),
    ...(answer === undefined || answer.type === 'served' ? [] : [answer]),
    describeVersion(inspection, found, content),
  ]
}

/** JSR takes yanked versions out of the metadata and goes on serving them. */
async function explainUnlisted(
  { copy, registry, tarballs }: Inspection,
  locked: URL | undefined,
): Promise<RegistryAnswerFact> {
  const url = packumentUrl(copy.locked.name, registry)
  if (locked === undefined) return { type: 'missing', url, status: undefined }
  const { answer } = await tarballs.ask(locked)
  return answer.type === 'served'
    ? { type: 'missing', url, status: undefined, isUnlisted: true }
    : answer
}

/** What is to be said of the place that the metadata names; `undefined` where it is as it should be. */
function judgePlace(
  { tarball }: PackumentVersion,
  registry: URL,
  { isPrivate }: InspectOptions,
): RegistryAnswerFact | undefined {
  if (tarball === undefined) return noSense(registry)
  if (isJsrHost(tarball.hostname)) return { type: 'leaked', registry, tarball }
  return isPrivate(tarball, registry) ? undefined : { type: 'elsewhere', registry, tarball }
}

function describeVersion(
  { copy, registry }: Inspection,
  found: PackumentVersion,
  content: TarballContent | undefined,
): ServedVersion {
  const { name, integrity: locked } = copy.locked
  const { fields, integrity: named, publishedAt } = found
  const inTarball = content === undefined ? [] : detectManifestMarks(name, content.manifest ?? {})
  return {
    type: 'described',
    registry,
    locked,
    named,
    bytes: content?.integrity,
    revision: content?.manifest === undefined ? undefined : readRevision(content.manifest),
    marks: uniteMarks([...detectMetadataMarks(fields), ...inTarball]),
    publishedAt,
  }
}

function uniteMarks(marks: ServedVersion['marks']): ServedVersion['marks'] {
  return marks.filter(({ what }, index) => marks.findIndex((mark) => mark.what === what) === index)
}
