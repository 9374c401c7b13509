import {
  createErrorAnswer,
  commonHeaders,
  type GatewayAnswer,
  type GatewayRequest,
} from './exchange.ts'
import { matchesTag, parseRange, type RangeRequest } from './negotiate.ts'
import type { ByteRange } from './pins.ts'
import { toStream } from './relay.ts'
import type { Tarball } from './shelf.ts'

/** The answer with a tarball, or with the part of it that is asked for. */
export function answerTarball(
  tarball: Tarball,
  request: GatewayRequest,
  cacheScope: 'public' | 'private',
): GatewayAnswer {
  const headers = formatHeaders(tarball, cacheScope)
  const etag = headers['etag']
  if (etag !== undefined && matchesTag(request.header('if-none-match'), etag)) {
    const { 'content-type': _, ...unchanged } = headers
    return { status: 304, headers: unchanged, body: undefined }
  }
  if (tarball.type === 'passing') {
    const length = tarball.size === undefined ? {} : { 'content-length': String(tarball.size) }
    return { status: 200, headers: { ...headers, ...length }, body: tarball.body }
  }
  return answerRange(tarball, headers, readRange(request, sizeOf(tarball), etag))
}

/** The same for every tarball that has this hash. */
function formatHeaders(
  { type, integrity }: Tarball,
  cacheScope: 'public' | 'private',
): Readonly<Record<string, string>> {
  return {
    ...commonHeaders,
    'content-type': 'application/octet-stream',
    'cache-control': `${cacheScope}, max-age=31536000, immutable`,
    ...(integrity !== undefined && { etag: `"${integrity}"` }),
    ...(type !== 'passing' && { 'accept-ranges': 'bytes' }),
  }
}

type Seekable = Exclude<Tarball, { readonly type: 'passing' }>

function sizeOf(tarball: Seekable): number {
  return tarball.type === 'bytes' ? tarball.bytes.length : tarball.object.size
}

/** A part is sent only of the body that the client has the rest of. */
function readRange(request: GatewayRequest, size: number, etag: string | undefined): RangeRequest {
  const condition = request.header('if-range')
  if (condition !== undefined && condition !== etag) return { type: 'whole' }
  return parseRange(request.header('range'), size)
}

function answerRange(
  tarball: Seekable,
  headers: Readonly<Record<string, string>>,
  range: RangeRequest,
): GatewayAnswer {
  const size = sizeOf(tarball)
  if (range.type === 'unsatisfiable') {
    return createErrorAnswer(416, 'there is no such part', { 'content-range': `bytes */${size}` })
  }
  if (range.type === 'whole') {
    const whole = { ...headers, 'content-length': String(size) }
    return { status: 200, headers: whole, body: readBody(tarball, undefined) }
  }
  const { start, end } = range
  const part = {
    ...headers,
    'content-length': String(end - start + 1),
    'content-range': `bytes ${start}-${end}/${size}`,
  }
  return { status: 206, headers: part, body: readBody(tarball, { start, end }) }
}

function readBody(
  tarball: Seekable,
  range: ByteRange | undefined,
): Uint8Array | ReadableStream<Uint8Array> {
  if (tarball.type === 'stored') return toStream(tarball.object.body(range))
  return range === undefined ? tarball.bytes : tarball.bytes.subarray(range.start, range.end + 1)
}
