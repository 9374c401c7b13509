import defaults from 'npm-registry-fetch/lib/default-opts.js'
import { withoutTrailingDots } from './host-name.ts'
import { parseRegistryUrl } from './web-url.ts'

/** The registry that npm asks when nothing is configured, as npm-registry-fetch names it. */
export const publicNpmRegistry: string = defaults.registry

/** What Yarn has built in instead: another name of the same registry. */
export const publicYarnRegistry: string = `https://${['registry', 'yarnpkg', 'com'].join('.')}/`

const publicHosts: ReadonlySet<string | undefined> = new Set(
  [publicNpmRegistry, publicYarnRegistry].map((registry) => parseRegistryUrl(registry)?.hostname),
)

/**
 * Whether a host is the public npm registry, where anyone may publish a look-alike of an `@jsr`
 * name.
 */
export function isPublicHost(hostname: string): boolean {
  return publicHosts.has(withoutTrailingDots(hostname))
}
