import { toRecord } from '../json/record.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../specifier/jsr-specifier.ts'
import { readJsonSpecifiers, type AskedFor, type JsonSpecifiers } from './json-specifiers.ts'

/**
 * Reads a `deno.json`, `deno.jsonc` or import map: what `imports` and `scopes` lead to, and whatever
 * else begins with `jsr:`, such as plugins.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_CONFIG`
 * @see https://docs.deno.com/runtime/fundamentals/configuration/
 */
export function readDenoJson(text: string, file: string): JsonSpecifiers {
  return readJsonSpecifiers(text, file, findSpecifier)
}

function findSpecifier(path: readonly string[], text: string): AskedFor | undefined {
  const key = path.at(-1) ?? ''
  const isImport =
    (path[0] === 'imports' && path.length === 2) || (path[0] === 'scopes' && path.length === 3)
  if (!isImport && !isJsrSpecifier(text) && !isPaddedJsrSpecifier(text)) return undefined
  const alias = isImport ? key.replace(/\/$/, '') : path.join('.')
  return { alias, specifier: withoutSubpath(text) }
}

/** `jsr:/@scope/name@1/sub`: a slash may stand before the name, and a path in the package behind it. */
function withoutSubpath(text: string): string {
  const [, scheme, body] = /^((?:jsr|npm):)\/?(.*)$/is.exec(text) ?? []
  if (scheme === undefined || body === undefined) return text
  const [name, path] = splitPath(body)
  return path === undefined ? `${scheme}${body}` : `${scheme}${name}`
}

function splitPath(body: string): [string, string | undefined] {
  const inner = body.startsWith('@') ? body.indexOf('/') + 1 : 0
  const slash = body.indexOf('/', inner)
  return slash === -1 ? [body, undefined] : [body.slice(0, slash), body.slice(slash)]
}

/** The folders of the members of a workspace, and the import map that stands in a file of its own. */
export interface DenoReferences {
  readonly members: readonly string[]
  readonly importMap: string | undefined
}

/** What else Deno reads, by what a `deno.json` says. */
export function findDenoReferences(value: unknown): DenoReferences {
  const { workspace, importMap } = toRecord(value)
  const list = Array.isArray(workspace) ? workspace : toRecord(workspace)['members']
  const members: unknown[] = Array.isArray(list) ? list : []
  return {
    members: members.filter((member) => typeof member === 'string'),
    importMap: typeof importMap === 'string' ? importMap : undefined,
  }
}
