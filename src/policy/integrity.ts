/** How well a locked package is pinned: by a hash that holds, by one that can be forged, or not at all. */
export type Pinning = 'strong' | 'weak' | 'none'

/**
 * How well the hashes of an entry pin it. Clients verify by the strongest that they can read, so
 * one strong hash is enough; a string that is no hash of its algorithm's length pins nothing.
 *
 * @see https://www.w3.org/TR/SRI/
 */
export function detectPinning(integrity: readonly string[]): Pinning {
  // By its place: to take it out as a list takes three times as long.
  const first = integrity[0] ?? ''
  if (first.length === sha512Length && sha512.test(first)) return 'strong'
  let pinning: Pinning = 'none'
  for (const text of integrity) {
    const algorithm = detectAlgorithm(text)
    if (algorithm !== undefined && !weakAlgorithms.has(algorithm)) return 'strong'
    if (algorithm !== undefined) pinning = 'weak'
  }
  return pinning
}

/** What nearly every entry has, told without a match array for each. */
const sha512 = /^sha512-[A-Za-z0-9+/]+==$/
const sha512Length = 95

/** Collisions of both can be made. */
const weakAlgorithms: ReadonlySet<string> = new Set(['sha1', 'md5'])

/** Length of the hash in base64, padding included. */
const lengths: ReadonlyMap<string, number> = new Map([
  ['sha512', 88],
  ['sha384', 64],
  ['sha256', 44],
  ['sha1', 28],
  ['md5', 24],
])

const hash = /^([a-z0-9]+)-([A-Za-z0-9+/]+={0,2})(?:\?[\x21-\x7e]*)?$/

/** The algorithm of a Subresource Integrity string; `undefined` if it is none. */
function detectAlgorithm(text: string): string | undefined {
  const [, algorithm, digest] = hash.exec(text) ?? []
  if (algorithm === undefined || digest === undefined) return undefined
  return lengths.get(algorithm) === digest.length ? algorithm : undefined
}
