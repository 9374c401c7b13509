/** What a value of npm's configuration is read with. */
export interface NpmValueContext {
  /** Expands `${VARIABLES}`; see {@link createVariableExpander}. */
  readonly expand: (text: string) => string
  /** Makes a path absolute as npm does, `~/` included. */
  readonly resolvePath: (text: string) => string
}

/** The types of npm's settings that say how a text is read. */
type ValueType = 'string' | 'boolean' | 'number' | 'path' | 'url' | 'list'

/** Of npm's settings the ones that matter here; the types agree in npm 10, 11 and 12. */
const valueTypes: Readonly<Record<string, readonly ValueType[]>> = {
  _auth: ['string'],
  ca: ['string', 'list'],
  cafile: ['path'],
  cert: ['string'],
  'dry-run': ['boolean'],
  'fetch-retries': ['number'],
  'fetch-retry-factor': ['number'],
  'fetch-retry-maxtimeout': ['number'],
  'fetch-retry-mintimeout': ['number'],
  'fetch-timeout': ['number'],
  force: ['boolean'],
  global: ['boolean'],
  globalconfig: ['path'],
  'https-proxy': ['url'],
  'ignore-scripts': ['boolean'],
  key: ['string'],
  maxsockets: ['number'],
  noproxy: ['string', 'list'],
  offline: ['boolean'],
  'omit-lockfile-registry-resolved': ['boolean'],
  'package-lock': ['boolean'],
  'package-lock-only': ['boolean'],
  'prefer-offline': ['boolean'],
  'prefer-online': ['boolean'],
  prefix: ['path'],
  proxy: ['url'],
  registry: ['url'],
  'replace-registry-host': ['string'],
  save: ['boolean'],
  scope: ['string'],
  shrinkwrap: ['boolean'],
  'strict-ssl': ['boolean'],
  'user-agent': ['string'],
  userconfig: ['path'],
  workspaces: ['boolean'],
}

/** What npm has built in, where all versions agree. */
export const npmDefaults: Readonly<Record<string, unknown>> = {
  'auth-type': 'web',
  ca: null,
  cafile: null,
  cert: null,
  'dry-run': false,
  'fetch-retries': 2,
  'fetch-retry-factor': 10,
  'fetch-retry-maxtimeout': 60_000,
  'fetch-retry-mintimeout': 10_000,
  'fetch-timeout': 300_000,
  force: false,
  global: false,
  'https-proxy': null,
  'ignore-scripts': false,
  key: null,
  'local-address': null,
  location: 'user',
  maxsockets: 15,
  noproxy: '',
  offline: false,
  'omit-lockfile-registry-resolved': false,
  'package-lock': true,
  'package-lock-only': false,
  'prefer-offline': false,
  'prefer-online': false,
  proxy: null,
  'replace-registry-host': 'npmjs',
  save: true,
  scope: '',
  'strict-ssl': true,
  'user-agent':
    'npm/{npm-version} node/{node-version} {platform} {arch} workspaces/{workspaces} {ci}',
  userconfig: '~/.npmrc',
  workspaces: null,
}

/** Reads one value as npm does: trimmed, expanded, and made what the key's type asks for. */
export function parseNpmValue(value: unknown, key: string, context: NpmValueContext): unknown {
  const types = Object.hasOwn(valueTypes, key) ? (valueTypes[key] ?? []) : []
  if (typeof value === 'string') return parseText(value.trim(), types, context)
  if (!Array.isArray(value) || !types.includes('list')) return value
  return parseList(value, types, context)
}

/** A list comes as one text with empty lines between its items, or as `key[]`. */
function parseList(
  items: readonly unknown[],
  types: readonly ValueType[],
  context: NpmValueContext,
): unknown[] {
  const itemTypes = types.filter((type) => type !== 'list')
  return items.map((item) =>
    typeof item === 'string' ? parseText(item.trim(), itemTypes, context) : item,
  )
}

function parseText(text: string, types: readonly ValueType[], context: NpmValueContext): unknown {
  if (types.includes('list')) return parseList(text.split('\n\n'), types, context)
  if (types.includes('boolean') && text === '') return true
  const isText = types.includes('string') || types.includes('path') || types.includes('number')
  if (!isText && words.has(text)) return words.get(text)
  const expanded = context.expand(text)
  if (types.includes('path')) return context.resolvePath(expanded)
  return types.includes('number') && !Number.isNaN(Number(expanded)) ? Number(expanded) : expanded
}

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['undefined', undefined],
])

/**
 * Makes npm's expansion of `${VARIABLE}`: an unknown variable stays as it is written, `\${…}` is
 * not expanded.
 *
 * `${VARIABLE?}`, empty where the variable is unknown, came with npm 11.6. Where npm's version is
 * not known it stays as it is written, so that what depends on it is no address.
 */
export function createVariableExpander(
  readVariable: (name: string) => string | undefined,
  version: string | undefined,
): (text: string) => string {
  const pattern = hasOptionalVariables(version) ? optionalVariable : plainVariable
  const expand = (...[all = '', escapes = '', name = '', optional]: readonly string[]): string => {
    if (escapes.length % 2 === 1) return all.slice((escapes.length + 1) / 2)
    const value = readVariable(name) ?? (optional === '?' ? '' : `\${${name}}`)
    return escapes.slice(escapes.length / 2) + value
  }
  // Hardly any text has a variable, and there are hundreds, of which each may be asked for ten times.
  return (text) => (text.includes('${') ? text.replace(pattern, expand) : text)
}

const plainVariable = /(?<!\\)(\\*)\$\{([^${}]+)\}/g
const optionalVariable = /(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g

function hasOptionalVariables(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
  return major > 11 || (major === 11 && minor >= 6)
}
