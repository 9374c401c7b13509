import { createErrorAnswer, type GatewayAnswer, type GatewayRequest } from './exchange.ts'
import { matchesTag, parseRange, type RangeRequest } from './negotiate.ts'
import type { ByteRange } from './pins.ts'
import { toStream } from './relay.ts'
import { formatTarballHeaders, formatTarballTag, type Tarball } from './shelf.ts'

/** The answer with a tarball, or with the part of it that is asked for. */
export function answerTarball(
  tarball: Tarball,
  request: GatewayRequest,
  cacheScope: 'public' | 'private',
): GatewayAnswer {
  const { type, integrity } = tarball
  const condition = request.header('if-none-match')
  if (condition !== undefined && isUnchanged(condition, integrity)) {
    const { 'content-type': _, ...headers } = formatTarballHeaders(integrity, cacheScope)
    return { status: 304, headers, body: undefined }
  }
  if (type !== 'passing') {
    const range = readRange(request, tarball)
    return type === 'bytes' && range.type === 'whole'
      ? tarball.whole
      : answerRange(tarball, range, cacheScope)
  }
  const length = tarball.size === undefined ? {} : { 'content-length': String(tarball.size) }
  const headers = { ...formatTarballHeaders(integrity, cacheScope), ...length }
  return { status: 200, headers, body: tarball.body }
}

function isUnchanged(condition: string, integrity: string | undefined): boolean {
  return integrity !== undefined && matchesTag(condition, formatTarballTag(integrity))
}

type Seekable = Exclude<Tarball, { readonly type: 'passing' }>

function sizeOf(tarball: Seekable): number {
  return tarball.type === 'bytes' ? tarball.bytes.length : tarball.object.size
}

/** A part is sent only of the body that the client has the rest of. */
function readRange(request: GatewayRequest, tarball: Seekable): RangeRequest {
  const range = request.header('range')
  if (range === undefined) return whole
  const condition = request.header('if-range')
  return condition === undefined || condition === formatTarballTag(tarball.integrity)
    ? parseRange(range, sizeOf(tarball))
    : whole
}

const whole: RangeRequest = { type: 'whole' }

function answerRange(
  tarball: Seekable,
  range: RangeRequest,
  cacheScope: 'public' | 'private',
): GatewayAnswer {
  const size = sizeOf(tarball)
  const headers = {
    ...formatTarballHeaders(tarball.integrity, cacheScope),
    'accept-ranges': 'bytes',
  }
  if (range.type === 'unsatisfiable') {
    return createErrorAnswer(416, 'there is no such part', { 'content-range': `bytes */${size}` })
  }
  if (range.type === 'whole') {
    const all = { ...headers, 'content-length': String(size) }
    return { status: 200, headers: all, body: readBody(tarball, undefined) }
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
