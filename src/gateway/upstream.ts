import type { Circuit } from './circuit.ts'
import { readChunks, withTimeout } from './relay.ts'

/** The part of the web's `fetch` that the gateway needs. It must not follow redirects when told so. */
export type GatewayFetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'HEAD'
    readonly headers: Readonly<Record<string, string>>
    readonly redirect: 'manual'
    readonly signal: AbortSignal
  },
) => Promise<Response>

/** JSR, as the gateway asks it. */
export interface Upstream {
  readonly ask: (question: UpstreamQuestion) => Promise<UpstreamAnswer>
  readonly isOpen: () => boolean
}

/** One thing to ask for. */
interface UpstreamQuestion {
  readonly method: 'GET' | 'HEAD'
  /** Relative to the upstream's URL. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What came of it. */
export type UpstreamAnswer =
  | {
      readonly type: 'found'
      /** `undefined` where none was announced, or what was announced is of an encoded body. */
      readonly size: number | undefined
      readonly etag: string | undefined
      /** To be read, or stopped reading: otherwise the connection stays taken. */
      readonly body: AsyncIterable<Uint8Array>
    }
  | { readonly type: 'unchanged' }
  | { readonly type: 'missing' }
  /** Not told: the reason is for people, and holds nothing that came from the upstream. */
  | { readonly type: 'failed'; readonly reason: string }

/** How JSR is asked. */
export interface UpstreamOptions {
  /** Ends in `/`. */
  readonly url: URL
  readonly fetch: GatewayFetch
  readonly circuit: Circuit
  /** How long an answer may take to begin, and each further piece to come. */
  readonly timeoutMs: number
  /** Told of each answer: `found`, `unchanged`, `missing`, `failed`, or `held` by the circuit. */
  readonly count: (outcome: UpstreamAnswer['type'] | 'held') => void
}

/** An upstream that is asked over `fetch`. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { circuit, count } = options
  return {
    isOpen: circuit.isOpen,
    async ask(question) {
      if (!circuit.mayTry()) {
        count('held')
        return {
          type: 'failed',
          reason: 'JSR did not answer lately, and is left alone for a while',
        }
      }
      const answer = await askOnce(options, question)
      if (answer.type === 'failed') circuit.fail()
      else circuit.succeed()
      count(answer.type)
      return answer
    },
  }
}

async function askOnce(
  { url, fetch, timeoutMs }: UpstreamOptions,
  { method, path, headers = {} }: UpstreamQuestion,
): Promise<UpstreamAnswer> {
  const controller = new AbortController()
  try {
    const answer = fetch(new URL(path, url).href, {
      method,
      headers: { 'user-agent': 'jsr-guard-gateway', ...headers },
      redirect: 'manual',
      signal: controller.signal,
    })
    const response = await withTimeout(answer, timeoutMs)
    return readAnswer(response, timeoutMs)
  } catch {
    controller.abort()
    // What a library says of a connection may hold a proxy's credentials.
    return { type: 'failed', reason: 'JSR did not answer' }
  }
}

function readAnswer(response: Response, timeoutMs: number): UpstreamAnswer {
  const { status, headers, body } = response
  if (status === 200) {
    const bytes = body === null ? undefined : (body as ReadableStream<Uint8Array>)
    return {
      type: 'found',
      size: readSize(headers),
      etag: headers.get('etag') ?? undefined,
      body: bytes === undefined ? noBytes() : readChunks(bytes, timeoutMs),
    }
  }
  void body?.cancel().catch(() => undefined)
  if (status === 304) return { type: 'unchanged' }
  if (status === 404 || status === 410) return { type: 'missing' }
  // Redirects too: what one leads to is not JSR's answer.
  return { type: 'failed', reason: `JSR answered with HTTP ${status}` }
}

/** A body that was unpacked on the way is of another length than was announced. */
function readSize(headers: Response['headers']): number | undefined {
  const encoding = headers.get('content-encoding') ?? 'identity'
  const text = headers.get('content-length') ?? ''
  return encoding === 'identity' && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
