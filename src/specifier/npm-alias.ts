import { formatNpmName, parseNpmName, type JsrName } from './jsr-name.ts'
import type { JsrSpecifier } from './jsr-specifier.ts'

/** What `npm:name@range` asks for. */
export interface NpmAlias {
  /** The registry's name of the package. */
  readonly name: string
  /** The range or tag as written; `undefined` where there is none. */
  readonly range: string | undefined
}

/** Reads `npm:name@range`, the scheme in any case as npm takes it; `undefined` for anything else. */
export function parseNpmAlias(specifier: string): NpmAlias | undefined {
  if (specifier.slice(0, 4).toLowerCase() !== 'npm:') return undefined
  const body = specifier.slice(4)
  const at = body.indexOf('@', 1)
  if (at === -1) return body === '' ? undefined : { name: body, range: undefined }
  return { name: body.slice(0, at), range: body.slice(at + 1) }
}

/**
 * The specifier that every npm client can install: `npm:@jsr/scope__name@range`, always with a
 * range, since updaters misread an alias without one.
 */
export function formatNpmAlias({ name, range }: JsrSpecifier): string {
  return `npm:${formatNpmName(name)}@${range}`
}

/** The JSR package that `npm:@jsr/scope__name@range` stands for; `undefined` if it is none. */
export function parseJsrAlias(specifier: string): { name: JsrName; range: string } | undefined {
  const alias = parseNpmAlias(specifier)
  const name = alias === undefined ? undefined : parseNpmName(alias.name)
  if (alias === undefined || name === undefined) return undefined
  return { name, range: alias.range === undefined || alias.range === '' ? '*' : alias.range }
}
