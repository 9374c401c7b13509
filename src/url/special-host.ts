import { withoutTrailingDots } from './host-name.ts'

/**
 * Whether a host is one that only a machine's own network has: link-local addresses, under which
 * clouds hand out the credentials of the machine, their usual name, and the address of no host.
 *
 * Takes a host name as `URL.hostname` gives it, so an address stands in its one spelling.
 *
 * @see https://www.rfc-editor.org/rfc/rfc3927 @see https://www.rfc-editor.org/rfc/rfc4291#section-2.4
 */
export function isLinkLocalHost(hostname: string): boolean {
  const host = withoutTrailingDots(hostname).toLowerCase()
  if (host === 'metadata.google.internal' || host === '[fd00:ec2::254]' || host === '[::]') {
    return true
  }
  if (/^\[fe[89ab][0-9a-f]:/.test(host)) return true
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : readMappedAddress(host)
  return address !== undefined && (address.startsWith('169.254.') || address.startsWith('0.'))
}

/** The IPv4 address inside one of IPv6: `[::ffff:a9fe:101]`. */
function readMappedAddress(host: string): string | undefined {
  const [, high, low] = /^\[::(?:ffff:(?:0:)?)?([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host) ?? []
  if (high === undefined || low === undefined) return undefined
  const words = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return words.flatMap((word) => [word >> 8, word & 0xff]).join('.')
}
