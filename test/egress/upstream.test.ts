import { expect, test } from 'vitest'
import { detectUpstream, findProxy, type ProxySettings } from '../../src/egress/upstream.ts'

interface Row {
  readonly env?: Record<string, string | undefined>
  readonly settings?: ProxySettings
  readonly http: string | undefined
  readonly https: string | undefined
}

const corp = 'http://proxy.corp.example:3128/'
const other = 'http://other.corp.example:3128/'

test.for<[string, Row]>([
  ['nothing is set', { http: undefined, https: undefined }],
  ['HTTPS_PROXY', { env: { HTTPS_PROXY: corp }, http: corp, https: corp }],
  ['https_proxy', { env: { https_proxy: corp }, http: corp, https: corp }],
  ['Https_Proxy', { env: { Https_Proxy: corp }, http: corp, https: corp }],
  ['HTTP_PROXY alone', { env: { HTTP_PROXY: corp }, http: corp, https: undefined }],
  ['PROXY alone', { env: { PROXY: corp }, http: corp, https: undefined }],
  ['ALL_PROXY alone', { env: { ALL_PROXY: corp }, http: corp, https: corp }],
  [
    'HTTP_PROXY and ALL_PROXY',
    { env: { HTTP_PROXY: corp, ALL_PROXY: other }, http: corp, https: other },
  ],
  [
    'HTTPS_PROXY before HTTP_PROXY',
    { env: { HTTPS_PROXY: corp, HTTP_PROXY: other }, http: corp, https: corp },
  ],
  [
    'lower case before upper case',
    { env: { HTTPS_PROXY: other, https_proxy: corp }, http: corp, https: corp },
  ],
  ['an empty variable', { env: { https_proxy: '', HTTPS_PROXY: corp }, http: corp, https: corp }],
  ['an unset variable', { env: { HTTPS_PROXY: undefined }, http: undefined, https: undefined }],
  [
    'the setting https-proxy before the environment',
    { env: { HTTPS_PROXY: other }, settings: { httpsProxy: corp }, http: corp, https: corp },
  ],
  [
    'the setting https-proxy before proxy',
    { settings: { httpsProxy: corp, proxy: other }, http: corp, https: corp },
  ],
  ['the setting proxy', { settings: { proxy: corp }, http: corp, https: corp }],
  [
    'a setting that is switched off',
    {
      env: { HTTPS_PROXY: corp },
      settings: { proxy: 'false', httpsProxy: 'null' },
      http: corp,
      https: corp,
    },
  ],
  [
    'a proxy without scheme',
    { env: { HTTPS_PROXY: 'proxy.corp.example:3128' }, http: corp, https: corp },
  ],
])('the proxy before ours is found: %s', ([, { env = {}, settings, http, https }]) => {
  const upstream = detectUpstream(env, settings)
  expect({ http: upstream.http?.href, https: upstream.https?.href }).toEqual({ http, https })
})

test.for([
  'socks://proxy.corp.example',
  'socks4://proxy.corp.example',
  'socks4a://proxy.corp.example:1080',
  'socks5://user:pass@proxy.corp.example',
  'socks5h://proxy.corp.example',
  'https://proxy.corp.example',
])('%s can be gone through', (proxy) => {
  expect(detectUpstream({ HTTPS_PROXY: proxy }).https?.href).toBe(new URL(proxy).href)
})

test.for([
  'ftp://user:secret@proxy.corp.example',
  'pac+http://secret@proxy.corp.example/p.pac',
  'http://user:secret@',
  'http://',
  'user:secret@proxy corp example',
])('the unusable proxy %s is an error that does not repeat it', (proxy) => {
  const detect = () => detectUpstream({ HTTPS_PROXY: proxy })
  expect(detect).toThrow(expect.objectContaining({ code: 'ERR_JSR_GUARD_CONFIG' }))
  expect(detect).not.toThrow(/secret/)
})

test.for<[string, Record<string, string>, ProxySettings, readonly string[]]>([
  ['NO_PROXY', { NO_PROXY: 'a.example, b.example' }, {}, ['a.example', 'b.example']],
  ['no_proxy', { no_proxy: 'a.example' }, {}, ['a.example']],
  ['noproxy before NO_PROXY', { NO_PROXY: 'a.example' }, { noProxy: 'b.example' }, ['b.example']],
  ['an empty noproxy', { NO_PROXY: 'a.example' }, { noProxy: '' }, ['a.example']],
])('the list of exceptions is read from %s', ([, env, settings, expected]) => {
  expect(detectUpstream(env, settings).noProxy).toEqual(expected)
})

test('an exception is reached directly, every other host through the proxy', () => {
  const upstream = detectUpstream({ HTTPS_PROXY: corp, NO_PROXY: 'direct.example' })
  expect(findProxy(upstream, { host: 'direct.example', port: 443 }, 'https')).toBeUndefined()
  expect(findProxy(upstream, { host: 'other.example', port: 443 }, 'https')?.href).toBe(corp)
})
