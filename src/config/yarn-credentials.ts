import { toRecord } from '../json/record.ts'
import { parseRegistryUrl } from '../url/web-url.ts'

type Fields = Readonly<Record<string, unknown>>
type Environment = Readonly<Record<string, string | undefined>>

/**
 * The credentials in configuration files of Yarn 2 and later, as npm-registry-fetch takes them:
 * `//host/path/:_authToken` and `:_auth`. **Never print them.**
 *
 * Where a variable is not set there is none: the registry then says so.
 *
 * @see https://yarnpkg.com/configuration/yarnrc#npmAuthToken
 */
export function readYarnCredentials(
  files: readonly Fields[],
  env: Environment,
): Readonly<Record<string, string>> {
  const found = files.toReversed().flatMap((file) => listPlaces(file))
  const variables = {
    npmRegistryServer: env['YARN_NPM_REGISTRY_SERVER'],
    npmAuthToken: env['YARN_NPM_AUTH_TOKEN'],
    npmAuthIdent: env['YARN_NPM_AUTH_IDENT'],
  }
  const [server] = files.flatMap(({ npmRegistryServer }) => npmRegistryServer ?? [])
  const own = { address: variables.npmRegistryServer ?? server, fields: variables }
  return Object.fromEntries([...found, own].flatMap((place) => createEntries(place, env)))
}

interface Place {
  readonly address: unknown
  readonly fields: Fields
}

/** What stands for one registry is stronger than what stands for a scope, and that than the rest. */
function listPlaces(file: Fields): Place[] {
  return [
    { address: file['npmRegistryServer'], fields: file },
    ...Object.values(toRecord(file['npmScopes'])).map((scope) => {
      const fields = toRecord(scope)
      return { address: fields['npmRegistryServer'], fields }
    }),
    ...Object.entries(toRecord(file['npmRegistries'])).map(([address, fields]) => ({
      address: address.startsWith('//') ? `https:${address}` : address,
      fields: toRecord(fields),
    })),
  ]
}

function createEntries({ address, fields }: Place, env: Environment): [string, string][] {
  const text = readText(address, env)
  const url = text === undefined ? undefined : parseRegistryUrl(text)
  if (url === undefined) return []
  const key = `//${url.host}${url.pathname.replace(/\/?$/, '/')}`
  const token = readText(fields['npmAuthToken'], env)
  if (token !== undefined) return [[`${key}:_authToken`, token]]
  const ident = readText(fields['npmAuthIdent'], env)
  if (ident === undefined) return []
  const encoded = ident.includes(':') ? btoa(ident) : ident
  return [[`${key}:_auth`, encoded]]
}

/** `${NAME}`, `${NAME-default}` and `${NAME:-default}`. */
function readText(value: unknown, env: Environment): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined
  let isWhole = true
  const text = value.replace(
    /\$\{(\w+)(?::?-([^}]*))?\}/g,
    (_, name: string, fallback: string | undefined) => {
      const found = env[name] || fallback
      if (found === undefined) isWhole = false
      return found ?? ''
    },
  )
  return isWhole && text !== '' ? text : undefined
}
