import { formatIntegrity, type CreateDigest } from './digest.ts'

/** How a body is checked while it passes. */
export interface RelayOptions {
  readonly createDigest: CreateDigest
  /** SHA-512 that the whole must have. */
  readonly integrity: string
  /** What was announced of its size; `undefined` where nothing was. */
  readonly size?: number | undefined
  readonly maxBytes: number
  /** Called for a whole body with another hash, before the last bytes would go out. */
  readonly onMismatch: (actual: string) => void
}

/**
 * Passes a body on, one piece behind: the last piece goes out only once the whole of it has the
 * hash. A body that has another one, is longer than announced or ends early, ends in an error
 * instead, so that whoever reads it has not got all of it and can't take it for complete.
 */
export async function* relayVerified(
  body: AsyncIterable<Uint8Array>,
  { createDigest, integrity, size, maxBytes, onMismatch }: RelayOptions,
): AsyncGenerator<Uint8Array> {
  const digest = createDigest()
  const limit = size ?? maxBytes
  let length = 0
  let held: Uint8Array | undefined
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit) throw new Error(`the body is longer than ${limit} bytes`)
    digest.update(chunk)
    if (held !== undefined) yield held
    held = chunk
  }
  if (size !== undefined && length < size) throw new Error('the body ended early')
  const actual = formatIntegrity(digest.finish())
  if (actual !== integrity) {
    onMismatch(actual)
    throw new Error(`the body has the hash ${actual}, not ${integrity}`)
  }
  if (held !== undefined) yield held
}

/** Takes a body in as one piece, up to a bound. */
export async function collect(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > maxBytes) throw new Error(`the body is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return concat(chunks)
}

/** Puts pieces together. */
export function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/**
 * The web's form of a stream: pulled piece by piece, so that a slow reader slows the source down.
 * `stop` ends a source that would hear of it only after its next piece, which may never come.
 */
export function toStream(
  body: AsyncIterable<Uint8Array>,
  stop?: () => void,
): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        if (stop === undefined) await iterator.return?.()
        else stop()
      },
    },
    { highWaterMark: 0 },
  )
}

/**
 * The pieces of a stream, each waited for no longer than `idleMs`. A reader that stops early cancels
 * the stream, and so the connection behind it.
 */
export async function* readChunks(
  stream: ReadableStream<Uint8Array>,
  idleMs: number,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let isEnded = false
  try {
    for (;;) {
      const { done, value } = await withTimeout(reader.read(), idleMs)
      if (done) break
      yield value
    }
    isEnded = true
  } finally {
    // Not waited for: a source that hangs would hang in here too.
    if (!isEnded) void reader.cancel().catch(() => undefined)
  }
}

/** The result, if it comes in time. */
export async function withTimeout<T>(result: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
  }
}
