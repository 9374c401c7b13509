import { readStrictJson } from '../json/strict-json.ts'
import type { ClientName } from '../route/route.ts'

/** A client that a package.json declares. */
export interface DeclaredClient {
  /** `undefined` for one that jsr-guard doesn't know. */
  readonly client: ClientName | undefined
  /** The client's name as written. */
  readonly name: string
  /** `undefined` where none is named, or a range. */
  readonly version: string | undefined
  /** As written, without the hash that Corepack adds; empty where there is none. */
  readonly range: string
  /** 1-based. */
  readonly line: number | undefined
}

/**
 * Reads `packageManager` and `devEngines.packageManager` of a package.json.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JSON_SYNTAX`
 * @see https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines
 */
export function readDeclaredClients(text: string): DeclaredClient[] {
  const { value, lineOf } = readStrictJson(text)
  const manifest = asRecord(value)
  const declared = manifest['packageManager']
  const engines = [asRecord(manifest['devEngines'])['packageManager']].flat()
  return [
    ...(typeof declared === 'string'
      ? [{ ...parseClient(declared), line: lineOf('packageManager') }]
      : []),
    ...engines.flatMap((engine: unknown) => {
      const { name, version } = asRecord(engine)
      if (typeof name !== 'string') return []
      const client = typeof version === 'string' ? `${name}@${version}` : name
      return [{ ...parseClient(client), line: lineOf('devEngines', 'packageManager') }]
    }),
  ]
}

/** `pnpm@10.9.0+sha512.…`: name, version, and the hash that Corepack adds. */
function parseClient(text: string): Omit<DeclaredClient, 'line'> {
  const at = text.indexOf('@', 1)
  const name = at === -1 ? text : text.slice(0, at)
  const range = at === -1 ? '' : text.slice(at + 1)
  const version = /^\d+\.\d+\.\d+(?:-[\w.-]+)?(?=\+|$)/.exec(range)?.[0]
  return { client: clientOf(name, range), name, version, range: range.replace(/\+sha\d.*$/, '') }
}

function clientOf(name: string, range: string): ClientName | undefined {
  if (name === 'yarn') return /^\D*[01](?:\D|$)/.test(range) ? 'yarn' : 'yarn-berry'
  return otherClients.find((known) => known === name)
}

const otherClients: readonly ClientName[] = ['npm', 'pnpm', 'bun', 'deno', 'vlt']

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
