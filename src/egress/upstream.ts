import { JsrGuardError } from '../errors.ts'
import { isProxyBypassed, parseNoProxy } from './no-proxy.ts'
import type { Target } from './target.ts'

/** The proxy that was configured before ours, by the protocol of the target. */
export interface Upstream {
  /** For `http:` targets; `undefined` means a direct connection. May carry credentials. */
  readonly http: URL | undefined
  /** For `https:` targets and everything else that is tunnelled. */
  readonly https: URL | undefined
  /** Hosts that are reached directly all the same, as in `NO_PROXY`. */
  readonly noProxy: readonly string[]
  /** Certificates, PEM, that an `https:` proxy's has to be signed by. Default: those Node trusts. */
  readonly ca?: readonly string[] | undefined
}

/** The values of a client's own proxy settings, as text; `undefined` or empty where not set. */
export interface ProxySettings {
  readonly httpsProxy?: string | undefined
  readonly proxy?: string | undefined
  readonly noProxy?: string | undefined
}

/**
 * Tells the proxy that npm would have used: its setting `https-proxy`, else `proxy`, for every
 * target; else the environment. `noproxy` is likewise taken before `NO_PROXY`.
 *
 * As in npm, `HTTP_PROXY` isn't used for https targets while `HTTPS_PROXY` is for http ones, and
 * names are read in any letter case. `ALL_PROXY`, which npm doesn't know, is used where nothing
 * else is set, because the other clients do.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where the proxy is no URL, or of a kind that we
 *   can't go through: going round it instead might be what the network forbids.
 */
export function detectUpstream(
  env: Readonly<Record<string, string | undefined>>,
  settings: ProxySettings = {},
): Upstream {
  const read = (name: string) => readVariable(env, name)
  const configured = readSetting(settings.httpsProxy) ?? readSetting(settings.proxy)
  const everything = read('all_proxy')
  const https = configured ?? read('https_proxy')
  const http = https ?? read('http_proxy') ?? read('proxy')
  return {
    http: parseProxy(http ?? everything),
    https: parseProxy(https ?? everything),
    noProxy: parseNoProxy(readSetting(settings.noProxy) ?? read('no_proxy') ?? ''),
  }
}

/** The proxy to go through to a target, or `undefined` for a direct connection. */
export function findProxy(
  upstream: Upstream,
  target: Target,
  protocol: 'http' | 'https',
): URL | undefined {
  const proxy = upstream[protocol]
  return proxy === undefined || isProxyBypassed(target, upstream.noProxy) ? undefined : proxy
}

/** `false` and `null` are what npm makes of a setting that was switched off: as if not set. */
function readSetting(value: string | undefined): string | undefined {
  const text = value?.trim()
  return text === '' || text === 'false' || text === 'null' ? undefined : text
}

/** Lower case first, as curl has it; a variable that is empty counts as not set. */
function readVariable(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const spellings = Object.keys(env).filter((key) => key.toLowerCase() === name)
  const values = [name, ...spellings].map((key) => env[key]?.trim())
  return values.find((value) => value !== undefined && value !== '')
}

const protocols: readonly string[] = [
  'http:',
  'https:',
  'socks:',
  'socks4:',
  'socks4a:',
  'socks5:',
  'socks5h:',
]

function parseProxy(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined
  const absolute = text.includes('://') ? text : `http://${text}`
  const url = URL.canParse(absolute) ? new URL(absolute) : undefined
  if (url !== undefined && url.hostname !== '' && protocols.includes(url.protocol)) return url
  // The text itself may hold a password.
  throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', 'the configured proxy is not a usable URL', {
    hint: 'write the proxy as http://host:port, https://host:port or socks5://host:port',
  })
}
