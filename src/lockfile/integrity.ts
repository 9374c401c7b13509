const none: readonly string[] = []

/** The hashes of an entry, as written: Subresource Integrity strings, split at white space. */
export function splitIntegrity(integrity: string | undefined): readonly string[] {
  if (integrity === undefined || integrity === '') return none
  // A lone SHA-512, as nearly all are. Were there a blank in it, it would be no hash at all.
  if (integrity.length === 95 && integrity.startsWith('sha512-')) return [integrity]
  return /\s/.test(integrity) ? integrity.split(/\s+/).filter((hash) => hash !== '') : [integrity]
}
