import { JsrGuardError } from '../errors.ts'
import { quoteShort } from '../specifier/jsr-name.ts'

/** Another policy that one is laid over. */
export type PolicyReference =
  /** Relative to the policy that names it. */
  | { readonly type: 'file'; readonly text: string; readonly line: number }
  /** In a package that is installed. */
  | {
      readonly type: 'package'
      readonly text: string
      readonly name: string
      /** Inside the package. */
      readonly path: string
      readonly line: number
    }

/** What is read of a package where no file is named. */
const defaultFile = 'jsr-guard.json'

/**
 * Reads `./policy.json`, `@corp/policy` or `@corp/policy/strict.json`.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY` for anything else: nothing is fetched, and nothing
 *   that is code is run.
 */
export function parsePolicyReference(text: string, line: number): PolicyReference {
  const match = packagePattern.exec(text)
  if (filePattern.test(text)) return { type: 'file', text, line }
  const [, name, path = defaultFile] = match ?? []
  if (name !== undefined && isPlain(path)) return { type: 'package', text, name, path, line }
  const message = `${quoteShort(text)} names no policy that can be extended`
  throw new JsrGuardError('ERR_JSR_GUARD_POLICY', message, {
    hint: 'write ./file.json, or an installed package such as @corp/policy or @corp/policy/file.json',
  })
}

/** The same patterns as in `schema.json`. */
const filePattern = /^\.{1,2}\/[^\\:]+\.jsonc?$/
const packagePattern = /^((?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*)(?:\/([^\\:]+\.jsonc?))?$/

function isPlain(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}
