import { readFileSync } from 'node:fs'
import process from 'node:process'
import type { NpmConfig } from '../config/npm-config.ts'
import { JsrGuardError } from '../errors.ts'

/**
 * The options of npm-registry-fetch 19 that npm derives from its configuration: registries,
 * credentials by URL, proxies, certificates, timeouts. `cafile` is read here.
 *
 * **The result holds credentials.** They have to be enumerable, for npm-registry-fetch copies its
 * options; `console.log` and `JSON.stringify` of the result itself show none. Hand it over as it
 * is, keep it no longer than the requests take, and don't spread it into anything that is printed,
 * thrown or stored.
 *
 * Of `others`, other clients' files, credentials are taken for addresses that have none yet.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG` where `cafile` is there and can't be read.
 */
export function registryOptions(
  config: NpmConfig,
  others: readonly NpmConfig[] = [],
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {}
  for (const [key, { value }] of config.list()) {
    const plain = plainOptions[key]
    if (plain !== undefined) options[plain] = value
    else if (isByUrl(key)) options[key] = value
    else addOption(options, key, value)
  }
  for (const [key, { value }] of others.flatMap((other) => other.list())) {
    if (key.startsWith('//')) options[key] ??= value
  }
  options['userAgent'] = expandUserAgent(config)
  return hideFromPrint(options)
}

/** Settings that are an option of their own, by the option's name. */
const plainOptions: Readonly<Record<string, string | undefined>> = {
  'auth-type': 'authType',
  ca: 'ca',
  cert: 'cert',
  'fetch-timeout': 'timeout',
  'https-proxy': 'httpsProxy',
  key: 'key',
  'local-address': 'localAddress',
  maxsockets: 'maxSockets',
  proxy: 'proxy',
  registry: 'registry',
  'strict-ssl': 'strictSSL',
}

const retryOptions: Readonly<Record<string, string | undefined>> = {
  'fetch-retries': 'retries',
  'fetch-retry-factor': 'factor',
  'fetch-retry-maxtimeout': 'maxTimeout',
  'fetch-retry-mintimeout': 'minTimeout',
}

function isByUrl(key: string): boolean {
  return key.startsWith('//') || /@.*:registry$/i.test(key)
}

function addOption(options: Record<string, unknown>, key: string, value: unknown): void {
  const retry = retryOptions[key]
  if (retry !== undefined) options['retry'] = { ...asRecord(options['retry']), [retry]: value }
  if (key === 'noproxy') options['noProxy'] = Array.isArray(value) ? value.join(',') : value
  if (key === 'cafile') options['ca'] = readAuthorities(value) ?? options['ca']
  if (key === 'scope') {
    const scope = typeof value === 'string' && value !== '' ? value.replace(/^@?/, '@') : value
    Object.assign(options, { scope, projectScope: scope })
  }
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

const endOfCertificate = '-----END CERTIFICATE-----'

/** A file that is missing is passed over, as in npm: the connection then fails by itself. */
function readAuthorities(file: unknown): string[] | undefined {
  if (typeof file !== 'string') return undefined
  const text = readIfPresent(file).replaceAll('\r\n', '\n')
  const sections = text.split(endOfCertificate).filter((section) => section.trim() !== '')
  return text === '' ? undefined : sections.map((section) => section.trimStart() + endOfCertificate)
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT') return ''
    throw new JsrGuardError('ERR_JSR_GUARD_CONFIG', `cafile ${file} could not be read (${code})`, {
      hint: 'let cafile name a file with certificates in PEM form',
      cause,
    })
  }
}

function expandUserAgent(config: NpmConfig): string {
  const template = config.get('user-agent')?.value
  if (typeof template !== 'string') return ''
  return template
    .replace(/\{node-version\}/gi, process.version)
    .replace(/\{npm-version\}/gi, String(config.version))
    .replace(/\{platform\}/gi, process.platform)
    .replace(/\{arch\}/gi, process.arch)
    .replace(/\{workspaces\}/gi, 'false')
    .replace(/\{ci\}/gi, '')
    .trim()
}

function hideFromPrint(options: Record<string, unknown>): Readonly<Record<string, unknown>> {
  return Object.defineProperties(options, {
    toJSON: { value: summarize },
    [Symbol.for('nodejs.util.inspect.custom')]: { value: summarize },
  })
}

function summarize(): string {
  return '[registry options]'
}
