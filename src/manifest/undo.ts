import { JsrGuardError } from '../errors.ts'
import {
  formatJsrSpecifier,
  isJsrRange,
  parseJsrSpecifier,
  type JsrSpecifier,
} from '../specifier/jsr-specifier.ts'
import { formatJsrName } from '../specifier/jsr-name.ts'
import { parseJsrAlias } from '../specifier/npm-alias.ts'
import { rewriteToJsr } from '../specifier/rewrite.ts'
import { editText, type TextEdit } from './edit.ts'
import { readPackageJson, type ManifestDependency } from './package-json.ts'
import { rewriteManifest } from './rewrite.ts'

/** A manifest before it was rewritten to npm's aliases, and what has become of it since. */
export interface RewrittenTexts {
  /** Path of the manifest, for messages. */
  readonly file: string
  readonly original: string
  readonly current: string
}

/**
 * The manifest as it would be had it never been rewritten: the original text where nothing else has
 * happened to it, otherwise the current text with each rewritten specifier put back.
 *
 * Somebody may have edited it in between, the client on our behalf or a person. So only those values
 * are touched that still stand for the same JSR package, and those that were added as aliases of
 * `@jsr` packages: in a manifest that says `jsr:`, they would have been written so.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_MANIFEST` when the current text can't be read.
 */
export function undoRewrite({ file, original, current }: RewrittenTexts): string {
  if (current === original) return original
  if (current === rewriteManifest(original, file, 'npm').text) return original
  const before = new Map(
    readPackageJson(original, file).dependencies.map((dependency) => [
      keyOf(dependency),
      dependency,
    ]),
  )
  const edits = readPackageJson(current, file).dependencies.flatMap((dependency): TextEdit[] => {
    const text = undoValue(dependency, before.get(keyOf(dependency)), original)
    const { offset, length } = dependency
    return text === undefined ? [] : [{ offset, length, text }]
  })
  return editText(current, edits)
}

function keyOf({ path }: ManifestDependency): string {
  return JSON.stringify(path)
}

/** The text to put in place of a value, quotes included; `undefined` lets it stand. */
function undoValue(
  dependency: ManifestDependency,
  before: ManifestDependency | undefined,
  original: string,
): string | undefined {
  const { specifier, alias } = dependency
  const target = parseJsrAlias(specifier)
  // What follows the @ of an alias need not be a range; then there is no jsr: form of it.
  if (target === undefined || !isJsrRange(target.range)) return undefined
  if (before === undefined) return JSON.stringify(rewriteToJsr(specifier, alias))
  const asked = tryParseJsrSpecifier(before)
  if (asked === undefined || formatJsrName(asked.name) !== formatJsrName(target.name))
    return undefined
  return asked.range === target.range
    ? original.slice(before.offset, before.offset + before.length)
    : JSON.stringify(formatJsrSpecifier({ ...asked, range: target.range }))
}

function tryParseJsrSpecifier({ specifier, alias }: ManifestDependency): JsrSpecifier | undefined {
  try {
    return parseJsrSpecifier(specifier, alias)
  } catch (error) {
    if (error instanceof JsrGuardError) return undefined
    throw error
  }
}
