import { JsrGuardError } from '../errors.ts'

/** The name of a JSR package, `@scope/name`. */
export interface JsrName {
  /** Without the `@`. */
  readonly scope: string
  readonly name: string
}

/**
 * What JSR lets into a name: small letters, digits and single hyphens inside. JSR itself asks for
 * 2 to 20 characters in a scope and 2 to 58 in a package's name; older names break those limits, so
 * reading does not enforce them. The bound is npm's for a whole name.
 */
const part = /^[a-z0-9](?:-?[a-z0-9])*$/
const maxPartLength = 100

/**
 * Reads `@scope/name`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_JSR_NAME` for anything else. The name reaches URLs and paths,
 *   so nothing is normalized: a name that needs it is refused.
 * @see https://jsr.io/docs/packages
 */
export function parseJsrName(text: string): JsrName {
  const name = tryParseJsrName(text)
  if (name !== undefined) return name
  throw new JsrGuardError(
    'ERR_JSR_GUARD_JSR_NAME',
    `${quoteShort(text)} is not the name of a JSR package`,
    { hint: 'write it as @scope/name, in small letters, digits and hyphens' },
  )
}

/** Reads `@scope/name`; `undefined` for anything else. */
export function tryParseJsrName(text: string): JsrName | undefined {
  const slash = text.indexOf('/')
  if (!text.startsWith('@') || slash === -1) return undefined
  return createJsrName(text.slice(1, slash), text.slice(slash + 1))
}

/** Reads the name that JSR's npm endpoint gives a package, `@jsr/scope__name`; `undefined` for anything else. */
export function parseNpmName(text: string): JsrName | undefined {
  if (!text.startsWith('@jsr/')) return undefined
  const separator = text.indexOf('__')
  if (separator === -1) return undefined
  return createJsrName(text.slice('@jsr/'.length, separator), text.slice(separator + 2))
}

function createJsrName(scope: string, name: string): JsrName | undefined {
  return isPart(scope) && isPart(name) ? { scope, name } : undefined
}

function isPart(text: string): boolean {
  return text.length <= maxPartLength && part.test(text)
}

/** `@scope/name`, as JSR writes it. */
export function formatJsrName({ scope, name }: JsrName): string {
  return `@${scope}/${name}`
}

/** `@jsr/scope__name`, as npm clients know it. A scope has no `_`, so the first `__` divides it. */
export function formatNpmName({ scope, name }: JsrName): string {
  return `@jsr/${scope}__${name}`
}

/** The text in quotes for a message, cut to a length that fits a line. */
export function quoteShort(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
}
