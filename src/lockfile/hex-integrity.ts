/**
 * A hash in hexadecimal as Subresource Integrity string; whatever is no such text pins nothing, and
 * comes back as it is.
 */
export function hexToIntegrity(algorithm: string, hex: string): string {
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return hex
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  return `${algorithm}-${btoa(String.fromCharCode(...bytes))}`
}
