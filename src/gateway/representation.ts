import { formatTag } from './digest.ts'
import { commonHeaders, type GatewayAnswer, type GatewayRequest } from './exchange.ts'
import { matchesTag, type Encoding, type Negotiator } from './negotiate.ts'

/** Packs bytes in one of the encodings a runtime has. */
export type Compress = (bytes: Uint8Array) => Promise<Uint8Array>

/** What a runtime can pack bytes with. */
export type Compressors = Readonly<Partial<Record<Exclude<Encoding, 'identity'>, Compress>>>

/** A document that is served in several encodings, each made once, when it is first asked for. */
export interface Representation {
  /** The document as it is. */
  readonly text: string
  /** The answer at once where that encoding is there already. */
  readonly answer: (request: GatewayRequest) => GatewayAnswer | Promise<GatewayAnswer>
  /** What it takes in memory, once it is in all its encodings. */
  readonly bytes: number
}

/** How a document is served. */
export interface RepresentationOptions {
  readonly compressors: Compressors
  readonly negotiator: Negotiator
  readonly contentType: string
  readonly cacheControl: string
}

/** Smaller documents gain nothing. */
const minCompressedBytes = 1024

/** A document that has not been served yet. */
export function createRepresentation(text: string, options: RepresentationOptions): Representation {
  const { negotiator } = options
  const identity = new TextEncoder().encode(text)
  const tag = formatTag(identity)
  const makeVariant = (body: Uint8Array, encoding: Encoding): Variant =>
    createVariant({ body, encoding, tag }, options)
  const variants = new Map<Encoding, Variant | Promise<Variant>>([
    ['identity', makeVariant(identity, 'identity')],
  ])
  const find = (encoding: Encoding): Variant | Promise<Variant> | undefined => {
    const known = variants.get(encoding)
    const compress = encoding === 'identity' ? undefined : options.compressors[encoding]
    if (known !== undefined || compress === undefined) return known
    if (identity.length < minCompressedBytes) return undefined
    return compress(identity).then((body) => {
      const variant = makeVariant(body, encoding)
      variants.set(encoding, variant)
      return variant
    })
  }
  return {
    text,
    bytes: identity.length * 2,
    answer(request) {
      for (const encoding of negotiator.listEncodings(request.header('accept-encoding'))) {
        const variant = find(encoding)
        if (variant === undefined) continue
        return variant instanceof Promise
          ? variant.then((made) => answerVariant(made, request))
          : answerVariant(variant, request)
      }
      throw new Error('a document always has its identity')
    },
  }
}

interface Variant {
  readonly etag: string
  readonly whole: GatewayAnswer
  readonly unchanged: GatewayAnswer
}

interface VariantSource {
  readonly body: Uint8Array
  readonly encoding: Encoding
  readonly tag: string
}

function createVariant(
  { body, encoding, tag }: VariantSource,
  { contentType, cacheControl }: RepresentationOptions,
): Variant {
  const etag = encoding === 'identity' ? `"${tag}"` : `"${tag}-${encoding}"`
  const shared = {
    ...commonHeaders,
    'cache-control': cacheControl,
    etag,
    vary: 'accept, accept-encoding',
  }
  const headers = {
    ...shared,
    'content-type': contentType,
    'content-length': String(body.length),
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  }
  return {
    etag,
    whole: { status: 200, headers, body, isLasting: true },
    unchanged: { status: 304, headers: shared, body: undefined, isLasting: true },
  }
}

function answerVariant(
  { etag, whole, unchanged }: Variant,
  request: GatewayRequest,
): GatewayAnswer {
  return matchesTag(request.header('if-none-match'), etag) ? unchanged : whole
}
