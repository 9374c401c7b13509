import type { IncomingMessage, ServerResponse } from 'node:http'
import { renderJsrPackument, renderPackument } from './packument.ts'
import type { Tarballs } from './packument.ts'
import { isJsrHost } from './request-log.ts'
import type { Stock } from './stock.ts'
import type { PackageSource, RegistryName } from './world.ts'

/** A request that was understood as the registry protocol. */
export type RegistryRequest =
  | { readonly type: 'packument'; readonly name: string }
  | { readonly type: 'tarball'; readonly name: string; readonly file: string }
  | { readonly type: 'other'; readonly path: string }

/** A registry of the world: what it has, and what is particular about it. */
export interface Registry {
  readonly name: RegistryName
  readonly host: string
  /** With both slashes. */
  readonly prefix: string
  /** Whose bytes it serves as `@jsr` packages. */
  readonly edition: 'private' | 'jsr'
  readonly offers: 'everything' | 'ordinary' | 'jsr'
  /** Where its packuments say `@jsr` tarballs are; default below its own URL. */
  readonly tarballUrl?: (name: string, version: string) => string
  /** What its packuments say of a version of an `@jsr` package, in place of the usual. */
  readonly editVersion?: (version: Readonly<Record<string, unknown>>) => object
  /** Answers in its own way what it wants to, and says so with true. */
  readonly intercept?: (asked: RegistryRequest, exchange: Exchange) => boolean
}

/** One request and its answer, at one address of a registry. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly registry: Registry
  /** The URL the registry was reached at, with its trailing slash. */
  readonly base: string
  readonly stock: Stock
}

/** Answers as the registry would. */
export function answerRegistry(exchange: Exchange): void {
  const { request, registry, response } = exchange
  const asked = parseRegistryPath(request.url ?? '', registry.prefix)
  if (registry.intercept?.(asked, exchange) === true) return
  if (asked.type === 'packument') return answerPackument(asked.name, exchange)
  if (asked.type === 'tarball') return answerTarball(asked, exchange)
  if (asked.path === '' || asked.path === '-/ping') return sendJson(response, 200, {})
  sendMissing(exchange)
}

/** Answers with a redirect. */
export function sendRedirect(response: ServerResponse, location: string): true {
  response.writeHead(302, { location }).end()
  return true
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendBytes(response, status, { type: 'application/json', body: JSON.stringify(body) })
}

/** Whether a package is one of JSR's, by its scope. */
function isJsrPackage(name: string): boolean {
  return name.startsWith('@jsr/')
}

/** Which of JSR's packages a request is about, or undefined. */
export function jsrPackageOf(asked: RegistryRequest): string | undefined {
  return asked.type !== 'other' && isJsrPackage(asked.name) ? asked.name : undefined
}

/** The version that a tarball's file name means: `x-1.0.0.tgz`, `1.0.0.tgz`. */
export function findVersion(
  { name, file }: { readonly name: string; readonly file: string },
  { stock, registry }: Pick<Exchange, 'stock' | 'registry'>,
): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1)
  const versions = stock.versions(name, registry.name).map(({ source }) => source.version)
  return versions.find((version) => [`${base}-${version}.tgz`, `${version}.tgz`].includes(file))
}

function parseRegistryPath(url: string, prefix: string): RegistryRequest {
  const path = decodeURIComponent(url.replace(/\?.*$/s, '')).slice(prefix.length)
  const revision = /^~\/\d+\/((?:@[^/]+\/)?[^/]+)\/([^/]+\.tgz)$/.exec(path)
  const packument = /^((?:@[^/]+\/)?[^@~/-][^/]*)$/.exec(path)
  const tarball = revision ?? /^((?:@[^/]+\/)?[^/]+)\/-\/(?:@[^/]+\/)?([^/]+\.tgz)$/.exec(path)
  if (tarball !== null) return { type: 'tarball', name: tarball[1] ?? '', file: tarball[2] ?? '' }
  if (packument !== null) return { type: 'packument', name: packument[1] ?? '' }
  return { type: 'other', path }
}

function answerPackument(name: string, exchange: Exchange): void {
  const { registry, stock, response } = exchange
  const editions = isOffered(registry, name) ? stock.versions(name, registry.name) : []
  if (editions.length === 0) return sendMissing(exchange)
  const tarballs: Tarballs = {
    url: (source) => urlOf(source, exchange),
    edition: (source) => editionOf(source, registry),
  }
  if (!isJsrPackage(name)) return sendJson(response, 200, renderPackument(editions, tarballs))
  const packument = renderJsrPackument(editions, tarballs)
  sendJson(response, 200, editVersions(packument, registry.editVersion))
}

function editVersions(packument: object, edit: Registry['editVersion']): object {
  if (edit === undefined || !('versions' in packument)) return packument
  const versions: ReadonlyArray<[string, unknown]> = Object.entries(Object(packument.versions))
  const edited = versions.map(([version, fields]) => [version, edit(Object(fields))] as const)
  return { ...packument, versions: Object.fromEntries(edited) }
}

function isOffered({ offers }: Registry, name: string): boolean {
  return offers === 'everything' || (offers === 'jsr') === isJsrPackage(name)
}

function urlOf(source: PackageSource, { registry, base }: Exchange): string {
  const { name, version, tarball } = source
  if (tarball !== undefined && registry.name !== 'jsr') return tarball
  if (registry.tarballUrl !== undefined && isJsrPackage(name)) {
    return registry.tarballUrl(name, version)
  }
  return `${base}${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`
}

/** Whose bytes: JSR's where JSR serves them in the end, so that integrity holds there. */
function editionOf({ name, tarball }: PackageSource, registry: Registry): 'private' | 'jsr' {
  if (tarball !== undefined && isJsrHost(new URL(tarball).hostname)) return 'jsr'
  return isJsrPackage(name) ? registry.edition : 'private'
}

function answerTarball(
  asked: { readonly name: string; readonly file: string },
  exchange: Exchange,
) {
  const { registry, stock, response } = exchange
  const version = findVersion(asked, exchange)
  const edition = version === undefined ? undefined : stock.find(asked.name, version)
  if (edition === undefined) return sendMissing(exchange)
  const body = edition[registry.name === 'jsr' ? 'jsr' : editionOf(edition.source, registry)]
  sendBytes(response, 200, { type: 'application/octet-stream', body: body.tarball })
}

function sendMissing({ registry, response }: Exchange): void {
  if (registry.name !== 'jsr') return sendJson(response, 404, { error: 'not found' })
  // JSR's answer is text.
  sendBytes(response, 404, { type: 'text/plain', body: '404 - Not Found' })
}

function sendBytes(
  response: ServerResponse,
  status: number,
  { type, body }: { readonly type: string; readonly body: string | Buffer },
): void {
  const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, headers).end(body)
}
