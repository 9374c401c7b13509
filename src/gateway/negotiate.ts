/** Encodings in the order in which they are preferred where a client takes them equally. */
const encodings = ['br', 'gzip', 'identity'] as const

/** How a body can be encoded. */
export type Encoding = (typeof encodings)[number]

/** npm's abbreviated packument. */
export const abbreviatedType = 'application/vnd.npm.install-v1+json'

/** Reads what clients would like to have. */
export interface Negotiator {
  /** Whether a client would rather have the abbreviated packument, by its `Accept`. */
  readonly prefersAbbreviated: (accept: string | undefined) => boolean
  /** The encodings that a client takes, best first; `identity` is always one of them. */
  readonly listEncodings: (acceptEncoding: string | undefined) => readonly Encoding[]
}

/** One that remembers what it has read: a fleet of clients sends the same few headers. */
export function createNegotiator(): Negotiator {
  return {
    prefersAbbreviated: remember(prefersAbbreviated),
    listEncodings: remember(listEncodings),
  }
}

/** Few and short, so that nobody can fill the memory by headers of their own. */
function remember<T extends {}>(
  read: (header: string | undefined) => T,
): (header: string | undefined) => T {
  const known = new Map<string | undefined, T>()
  return (header) => {
    const found = known.get(header)
    if (found !== undefined) return found
    const value = read(header)
    if (known.size >= 256) known.clear()
    if ((header?.length ?? 0) <= 256) known.set(header, value)
    return value
  }
}

function prefersAbbreviated(accept: string | undefined): boolean {
  if (accept?.includes(abbreviatedType) !== true) return false
  const weights = parseWeights(accept)
  const abbreviated = weights.get(abbreviatedType) ?? 0
  return abbreviated > 0 && abbreviated >= (weights.get('application/json') ?? 0)
}

function listEncodings(acceptEncoding: string | undefined): readonly Encoding[] {
  if (acceptEncoding === undefined) return ['identity']
  const weights = parseWeights(acceptEncoding)
  const weightOf = (encoding: Encoding): number =>
    weights.get(encoding) ?? (encoding === 'identity' ? 0.001 : (weights.get('*') ?? 0))
  return encodings
    .filter((encoding) => encoding === 'identity' || weightOf(encoding) > 0)
    .toSorted((a, b) => weightOf(b) - weightOf(a))
}

/** No client sends so many; a longer list is not worth the time. */
const maxItems = 32

/** The items of a header such as `Accept`, with their `q`; the first of equal ones counts. */
function parseWeights(header: string): Map<string, number> {
  const weights = new Map<string, number>()
  for (const item of header.split(',', maxItems)) {
    const [name = '', ...parameters] = item.split(';')
    const key = name.trim().toLowerCase()
    if (key !== '' && !weights.has(key)) weights.set(key, parseWeight(parameters))
  }
  return weights
}

function parseWeight(parameters: readonly string[]): number {
  const text = parameters.map((parameter) => parameter.trim()).find((one) => /^q=/i.test(one))
  const weight = text === undefined ? 1 : Number(text.slice(2))
  return weight >= 0 && weight <= 1 ? weight : 0
}

/** Whether `If-None-Match` names an ETag; compared weakly, as the header asks. */
export function matchesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch === etag || ifNoneMatch === '*') return true
  return ifNoneMatch.split(',', maxItems).some((tag) => tag.trim().replace(/^W\//, '') === etag)
}

/** What of a body a `Range` header asks for. */
export type RangeRequest =
  | { readonly type: 'whole' }
  | { readonly type: 'part'; readonly start: number; readonly end: number }
  | { readonly type: 'unsatisfiable' }

/** Reads `Range`. Several parts at once, and what is no range of bytes, are answered with the whole. */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const match = header === undefined ? undefined : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header)
  const [, first = '', last = ''] = match ?? []
  if (first === '' && last === '') return { type: 'whole' }
  if (first === '') return cutRange(Math.max(0, size - Number(last)), size - 1, size)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < Number(first)) return { type: 'whole' }
  return cutRange(Number(first), end, size)
}

function cutRange(start: number, end: number, size: number): RangeRequest {
  return start >= size || start > end ? { type: 'unsatisfiable' } : { type: 'part', start, end }
}
