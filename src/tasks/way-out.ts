import { randomBytes } from 'node:crypto'
import type { NpmConfig } from '../config/npm-config.ts'
import { openWayOut, type WayOut, type WayOutOptions } from '../egress/proxy.ts'
import { parseTarget } from '../egress/target.ts'
import { detectUpstream, findProxy, type ProxySettings, type Upstream } from '../egress/upstream.ts'
import { registryOptions } from '../project/npm-registry-options.ts'
import { createCredentialChoice } from '../registry/credentials.ts'
import { isJsrHost } from '../url/jsr-host.ts'

/** How a client gets out, and what it tells registries. */
export interface ClientNetwork {
  readonly proxies: ProxySettings
  /** npm-registry-fetch's options; they hold credentials: never print them. */
  readonly registryOptions: Readonly<Record<string, unknown>>
}

/** What decides what lies beyond the way out. */
export interface WayOutSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly network: ClientNetwork
  readonly onRefusal: WayOutOptions['onRefusal']
}

/** A way out that refuses JSR's hosts. */
export interface ClosedWayOut extends WayOut {
  /** Whether an address needs it not: plain http, not JSR's, that would meet no proxy beyond it. */
  readonly isDirect: (url: URL) => boolean
}

/** Opens the way out that refuses JSR's hosts. It goes on through the proxy that the client would have used. */
export async function openClosedWayOut(source: WayOutSource): Promise<ClosedWayOut> {
  const { env, network, onRefusal } = source
  const { proxies, registryOptions: options } = network
  const upstream = { ...detectUpstream(env, proxies), ca: readAuthorities(options) }
  const wayOut = await openWayOut({
    upstream,
    isRefused: isJsrHost,
    chooseCredential: createCredentialChoice(options),
    // Other users of this machine could go out through us otherwise, with the credentials of the
    // proxy upstream, and end the run by asking JSR.
    password: randomBytes(16).toString('hex'),
    onRefusal,
  })
  return { ...wayOut, isDirect: (url) => isDirect(url, upstream) }
}

function isDirect(url: URL, upstream: Upstream): boolean {
  if (url.protocol !== 'http:' || isJsrHost(url.hostname)) return false
  const target = parseTarget(url)
  return target !== undefined && findProxy(upstream, target, 'http') === undefined
}

/** How npm gets out; of `credentialFiles`, other clients' own, credentials are taken that npm has none for. */
export function readNpmNetwork(
  config: NpmConfig,
  credentialFiles: readonly NpmConfig[] = [],
): ClientNetwork {
  const read = (key: string): string | undefined => {
    const value = config.get(key)?.value
    if (Array.isArray(value)) return value.join(',')
    return typeof value === 'string' ? value : undefined
  }
  return {
    proxies: { httpsProxy: read('https-proxy'), proxy: read('proxy'), noProxy: read('noproxy') },
    registryOptions: registryOptions(config, credentialFiles),
  }
}

/** Clients trust these for their proxy as well. */
function readAuthorities(options: Readonly<Record<string, unknown>>): string[] | undefined {
  const authorities = [options['ca']].flat().filter((ca) => typeof ca === 'string')
  return authorities.length === 0 ? undefined : authorities
}
