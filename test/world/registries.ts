import defaults from 'npm-registry-fetch/lib/default-opts.js'
import { findVersion, jsrPackageOf, sendJson, sendRedirect } from './registry.ts'
import type { Exchange, Registry, RegistryRequest } from './registry.ts'
import { hostileRegistries } from './hostile-registries.ts'
import type { WorldOptions } from './world.ts'

/** What the registries' peculiarities depend on. */
export interface RegistrySettings {
  readonly layout: NonNullable<WorldOptions['jsrLayout']>
  readonly token: string
}

/** Where the blob registries' tarballs are. */
export const storageHost = 'blobs.corp-storage.example'

/** The registries of the world, each with what is particular about it. The one list. */
export function listRegistries({ layout, token }: RegistrySettings): readonly Registry[] {
  const jsrUrl = (name: string, version: string) => formatJsrUrl(layout, name, version)
  const toJsr = (asked: RegistryRequest, exchange: Exchange) =>
    redirectToJsr(asked, exchange, jsrUrl)
  return [
    { ...good, name: 'jsr', host: 'npm.jsr.io', prefix: '/', ...jsrsOwn, tarballUrl: jsrUrl },
    { ...good, name: 'public', ...publicAddress(), offers: 'ordinary' },
    good,
    { ...good, name: 'lookalike', host: 'npm.jsr.io.corp.example' },
    { ...good, name: 'leaky', host: 'leaky.corp.example', edition: 'jsr', tarballUrl: jsrUrl },
    {
      ...good,
      name: 'redirecting',
      host: 'redirecting.corp.example',
      edition: 'jsr',
      intercept: (asked, exchange) => asked.type === 'tarball' && toJsr(asked, exchange),
    },
    {
      ...good,
      name: 'packument-redirecting',
      host: 'packument-redirecting.corp.example',
      intercept: (asked, exchange) => asked.type === 'packument' && toJsr(asked, exchange),
    },
    {
      ...good,
      name: 'token',
      host: 'token.corp.example',
      intercept: (_, exchange) => wantToken(token, exchange),
    },
    {
      ...good,
      name: 'forbidden',
      host: 'forbidden.corp.example',
      intercept: (asked, { response }) => refuse(asked, response, 403),
    },
    { ...good, name: 'blob', host: 'blob.corp.example', tarballUrl: storageUrl },
    {
      ...good,
      name: 'blob-redirecting',
      host: 'blob-redirecting.corp.example',
      intercept: redirectToStorage,
    },
    {
      ...good,
      name: 'missing',
      host: 'missing.corp.example',
      intercept: (asked, { response }) => refuse(asked, response, 404),
    },
    { ...good, name: 'hanging', host: 'hanging.corp.example', intercept: () => true },
    { ...good, name: 'garbage', host: 'garbage.corp.example', intercept: sendGarbage },
    ...hostileRegistries(good),
    { ...good, name: 'split', host: 'split.corp.example', offers: 'ordinary' },
    { ...good, name: 'split-jsr', host: 'split.corp.example', prefix: '/jsr/', offers: 'jsr' },
  ]
}

/** JSR's URL for a tarball, in either layout. */
export function formatJsrUrl(
  layout: RegistrySettings['layout'],
  name: string,
  version: string,
): string {
  const base = name.slice(name.lastIndexOf('/') + 1)
  if (layout === 'npm') return `https://npm.jsr.io/${name}/-/${base}-${version}.tgz`
  return `https://npm.jsr.io/~/11/${name}/${version}.tgz`
}

const good: Registry = {
  name: 'good',
  host: 'npm.corp.example',
  prefix: '/npm/',
  edition: 'private',
  offers: 'everything',
}

const jsrsOwn = { edition: 'jsr', offers: 'jsr' } as const

/** The public registry's address is npm-registry-fetch's default; no file here spells it. */
function publicAddress(): Pick<Registry, 'host' | 'prefix'> {
  const { host, pathname: prefix } = new URL(defaults.registry)
  return { host, prefix }
}

function storageUrl(name: string, version: string): string {
  return `https://${storageHost}/${name}/-/${version}.tgz`
}

function redirectToJsr(
  asked: RegistryRequest,
  exchange: Exchange,
  jsrUrl: (name: string, version: string) => string,
): boolean {
  const name = jsrPackageOf(asked)
  if (name === undefined) return false
  if (asked.type !== 'tarball') {
    return sendRedirect(exchange.response, `https://npm.jsr.io/${name.replace('/', '%2f')}`)
  }
  const version = findVersion(asked, exchange)
  return version !== undefined && sendRedirect(exchange.response, jsrUrl(name, version))
}

function redirectToStorage(asked: RegistryRequest, exchange: Exchange): boolean {
  if (asked.type !== 'tarball') return false
  const version = findVersion(asked, exchange)
  return version !== undefined && sendRedirect(exchange.response, storageUrl(asked.name, version))
}

function wantToken(token: string, { request, response }: Exchange): boolean {
  if (request.headers.authorization === `Bearer ${token}`) return false
  response.setHeader('www-authenticate', 'Bearer realm="world"')
  sendJson(response, 401, { error: 'authentication required' })
  return true
}

function refuse(
  asked: RegistryRequest,
  response: Exchange['response'],
  status: 403 | 404,
): boolean {
  if (jsrPackageOf(asked) === undefined) return false
  sendJson(response, status, { error: status === 403 ? 'forbidden' : 'not found' })
  return true
}

function sendGarbage(_: RegistryRequest, { response }: Exchange): boolean {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Sign in</h1></html>')
  return true
}
