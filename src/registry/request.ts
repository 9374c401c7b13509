import { setTimeout as delay } from 'node:timers/promises'
import type { Wanted } from './body.ts'
import { exchange, type Exchange, type Headers, type RegistryRequestOptions } from './exchange.ts'

/** What came of asking for one URL, after redirects that were followed by hand. */
export type RegistryAnswer<Body = unknown> =
  /** An answer with a status; the body only of a good one. */
  | {
      readonly type: 'answered'
      readonly status: number
      /** Where the answer came from in the end. */
      readonly url: URL
      readonly headers: Headers
      readonly body: Body | undefined
    }
  /** A redirect to JSR, which was not followed. */
  | { readonly type: 'redirected-to-jsr'; readonly from: URL; readonly to: URL }
  /** A redirect to a registry that is open to everyone, which was not followed either. */
  | { readonly type: 'redirected-to-public'; readonly from: URL; readonly to: URL }
  /** No usable answer: no connection, no end, no sense. The reason holds no credential. */
  | { readonly type: 'failed'; readonly url: URL; readonly reason: string }

/** A registry that redirects further than this is broken, or wants to keep us busy. */
const maxHops = 5

/**
 * Asks for a URL and judges every redirect before it is followed; credentials are picked anew for
 * each address, so that none reaches another host. What may pass is asked for again, with growing
 * pauses or as long as the registry says.
 */
export async function requestUrl<Body>(
  url: URL,
  wanted: Wanted<Body>,
  options: RegistryRequestOptions,
): Promise<RegistryAnswer<Body>> {
  let current = url
  for (let hop = 0; hop <= maxHops; hop += 1) {
    const answer = await askPatiently(current, wanted, options)
    if (answer.type === 'answered') return { ...answer, url: current }
    if (answer.type === 'failed') return { ...answer, url: current }
    const { judgement } = answer
    if (judgement.type === 'refused') return failed(current, judgement.reason)
    if (judgement.type === 'outside') {
      const { whose, to } = judgement
      return { type: `redirected-to-${whose}`, from: current, to }
    }
    current = judgement.to
  }
  return failed(url, `it redirects more than ${maxHops} times`)
}

async function askPatiently<Body>(
  url: URL,
  wanted: Wanted<Body>,
  options: RegistryRequestOptions,
): Promise<Exchange<Body>> {
  const retries = countRetries(options)
  for (let attempt = 0; ; attempt += 1) {
    const answer = await exchange(url, wanted, options)
    const pauseMs = attempt < retries ? choosePause(answer, attempt) : undefined
    if (pauseMs === undefined || options.signal?.aborted === true) return answer
    await pause(pauseMs, options.signal)
  }
}

/** npm's own number, within bounds. */
function countRetries({ registryOptions }: RegistryRequestOptions): number {
  const retry = registryOptions['retry']
  const configured =
    typeof retry === 'object' && retry !== null && 'retries' in retry ? Number(retry.retries) : 2
  return Number.isInteger(configured) && configured >= 0 ? Math.min(configured, 5) : 2
}

const firstPauseMs = 200
/** A registry that wants to be left alone for longer is taken at its word: it could not be asked. */
const maxPauseMs = 15_000

/** How long to wait before asking again; `undefined` where that would be of no use. */
function choosePause(answer: Exchange<unknown>, attempt: number): number | undefined {
  const backoffMs = firstPauseMs * 2 ** attempt
  if (answer.type === 'failed') return answer.isFinal ? undefined : backoffMs
  if (answer.type !== 'answered' || !isPassing(answer.status)) return undefined
  const wantedMs = parseRetryAfter(answer.headers.get('retry-after'), Date.now())
  if (wantedMs === undefined) return backoffMs
  return wantedMs <= maxPauseMs ? Math.max(wantedMs, firstPauseMs) : undefined
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500
}

/**
 * How long a `Retry-After` says to wait, in milliseconds: seconds, or a date.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 */
function parseRetryAfter(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const dateMs = Date.parse(text)
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs)
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error
  }
}

function failed(url: URL, reason: string): RegistryAnswer<never> {
  return { type: 'failed', url, reason }
}
