/** What two sets of hashes say of each other. */
export type HashComparison = 'same' | 'different' | 'incomparable'

/** The strongest first; clients verify by the strongest that they can read. */
const algorithms = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'] as const

type Algorithm = (typeof algorithms)[number]

const strong: ReadonlySet<Algorithm> = new Set(['sha512', 'sha384', 'sha256'])

/**
 * Compares the hashes that pin a file with those of a file, both as Subresource Integrity strings.
 *
 * By the strongest algorithm that both have. Where the pin has a strong hash, a weak one in common
 * tells nothing: a file can be made that has it.
 */
export function compareHashes(pinned: readonly string[], found: readonly string[]): HashComparison {
  const pins = groupHashes(pinned)
  const others = groupHashes(found)
  const isStrong = [...pins.keys()].some((algorithm) => strong.has(algorithm))
  const common = algorithms.find((algorithm) => pins.has(algorithm) && others.has(algorithm))
  if (common === undefined || (isStrong && !strong.has(common))) return 'incomparable'
  const digests = others.get(common) ?? new Set()
  return [...(pins.get(common) ?? [])].some((digest) => digests.has(digest)) ? 'same' : 'different'
}

/** The sha512 among hashes, without options; `undefined` where there is none. */
export function findSha512(hashes: readonly string[]): string | undefined {
  const [digest] = groupHashes(hashes).get('sha512') ?? []
  return digest === undefined ? undefined : `sha512-${digest}==`
}

function groupHashes(hashes: readonly string[]): ReadonlyMap<Algorithm, ReadonlySet<string>> {
  const groups = new Map<Algorithm, Set<string>>()
  for (const text of hashes) {
    const [, name, digest] =
      /^([a-z0-9]+)-([A-Za-z0-9+/]+)={0,2}(?:\?[\x21-\x7e]*)?$/.exec(text) ?? []
    const algorithm = algorithms.find((known) => known === name)
    if (algorithm === undefined || digest === undefined) continue
    groups.set(algorithm, (groups.get(algorithm) ?? new Set()).add(digest))
  }
  return groups
}
