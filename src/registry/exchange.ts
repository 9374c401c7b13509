import { Agent } from 'node:http'
import fetch, { type FetchResponse } from 'make-fetch-happen'
import registryFetch from 'npm-registry-fetch'
import { BodyError, unpack, type Wanted } from './body.ts'
import { judgeRedirect, type RedirectJudgement } from './redirect.ts'

/** How to ask. */
export interface RegistryRequestOptions {
  /**
   * npm-registry-fetch's options as npm derives them from its configuration: credentials by URL,
   * certificates, timeouts, retries. Never print them.
   */
  readonly registryOptions: Readonly<Record<string, unknown>>
  /** URL of the closed way out: what asks the registry must not reach JSR either. */
  readonly proxyUrl: string
  /**
   * Whether an address needs no way out: plain http that meets no proxy would only be passed on,
   * request by request. Where it is not given, nothing is.
   */
  readonly isDirect?: ((url: URL) => boolean) | undefined
  /** Aborted: nothing is asked any more, and what is under way is dropped. */
  readonly signal?: AbortSignal | undefined
}

/** What came of asking once for one URL. */
export type Exchange<Body> =
  | {
      readonly type: 'answered'
      readonly status: number
      readonly headers: Headers
      /** Only of a good answer. */
      readonly body: Body | undefined
    }
  | { readonly type: 'redirect'; readonly judgement: RedirectJudgement }
  /** `isFinal`: asking again would come to the same. */
  | { readonly type: 'failed'; readonly reason: string; readonly isFinal: boolean }

/** The headers of an answer. */
export interface Headers {
  get(name: string): string | null
  /** By lower-case name. */
  forEach(visit: (value: string, name: string) => void): void
}

/** What answers nothing for that long is taken for dead, whatever npm would wait. */
const maxTimeoutMs = 60_000
/** The library's own finds out for each request whether it is secure, which takes as long as the request. */
const directAgent = new Agent({ keepAlive: true, maxSockets: 16 })
/** A name that no host has: an absent value would fall back to the environment's list. */
const noHost = 'jsr-guard.invalid'

/**
 * Asks once, with the credentials that npm would send to this very address, and follows nothing.
 * Never throws for what a registry does.
 */
export async function exchange<Body>(
  url: URL,
  wanted: Wanted<Body>,
  options: RegistryRequestOptions,
): Promise<Exchange<Body>> {
  const deadline = createDeadline(options)
  try {
    const response = await fetch(url.href, {
      ...transportOptions(url, options),
      ...credentialsFor(url, wanted, options),
      method: wanted.method,
      redirect: 'manual',
      signal: deadline.signal,
    })
    // What is still under way when we drop the connection has no reader left to fail for.
    response.body.on('error', () => undefined)
    const location = response.headers.get('location')
    if (isRedirect(response.status) && location !== null) {
      return { type: 'redirect', judgement: judgeRedirect(url, location) }
    }
    const { status, headers, ok } = response
    deadline.extend()
    if (!ok && wanted.isReadAlways !== true) {
      return { type: 'answered', status, headers, body: undefined }
    }
    const { body, isWhole } = await readBody(response, wanted)
    if (isWhole) deadline.keepConnection()
    return { type: 'answered', status, headers, body }
  } catch (error) {
    return describeFailure(error, deadline)
  } finally {
    deadline.end()
  }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

async function readBody<Body>(
  response: FetchResponse,
  wanted: Wanted<Body>,
): Promise<{ readonly body: Body; readonly isWhole: boolean }> {
  const { headers, body: raw } = response
  const length = headers.get('content-length')
  const stream = wanted.isCompressible ? unpack(raw, headers.get('content-encoding')) : raw
  const body = await wanted.read(stream, length === null ? undefined : Number(length))
  return { body, isWhole: raw.emittedEnd || wanted.method === 'HEAD' }
}

/** The end of an exchange that takes too long: to its first byte, and from there to its last. */
interface Deadline {
  readonly signal: AbortSignal
  /** How long there was. */
  timeoutMs(): number
  isMissed(): boolean
  /** The answer has begun: from now on there is more time. */
  extend(): void
  /** The answer has been read to its end: the connection serves again. */
  keepConnection(): void
  /** Drops what is still under way. */
  end(): void
}

function createDeadline({ registryOptions, signal }: RegistryRequestOptions): Deadline {
  const controller = new AbortController()
  const configured = Number(registryOptions['timeout'])
  let timeoutMs = configured > 0 ? Math.min(configured, maxTimeoutMs) : maxTimeoutMs
  let isMissed = false
  let isOver = false
  const stop = (): void => controller.abort()
  const miss = (): void => {
    isMissed = true
    stop()
  }
  if (signal?.aborted === true) stop()
  // Cheaper than a signal made of two, and there may be thousands of requests.
  signal?.addEventListener('abort', stop)
  let timer = setTimeout(miss, timeoutMs)
  return {
    signal: controller.signal,
    timeoutMs: () => timeoutMs,
    isMissed: () => isMissed,
    extend() {
      clearTimeout(timer)
      timer = setTimeout(miss, (timeoutMs *= 5))
    },
    keepConnection() {
      isOver = true
    },
    end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', stop)
      if (!isOver) stop()
    },
  }
}

function transportOptions(
  url: URL,
  { registryOptions, proxyUrl, isDirect }: RegistryRequestOptions,
): object {
  return {
    ...(isDirect?.(url) === true ? { agent: directAgent } : { proxy: proxyUrl, noProxy: noHost }),
    ca: registryOptions['ca'],
    strictSSL: registryOptions['strictSSL'],
    localAddress: registryOptions['localAddress'],
    maxSockets: 16,
    // Whoever calls asks again, and waits as long as the registry says.
    retry: { retries: 0 },
    // Unpacked by us, as far as it is read: the library unpacks whatever comes.
    compress: false,
    cache: 'no-store',
  }
}

/** The credentials that npm would send to this very address, picked by npm-registry-fetch. */
function credentialsFor(
  url: URL,
  { accept, isCompressible }: Pick<Wanted<unknown>, 'accept' | 'isCompressible'>,
  { registryOptions }: RegistryRequestOptions,
): object {
  const auth = registryFetch.getAuth(url.href, registryOptions)
  const headers: Record<string, string> = {
    accept,
    'accept-encoding': isCompressible ? 'gzip' : 'identity',
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

/** System codes say it best; messages of the libraries below may hold URLs with credentials. */
function describeFailure<Body>(error: unknown, deadline: Deadline): Exchange<Body> {
  if (deadline.isMissed()) {
    const reason = `it did not answer, or not to the end, in ${deadline.timeoutMs()} ms`
    return { type: 'failed', reason, isFinal: false }
  }
  if (error instanceof BodyError) return { type: 'failed', reason: error.message, isFinal: true }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reason =
    typeof code === 'string' ? `the connection failed (${code})` : 'the connection failed'
  return { type: 'failed', reason, isFinal: typeof code === 'string' && isCertificate(code) }
}

function isCertificate(code: string): boolean {
  return code.startsWith('ERR_TLS') || code.startsWith('CERT_') || code.includes('CERT')
}
