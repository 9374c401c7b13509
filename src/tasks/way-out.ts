import { randomBytes } from 'node:crypto'
import type { NpmConfig } from '../config/npm-config.ts'
import { openWayOut, type WayOut, type WayOutOptions } from '../egress/proxy.ts'
import { parseTarget } from '../egress/target.ts'
import { detectUpstream, findProxy, type Upstream } from '../egress/upstream.ts'
import { registryOptions } from '../project/npm-registry-options.ts'
import { createCredentialChoice } from '../registry/credentials.ts'
import { isJsrHost } from '../url/jsr-host.ts'

/** Whose configuration decides what lies beyond the way out. */
export interface WayOutSource {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly config: NpmConfig
  /** Other clients' files with credentials. */
  readonly credentialFiles?: readonly NpmConfig[]
  readonly onRefusal: WayOutOptions['onRefusal']
}

/** A way out that refuses JSR's hosts. */
export interface ClosedWayOut extends WayOut {
  /** Whether an address needs it not: plain http, not JSR's, that would meet no proxy beyond it. */
  readonly isDirect: (url: URL) => boolean
}

/** Opens the way out that refuses JSR's hosts. It goes on through the proxy that npm would have used. */
export async function openClosedWayOut(source: WayOutSource): Promise<ClosedWayOut> {
  const { env, config, credentialFiles, onRefusal } = source
  const options = registryOptions(config, credentialFiles)
  const upstream = { ...detectUpstream(env, proxySettings(config)), ca: readAuthorities(options) }
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

function proxySettings(config: NpmConfig): Parameters<typeof detectUpstream>[1] {
  const read = (key: string): string | undefined => {
    const value = config.get(key)?.value
    if (Array.isArray(value)) return value.join(',')
    return typeof value === 'string' ? value : undefined
  }
  return { httpsProxy: read('https-proxy'), proxy: read('proxy'), noProxy: read('noproxy') }
}

/** npm trusts these for its proxy as well. */
function readAuthorities(options: Readonly<Record<string, unknown>>): string[] | undefined {
  const authorities = [options['ca']].flat().filter((ca) => typeof ca === 'string')
  return authorities.length === 0 ? undefined : authorities
}
