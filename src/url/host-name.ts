/**
 * A host name without the dots that may end it: in DNS it is the same host.
 *
 * Scans once; a pattern anchored at the end would try again from every dot.
 */
export function withoutTrailingDots(hostname: string): string {
  let end = hostname.length
  while (end > 0 && hostname[end - 1] === '.') end -= 1
  return end === hostname.length ? hostname : hostname.slice(0, end)
}
