/**
 * The variables that lead a client, and what it starts, to a proxy and past nothing.
 *
 * `client` is the package manager that is going to run. Some variables are for one client alone:
 * npm warns of settings it doesn't know, and Yarn 4 stops at them.
 */
function proxyEnvironment(proxyUrl: string, client?: string): Record<string, string> {
  const { proxy, bypass } = names[client ?? ''] ?? { proxy: [], bypass: [] }
  return {
    ...Object.fromEntries([...forEveryone.proxy, ...proxy].map((name) => [name, proxyUrl])),
    ...Object.fromEntries([...forEveryone.bypass, ...bypass].map((name) => [name, nothing])),
    // Node's own fetch and http take notice of the variables above only when told so.
    NODE_USE_ENV_PROXY: '1',
  }
}

/**
 * The environment for a client that may leave only through a proxy: the given one, without
 * whatever else says where to connect, in any spelling, and with {@link proxyEnvironment}.
 */
export function closeEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  proxyUrl: string,
  client?: string,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !isAboutProxies(entry[0]),
  )
  return { ...Object.fromEntries(kept), ...proxyEnvironment(proxyUrl, client) }
}

/**
 * A list of exceptions that no host is on. An empty one won't do: clients take it for "not set",
 * and read a project's `noproxy` or the environment's `NO_PROXY` instead. Nothing can be registered
 * below `.invalid` (RFC 6761).
 */
const nothing = 'jsr-guard.invalid'

interface Names {
  readonly proxy: readonly string[]
  readonly bypass: readonly string[]
}

const forEveryone: Names = {
  proxy: [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
    'http_proxy',
    'https_proxy',
    'all_proxy',
    'npm_config_proxy',
    'npm_config_https_proxy',
    'pnpm_config_proxy',
    'pnpm_config_http_proxy',
    'pnpm_config_https_proxy',
    'YARN_HTTP_PROXY',
    'YARN_HTTPS_PROXY',
    'GLOBAL_AGENT_HTTP_PROXY',
    'GLOBAL_AGENT_HTTPS_PROXY',
  ],
  bypass: [
    'NO_PROXY',
    'no_proxy',
    'npm_config_noproxy',
    'pnpm_config_noproxy',
    'pnpm_config_no_proxy',
    'GLOBAL_AGENT_NO_PROXY',
  ],
}

const names: Readonly<Record<string, Names>> = {
  pnpm: { proxy: ['npm_config_http_proxy'], bypass: ['npm_config_no_proxy'] },
  yarn: { proxy: ['yarn_proxy'], bypass: [] },
}

/** Settings of the clients that read their configuration from the environment. */
const prefixes: readonly string[] = ['', 'npmconfig', 'pnpmconfig', 'yarn', 'globalagent']

const settings: readonly string[] = ['proxy', 'httpproxy', 'httpsproxy', 'allproxy', 'noproxy']

const aboutProxies: readonly string[] = [
  ...prefixes.flatMap((prefix) => settings.map((setting) => prefix + setting)),
  // Makes global-agent read variables of another name.
  'globalagentenvironmentvariablenamespace',
  // Where it is set, Go, Rust and curl take the program for a CGI script and distrust HTTP_PROXY.
  'requestmethod',
]

/** npm reads `npm_config_*` in any letter case, and a dash for each underscore. */
function isAboutProxies(name: string): boolean {
  return aboutProxies.includes(name.replace(/[_-]/g, '').toLowerCase())
}
