import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { dial, isProxyAnswer, type Route } from './dial.ts'

/** What a client is told instead of being connected. */
export interface Answer {
  readonly status: number
  /** What follows the status in its line; some clients show nothing else. Default: HTTP's own. */
  readonly reason?: string
  /** One sentence; it may be shown to the user, so it holds no credential. */
  readonly text: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Connects a client that sent CONNECT with its target, until either of them is gone. */
export async function tunnel(client: Duplex, head: Buffer, route: Route): Promise<void> {
  // A client that ends its side before it is connected has given up; nothing else would tell us.
  const giveUp = () => client.destroy()
  client.once('end', giveUp)
  let target: Duplex
  try {
    target = await dial(route)
  } catch (error) {
    refuse(client, explainFailure(error))
    return
  } finally {
    client.off('end', giveUp)
  }
  client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
  if (head.length > 0) client.unshift(head)
  join(client, target)
}

function join(client: Duplex, target: Duplex): void {
  // A target that never ends its side would outlive the client, and keep our process alive.
  client.once('close', () => target.destroy())
  if (client.destroyed) target.destroy()
  target.once('error', () => client.destroy())
  // What the target sent last may still be on its way to the client, so this doesn't destroy it.
  target.once('close', () => {
    client.end()
    client.resume()
  })
  client.pipe(target).pipe(client)
}

/** Answers a CONNECT with a failure and ends the connection. */
export function refuse(client: Duplex, { status, reason, text, headers = {} }: Answer): void {
  const statusLine = `HTTP/1.1 ${status} ${reason ?? STATUS_CODES[status] ?? 'Failed'}\r\n`
  const body = `${text}\n`
  const lines = Object.entries({
    ...headers,
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  client.end(`${statusLine}${lines.join('')}\r\n${body}`)
  // Until it is read to its end, the client's side would stay open.
  client.resume()
}

/**
 * What a client is told when its target can't be reached. Clients try again after 5xx, npm for more
 * than a minute; a name that doesn't exist won't by then, so that has a status of its own. It isn't
 * 404: a client would take that for a package that the registry hasn't got.
 */
export function explainFailure(error: unknown): Answer {
  if (isProxyAnswer(error)) {
    // What the proxy said is passed on: a client behind it alone would have had the same answer.
    const status = error.proxyStatus >= 400 && error.proxyStatus <= 599 ? error.proxyStatus : 502
    return { status, text: `the configured proxy answered ${error.proxyStatus}` }
  }
  const code = readCode(error)
  if (code === 'ENOTFOUND') {
    return { status: 421, reason: 'Host Not Found', text: 'the host was not found' }
  }
  if (code === 'ETIMEDOUT') return { status: 504, text: 'the host did not answer in time' }
  return {
    status: 502,
    text: `the host could not be reached${code === undefined ? '' : ` (${code})`}`,
  }
}

function readCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : undefined
}
