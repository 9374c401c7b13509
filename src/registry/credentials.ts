import { createRequire } from 'node:module'
import type registryFetch from 'npm-registry-fetch'

/** Which `Authorization` a plain http request carries, given the one that the client sent. */
export type ChooseCredential = (url: URL, authorization: string) => string | undefined

/**
 * Keeps each of the configured credentials to the addresses that they are configured for.
 *
 * npm 10 sends the credentials of the first registry it asks to every other plain http host behind
 * a proxy, and our way out is a proxy. One of them that comes for another address is replaced by
 * the one for that address, or taken out; what isn't in the configuration is left alone, since a
 * program may have credentials of its own.
 */
export function createCredentialChoice(
  registryOptions: Readonly<Record<string, unknown>>,
): ChooseCredential {
  const configured = listCredentials(registryOptions)
  return (url, authorization) => {
    if (!configured.has(authorization)) return authorization
    const { token, auth } = loadRegistryFetch().getAuth(url.href, registryOptions)
    if (token) return `Bearer ${token}`
    return auth ? `Basic ${auth}` : undefined
  }
}

/** Whether npm's configuration has credentials for an address. */
export function hasCredentials(
  url: URL,
  registryOptions: Readonly<Record<string, unknown>>,
): boolean {
  const { token, auth, cert } = loadRegistryFetch().getAuth(url.href, registryOptions)
  return Boolean(token) || Boolean(auth) || Boolean(cert)
}

/** The header values that npm makes of the credentials in its configuration. */
function listCredentials(registryOptions: Readonly<Record<string, unknown>>): Set<string> {
  const values = new Set<string>()
  for (const [key, value] of Object.entries(registryOptions)) {
    if (!key.startsWith('//') || typeof value !== 'string') continue
    if (key.endsWith(':_authToken')) values.add(`Bearer ${value}`)
    if (key.endsWith(':_auth')) values.add(`Basic ${value}`)
    if (!key.endsWith(':_password')) continue
    const username = registryOptions[`${key.slice(0, -':_password'.length)}:username`]
    const password = Buffer.from(value, 'base64').toString('utf8')
    values.add(`Basic ${Buffer.from(`${String(username)}:${password}`).toString('base64')}`)
  }
  return values
}

/** Loaded at once, since the answer is needed at once, and late, since few runs need it. */
function loadRegistryFetch(): typeof registryFetch {
  return createRequire(import.meta.url)('npm-registry-fetch') as typeof registryFetch
}
