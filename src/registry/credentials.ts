import { createRequire } from 'node:module'
import type registryFetch from 'npm-registry-fetch'

/**
 * Whether an `Authorization` header is the one that npm's configuration gives for a URL.
 *
 * npm 10 sends the credentials of the first registry it asks to every other plain http host behind
 * a proxy, and our way out is a proxy: what does not belong to the host must not get there.
 */
export function isCredentialOf(
  url: URL,
  authorization: string,
  registryOptions: Readonly<Record<string, unknown>>,
): boolean {
  const { token, auth } = loadRegistryFetch().getAuth(url.href, registryOptions)
  return authorization === `Bearer ${token ?? ''}` || authorization === `Basic ${auth ?? ''}`
}

/** Loaded at once, since the answer is needed at once, and late, since few runs need it. */
function loadRegistryFetch(): typeof registryFetch {
  return createRequire(import.meta.url)('npm-registry-fetch') as typeof registryFetch
}
