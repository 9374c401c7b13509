import pMap from 'p-map'
import type { LockedPackage } from '../lockfile/locked-package.ts'
import type { RegistryFact } from '../policy/registry-facts.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { wantJson, wantPresence } from './body.ts'
import type { RegistryRequestOptions } from './exchange.ts'
import { explainAnswer, isGood } from './explain-answer.ts'
import { findVersion, packumentUrl, parsePackument } from './packument.ts'
import { requestUrl } from './request.ts'

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
  /** Whether the package's tarball may lie there; asked where the registry's metadata decides. */
  readonly isPrivate: (url: URL) => boolean
}

/** How many requests are under way at a time. */
export const defaultConcurrency = 16

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
  return await pMap(targets, async (target) => await probe(target, options), {
    concurrency: defaultConcurrency,
  })
}

async function probe(target: ProbeTarget, options: RegistryRequestOptions): Promise<RegistryFact> {
  return { ...describeTarget(target), answer: await ask(target, options) }
}

/** What a fact says of the package that it is about. */
export function describeTarget({
  file,
  locked,
}: Pick<ProbeTarget, 'file' | 'locked'>): Omit<RegistryFact, 'answer'> {
  return { file, line: locked.line(), package: locked.name, version: locked.version }
}

type Answer = RegistryFact['answer']

async function ask(
  { locked, registry, tarball, isPrivate }: ProbeTarget,
  options: RegistryRequestOptions,
): Promise<Answer> {
  if (locked.source.type === 'remote') return await askTarball(locked.source.url, options)
  if (registry === undefined) throw new Error(`no registry to ask for ${locked.name}`)
  // A client that takes no address of the metadata's does not mind where that leads.
  const isAllowed = tarball === undefined ? isPrivate : () => true
  const answer = await askPackument(locked, registry, { ...options, isAllowed })
  return answer.type === 'served' && tarball !== undefined
    ? await askTarball(tarball, options)
    : answer
}

/** Asks for a tarball and takes no body. */
export async function askTarball(url: URL, options: RegistryRequestOptions): Promise<Answer> {
  const answer = await requestUrl(url, wantPresence, options)
  return isGood(answer) ? { type: 'served' } : explainAnswer(answer)
}

async function askPackument(
  { name, version }: LockedPackage,
  registry: URL,
  options: RegistryRequestOptions & { readonly isAllowed: ProbeTarget['isPrivate'] },
): Promise<Answer> {
  const url = packumentUrl(name, registry)
  const answer = await requestUrl(url, wantJson, options)
  if (!isGood(answer)) return explainAnswer(answer)
  const packument = parsePackument(answer.body ?? '')
  if (packument === undefined) return noSense(url)
  const found = version === undefined ? undefined : findVersion(packument, version)
  if (found === undefined) return { type: 'missing', url, status: undefined }
  const { tarball } = found
  if (tarball === undefined) return noSense(url)
  if (isJsrHost(tarball.hostname)) return { type: 'leaked', registry, tarball }
  if (!options.isAllowed(tarball)) return { type: 'elsewhere', registry, tarball }
  return await askTarball(tarball, options)
}

/** The answer is none that the registry protocol has. */
export function noSense(url: URL): Answer {
  return { type: 'unknown', url, reason: 'its metadata is not what a registry answers' }
}
