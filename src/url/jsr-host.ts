/** The host of JSR's npm endpoint. */
export const jsrNpmHost = 'npm.jsr.io'

/**
 * Whether a host is JSR's own: `jsr.io` or anything below it.
 *
 * Takes a host name as `URL.hostname` gives it (lower case, IDNA-mapped). A trailing dot names the
 * same host in DNS, so any number of them is passed over: `npm.jsr.io.` is JSR too.
 */
export function isJsrHost(hostname: string): boolean {
  let end = hostname.length
  while (end > 0 && hostname[end - 1] === '.') end -= 1
  const host = hostname.slice(0, end).toLowerCase()
  return host === 'jsr.io' || host.endsWith('.jsr.io')
}
