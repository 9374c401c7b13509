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
  if (endsOtherwise(hostname.charCodeAt(hostname.length - 1))) return false
  const host = withoutTrailingDots(hostname).toLowerCase()
  return host === 'jsr.io' || host.endsWith('.jsr.io')
}

/** A quick no for most of the many addresses that it is asked of, by their last character. */
function endsOtherwise(last: number): boolean {
  return last < 0x80 && last !== letterO && last !== capitalO && last !== dot
}

const letterO = 0x6f
const capitalO = 0x4f
const dot = 0x2e
