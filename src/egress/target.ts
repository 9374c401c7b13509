/** A place that a client asked to be connected to. */
export interface Target {
  /**
   * The host as it is judged, connected to and reported, in one spelling: lower case, IDNA-mapped,
   * percent-decoded, without the dot that may end it; every form of an IPv4 address as four decimal
   * numbers, IPv6 without brackets.
   */
  readonly host: string
  readonly port: number
}

/**
 * Reads the authority of a CONNECT request, `host:port`; `undefined` for everything else.
 *
 * Nothing is guessed: a missing port, userinfo, a path, blanks or bytes beyond ASCII make it
 * unreadable, because another program on the way (a proxy upstream) might read it another way.
 */
export function parseAuthority(text: string): Target | undefined {
  const [, host = '', portText = ''] = /^(\[[!-~]+\]|[!-~]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(portText)
  // These would end the host, or stand before it, in the URL that is parsed next.
  if (!/^(?:\[[^@/\\?#[\]]+\]|[^:@/\\?#[\]]+)$/.test(host) || port < 1 || port > 65_535) {
    return undefined
  }
  return URL.canParse(`http://${host}/`)
    ? createTarget(new URL(`http://${host}/`), port)
    : undefined
}

/** Where a URL leads, or `undefined` when its host has no canonical form. */
export function parseTarget(url: URL): Target | undefined {
  const isSecure = url.protocol === 'https:' || url.protocol === 'wss:'
  return createTarget(url, url.port === '' ? (isSecure ? 443 : 80) : Number(url.port))
}

/** `host:port` for a CONNECT request or a URL, an IPv6 address in brackets. */
export function formatAuthority({ host, port }: Target): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The URL as it was judged: its host as in the target, without userinfo and fragment. */
export function rewriteHost(url: URL, target: Target): URL {
  const judged = new URL(url)
  judged.host = formatAuthority(target)
  judged.username = ''
  judged.password = ''
  judged.hash = ''
  return judged
}

/** Of a name in DNS. Longer ones can't be resolved, and don't fit into a SOCKS request. */
const maxHostLength = 253

function createTarget({ hostname }: URL, port: number): Target | undefined {
  if (hostname.startsWith('[')) return { host: shortenIpv6(hostname.slice(1, -1)), port }
  // One dot at the end is DNS's own spelling of the same name. More of them leave an empty label,
  // which resolvers read in their own ways.
  const host = hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
  if (host.split('.').includes('') || host.length > maxHostLength) return undefined
  return { host, port }
}

/** `::ffff:a.b.c.d` reaches the IPv4 address a.b.c.d, so it is judged and reported as that. */
function shortenIpv6(address: string): string {
  const groups = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address)?.slice(1)
  if (groups === undefined) return address
  return groups
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.')
}
