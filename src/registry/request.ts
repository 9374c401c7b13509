import fetch from 'make-fetch-happen'
import registryFetch from 'npm-registry-fetch'
import { isJsrHost } from '../url/jsr-host.ts'
import { parseWebUrl } from '../url/web-url.ts'

/** What came of asking for one URL, after redirects that were followed by hand. */
export type RegistryAnswer =
  /** An answer with a status; the body only where it was asked for and is within the bound. */
  | { readonly type: 'answered'; readonly status: number; readonly url: URL; readonly body: string }
  /** A redirect to JSR, which was not followed. */
  | { readonly type: 'redirected-to-jsr'; readonly from: URL; readonly to: URL }
  /** No usable answer: no connection, no end, no sense. The reason holds no credential. */
  | { readonly type: 'failed'; readonly url: URL; readonly reason: string }

/** How to ask. */
export interface RegistryRequestOptions {
  /**
   * npm-registry-fetch's options as npm derives them from its configuration: credentials by URL,
   * certificates, timeouts. Never print them.
   */
  readonly registryOptions: Readonly<Record<string, unknown>>
  /** URL of the closed way out: what asks the registry must not reach JSR either. */
  readonly proxyUrl: string
}

/** A registry that redirects further than this is broken, or wants to keep us busy. */
const maxHops = 5
/** The largest packuments of the public registry are below this. */
const maxBodyBytes = 64 * 1024 * 1024
/** A name that no host has: an absent value would fall back to the environment's list. */
const noHost = 'jsr-guard.invalid'

/**
 * Asks for a URL and judges every redirect before it is followed: one to JSR ends it, and
 * credentials are picked anew for each address, so that none reaches another host.
 *
 * Reads the body only for `json`; for `tarball` the connection is dropped after the headers.
 */
export async function requestUrl(
  url: URL,
  expected: 'json' | 'tarball',
  options: RegistryRequestOptions,
): Promise<RegistryAnswer> {
  let current = url
  for (let hop = 0; hop <= maxHops; hop += 1) {
    const answer = await requestOnce(current, expected, options)
    if (answer.type !== 'redirect') return answer
    const to = parseWebUrl(answer.location)?.url
    if (to === undefined) return failed(current, 'it redirects to something that is no web address')
    if (isJsrHost(to.hostname)) return { type: 'redirected-to-jsr', from: current, to }
    if (current.protocol === 'https:' && to.protocol === 'http:') {
      return failed(current, `it redirects from https to plain http (${to.host})`)
    }
    current = to
  }
  return failed(url, `it redirects more than ${maxHops} times`)
}

type Hop = RegistryAnswer | { readonly type: 'redirect'; readonly location: string }

async function requestOnce(
  url: URL,
  expected: 'json' | 'tarball',
  options: RegistryRequestOptions,
): Promise<Hop> {
  const controller = new AbortController()
  try {
    const response = await fetch(url.href, {
      ...transportOptions(options),
      ...credentialsFor(url, expected, options),
      redirect: 'manual',
      signal: controller.signal,
    })
    // What is still under way when we drop the connection has no reader left to fail for.
    response.body.on('error', () => undefined)
    const location = response.headers.get('location')
    if (isRedirect(response.status) && location !== null) {
      return { type: 'redirect', location: resolveLocation(location, url) }
    }
    const body = expected === 'json' && response.ok ? await readBody(response.body) : ''
    return { type: 'answered', status: response.status, url, body }
  } catch (error) {
    return failed(url, describeFailure(error))
  } finally {
    controller.abort()
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function resolveLocation(location: string, base: URL): string {
  return URL.canParse(location, base.href) ? new URL(location, base.href).href : location
}

function transportOptions({ registryOptions, proxyUrl }: RegistryRequestOptions): object {
  return {
    proxy: proxyUrl,
    noProxy: noHost,
    ca: registryOptions['ca'],
    strictSSL: registryOptions['strictSSL'],
    localAddress: registryOptions['localAddress'],
    timeout: registryOptions['timeout'] ?? 30_000,
    maxSockets: 16,
    retry: { retries: 2, minTimeout: 200, maxTimeout: 2000 },
    cache: 'no-store',
  }
}

/** The credentials that npm would send to this very address, picked by npm-registry-fetch. */
function credentialsFor(
  url: URL,
  expected: 'json' | 'tarball',
  { registryOptions }: RegistryRequestOptions,
): object {
  const auth = registryFetch.getAuth(url.href, registryOptions)
  const headers: Record<string, string> = {
    accept: expected === 'json' ? 'application/json' : '*/*',
    'user-agent': 'jsr-guard',
  }
  if (auth.token) headers['authorization'] = `Bearer ${auth.token}`
  else if (auth.auth) headers['authorization'] = `Basic ${auth.auth}`
  return {
    headers,
    cert: auth.cert ?? registryOptions['cert'],
    key: auth.key ?? registryOptions['key'],
  }
}

async function readBody(body: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    bytes += buffer.length
    if (bytes > maxBodyBytes) throw new Error(`its answer is larger than ${maxBodyBytes} bytes`)
    chunks.push(buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function failed(url: URL, reason: string): RegistryAnswer {
  return { type: 'failed', url, reason }
}

/** System codes say it best; messages of the libraries below may hold URLs with credentials. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (error.message.startsWith('its answer is larger')) return error.message
  return code === undefined ? 'the connection failed' : `the connection failed (${code})`
}
