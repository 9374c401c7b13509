import pMap from 'p-map'
import type { LockedPackage } from '../lockfile/locked-package.ts'
import type { RegistryFact } from '../policy/registry-facts.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { parseWebUrl } from '../url/web-url.ts'
import { isRecord, packumentUrl, parsePackument } from './packument.ts'
import { requestUrl, type RegistryAnswer, type RegistryRequestOptions } from './request.ts'

/** One locked package to ask the registry about. */
export interface ProbeTarget {
  /** Path of its lockfile, relative to the project. */
  readonly file: string
  readonly locked: LockedPackage
  /** The registry that the client would ask, for a package whose lockfile names no address. */
  readonly registry: URL | undefined
  /**
   * The address that the client asks then, where it does not take the one of the registry's metadata:
   * both are asked.
   */
  readonly tarball?: URL | undefined
}

const concurrency = 16

/**
 * Asks the registry for the tarball of each package, as the client would, but follows no redirect
 * to JSR and takes no body.
 *
 * A package whose lockfile names no address is looked up in the registry's metadata first. Never
 * throws for what a registry does: that is in the facts.
 */
export async function probeTarballs(
  targets: readonly ProbeTarget[],
  options: RegistryRequestOptions,
): Promise<RegistryFact[]> {
  return await pMap(targets, async (target) => await probe(target, options), { concurrency })
}

async function probe(target: ProbeTarget, options: RegistryRequestOptions): Promise<RegistryFact> {
  const { file, locked } = target
  return {
    file,
    line: locked.line(),
    package: locked.name,
    version: locked.version,
    answer: await ask(target, options),
  }
}

type Answer = RegistryFact['answer']

async function ask(
  { locked, registry, tarball }: ProbeTarget,
  options: RegistryRequestOptions,
): Promise<Answer> {
  if (locked.source.type === 'remote') return await askTarball(locked.source.url, options)
  if (registry === undefined) throw new Error(`no registry to ask for ${locked.name}`)
  const answer = await askPackument(locked, registry, options)
  return answer.type === 'served' && tarball !== undefined
    ? await askTarball(tarball, options)
    : answer
}

async function askTarball(url: URL, options: RegistryRequestOptions): Promise<Answer> {
  const answer = await requestUrl(url, 'tarball', options)
  return answer.type === 'answered' && answer.status < 300
    ? { type: 'served' }
    : explainAnswer(answer)
}

async function askPackument(
  { name, version }: LockedPackage,
  registry: URL,
  options: RegistryRequestOptions,
): Promise<Answer> {
  const url = packumentUrl(name, registry)
  const answer = await requestUrl(url, 'json', options)
  if (answer.type !== 'answered' || answer.status >= 300) return explainAnswer(answer)
  const tarball = readTarball(answer.body, version)
  if (tarball === undefined) {
    return { type: 'unknown', url, reason: 'its metadata is not what a registry answers' }
  }
  if (tarball === 'missing') return { type: 'missing', url, status: undefined }
  if (isJsrHost(tarball.hostname)) return { type: 'leaked', registry, tarball }
  return await askTarball(tarball, options)
}

function readTarball(body: string, version: string | undefined): URL | 'missing' | undefined {
  const packument = parsePackument(body)
  if (packument === undefined) return undefined
  const { versions } = packument
  if (version === undefined || !Object.hasOwn(versions, version)) return 'missing'
  const entry = versions[version]
  const dist = isRecord(entry) ? entry['dist'] : undefined
  const tarball = isRecord(dist) ? dist['tarball'] : undefined
  return typeof tarball === 'string' ? parseWebUrl(tarball)?.url : undefined
}

function explainAnswer(answer: RegistryAnswer): Answer {
  if (answer.type === 'redirected-to-jsr') return answer
  if (answer.type === 'failed') return { type: 'unknown', url: answer.url, reason: answer.reason }
  const { status, url } = answer
  if (status === 404 || status === 410) return { type: 'missing', url, status }
  if (status === 401 || status === 403) {
    return { type: 'unknown', url, reason: `it refused us (HTTP ${status})` }
  }
  return { type: 'unknown', url, reason: `it answered HTTP ${status}` }
}
