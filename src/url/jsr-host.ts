import { withoutTrailingDots } from './host-name.ts'

/** The host of JSR itself. */
export const jsrHost = 'jsr.io'

/** The host of JSR's npm endpoint. */
export const jsrNpmHost = 'npm.jsr.io'

/**
 * Whether a host is JSR's own: `jsr.io` or anything below it.
 *
 * Takes a host name as `URL.hostname` gives it (lower case, IDNA-mapped). A trailing dot names the
 * same host in DNS, so any number of them is passed over: `npm.jsr.io.` is JSR too.
 */
export function isJsrHost(hostname: string): boolean {
  const host = withoutTrailingDots(hostname).toLowerCase()
  return host === 'jsr.io' || host.endsWith('.jsr.io')
}
