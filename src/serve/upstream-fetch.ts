import fetch from 'make-fetch-happen'
import { toStream } from '../gateway/relay.ts'
import type { GatewayFetch } from '../gateway/upstream.ts'

/**
 * A `fetch` that leaves as npm does: through `HTTPS_PROXY` unless `NO_PROXY` says otherwise, over
 * connections that are kept, and trusting what Node trusts (`NODE_EXTRA_CA_CERTS` and the like).
 */
export const fetchAsNpm: GatewayFetch = async (url, { method, headers, signal }) => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  signal.addEventListener('abort', stop, { once: true })
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: controller.signal,
    maxSockets: 64,
    cache: 'no-store',
    // One: a kept connection may have been closed at the other end just now.
    retry: { retries: 1, minTimeout: 50, maxTimeout: 50 },
  })
  // What is still under way when the connection is dropped has no reader left to fail for.
  response.body.on('error', () => undefined)
  const hasBody = method === 'GET' && response.status !== 304
  // To stop reading is to drop the connection: the rest is not wanted.
  const body = hasBody ? toStream(response.body, stop) : null
  return new Response(body, { status: response.status, headers: readHeaders(response.headers) })
}

/** All that the gateway looks at. */
function readHeaders(headers: { get(name: string): string | null }): Record<string, string> {
  const names = ['content-length', 'content-encoding', 'etag']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
}
