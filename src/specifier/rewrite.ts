import { formatJsrName } from './jsr-name.ts'
import {
  formatJsrSpecifier,
  isJsrRange,
  isJsrSpecifier,
  parseJsrSpecifier,
} from './jsr-specifier.ts'
import { formatNpmAlias, parseJsrAlias } from './npm-alias.ts'

/**
 * The alias that stands for a `jsr:` specifier; any other specifier comes back as it is.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_SPECIFIER` for a `jsr:` specifier that names no package.
 */
export function rewriteToNpm(specifier: string, alias: string): string {
  return isJsrSpecifier(specifier) ? formatNpmAlias(parseJsrSpecifier(specifier, alias)) : specifier
}

/**
 * The `jsr:` specifier that an alias of an `@jsr` package stands for, in its short form where the
 * alias is the package's own name; any other specifier comes back as it is, and so does an alias whose
 * range no `jsr:` specifier could hold.
 */
export function rewriteToJsr(specifier: string, alias: string): string {
  const target = parseJsrAlias(specifier)
  if (target === undefined || !isJsrRange(target.range)) return specifier
  const form = formatJsrName(target.name) === alias ? 'range-only' : 'named'
  return formatJsrSpecifier({ ...target, form })
}
