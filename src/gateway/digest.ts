import { sha256, sha512 } from '@noble/hashes/sha2.js'

/** A hash that is fed piece by piece. The web's own can hash only what is there as a whole. */
export interface Digest {
  readonly update: (chunk: Uint8Array) => void
  readonly finish: () => Uint8Array
}

/** Starts a SHA-512. A runtime that has a faster one gives its own. */
export type CreateDigest = () => Digest

/** SHA-512 in plain JavaScript, for every runtime. */
export function createPlainDigest(): Digest {
  const hash = sha512.create()
  return { update: (chunk) => void hash.update(chunk), finish: () => hash.digest() }
}

/** A hash as Subresource Integrity, the way packuments and lockfiles write it. */
export function formatIntegrity(hash: Uint8Array): string {
  return `sha512-${toBase64(hash)}`
}

/** SHA-512 as it stands in a packument of JSR's; nothing that a client would have to interpret. */
const shape = /^sha512-[A-Za-z0-9+/]{86}==$/

/** Whether a text is one SHA-512 in that form. */
export function isIntegrity(text: unknown): text is string {
  return typeof text === 'string' && shape.test(text)
}

/** The hash in small hexadecimal digits, for file names. */
export function formatIntegrityHex(integrity: string): string {
  const bytes = atob(integrity.slice('sha512-'.length))
  return Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

/** A strong ETag's inside: the same bytes give the same one, in every process. */
export function formatTag(bytes: Uint8Array): string {
  return toBase64(sha256(bytes)).slice(0, 32).replaceAll('+', '-').replaceAll('/', '_')
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
