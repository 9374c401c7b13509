import { expect, test } from 'vitest'
import { closeEnvironment } from '../../src/egress/environment.ts'
import { parseNoProxy, isProxyBypassed } from '../../src/egress/no-proxy.ts'
import { detectUpstream } from '../../src/egress/upstream.ts'

const url = 'http://127.0.0.1:4000'

test.for([
  'NO_PROXY',
  'no_proxy',
  'No_Proxy',
  'NOPROXY',
  'HTTPS_PROXY',
  'Https_Proxy',
  'HTTP_PROXY',
  'ALL_PROXY',
  'PROXY',
  'proxy',
  'npm_config_noproxy',
  'NPM_CONFIG_NOPROXY',
  'npm_config_no-proxy',
  'npm_config_no_proxy',
  'NPM_CONFIG_HTTPS-PROXY',
  'npm_config_https_proxy',
  'npm-config-https-proxy',
  'NPM_CONFIG_PROXY',
  'npm_config_http_proxy',
  'PNPM_CONFIG_NO_PROXY',
  'pnpm_config_https_proxy',
  'YARN_HTTPS_PROXY',
  'yarn_https-proxy',
  'YARN_PROXY',
  'yarn_noproxy',
  'GLOBAL_AGENT_NO_PROXY',
  'GLOBAL_AGENT_ENVIRONMENT_VARIABLE_NAMESPACE',
  'REQUEST_METHOD',
])('%s of the user does not reach the client', (name) => {
  const closed = closeEnvironment({ [name]: 'hostile.example' }, url, 'npm')
  expect(Object.values(closed)).not.toContain('hostile.example')
})

test.for([
  'PATH',
  'GOPROXY',
  'npm_config_registry',
  'npm_config_@jsr:registry',
  'npm_config_//proxy.example/:_authToken',
  'MY_PROXY',
  'YARN_NPM_AUTH_TOKEN',
])('%s stays as it is', (name) => {
  expect(closeEnvironment({ [name]: 'value' }, url)).toMatchObject({ [name]: 'value' })
})

test('an unset variable is left out', () => {
  expect(closeEnvironment({ HOME: undefined }, url)).not.toHaveProperty('HOME')
})

test('no credential of the proxy before ours reaches the client', () => {
  const env = {
    HTTPS_PROXY: 'http://user:secret@proxy.corp.example',
    https_proxy: 'http://secret@a',
  }
  expect(JSON.stringify(closeEnvironment(env, url, 'pnpm'))).not.toContain('secret')
})

test('every list of exceptions names something, and no host is on it', () => {
  const closed = closeEnvironment({}, url, 'pnpm')
  const lists = Object.entries(closed).filter(([name]) => /no_?proxy$/i.test(name))
  expect(lists.length).toBeGreaterThan(5)
  for (const [, list] of lists) {
    expect(parseNoProxy(list)).toHaveLength(1)
    expect(isProxyBypassed({ host: 'npm.jsr.io', port: 443 }, parseNoProxy(list))).toBe(false)
  }
})

test('a second way out inside the first one goes through it', () => {
  const upstream = detectUpstream(closeEnvironment({ NO_PROXY: '*' }, url))
  expect(upstream).toMatchObject({ http: new URL(url), https: new URL(url) })
  expect(upstream.noProxy).not.toContain('*')
})

test.for([
  ['npm', []],
  ['pnpm', ['npm_config_http_proxy', 'npm_config_no_proxy']],
  ['yarn', ['yarn_proxy']],
  ['yarn-berry', []],
] as const)('%s is given only settings that it knows', ([client, expected]) => {
  const everyone = Object.keys(closeEnvironment({}, url))
  const extra = Object.keys(closeEnvironment({}, url, client)).filter((n) => !everyone.includes(n))
  expect(extra).toEqual(expected)
})

test('the settings match the snapshot', () => {
  expect(closeEnvironment({}, url, 'npm')).toMatchInlineSnapshot(`
    {
      "ALL_PROXY": "http://127.0.0.1:4000",
      "GLOBAL_AGENT_HTTPS_PROXY": "http://127.0.0.1:4000",
      "GLOBAL_AGENT_HTTP_PROXY": "http://127.0.0.1:4000",
      "GLOBAL_AGENT_NO_PROXY": "jsr-guard.invalid",
      "HTTPS_PROXY": "http://127.0.0.1:4000",
      "HTTP_PROXY": "http://127.0.0.1:4000",
      "NODE_USE_ENV_PROXY": "1",
      "NO_PROXY": "jsr-guard.invalid",
      "YARN_HTTPS_PROXY": "http://127.0.0.1:4000",
      "YARN_HTTP_PROXY": "http://127.0.0.1:4000",
      "all_proxy": "http://127.0.0.1:4000",
      "http_proxy": "http://127.0.0.1:4000",
      "https_proxy": "http://127.0.0.1:4000",
      "no_proxy": "jsr-guard.invalid",
      "npm_config_https_proxy": "http://127.0.0.1:4000",
      "npm_config_noproxy": "jsr-guard.invalid",
      "npm_config_proxy": "http://127.0.0.1:4000",
      "pnpm_config_http_proxy": "http://127.0.0.1:4000",
      "pnpm_config_https_proxy": "http://127.0.0.1:4000",
      "pnpm_config_no_proxy": "jsr-guard.invalid",
      "pnpm_config_noproxy": "jsr-guard.invalid",
      "pnpm_config_proxy": "http://127.0.0.1:4000",
    }
  `)
})
