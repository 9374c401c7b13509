import { JsrGuardError } from '../../errors.ts'
import { isJsrSpecifier, parseJsrSpecifier } from '../../specifier/jsr-specifier.ts'
import { isOverridden } from '../overrides.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/** In manifests, overrides included, and in what locked packages ask for. Padded ones are `jsr-specifier`'s. */
export const invalidSpecifier: Rule = {
  id: 'invalid-specifier',
  summary: 'Every jsr: specifier names a JSR package.',
  explanation: `A specifier begins with jsr: and is none: its name is not one that JSR gives, its range is neither a version range nor a tag, or it has a subpath, which only import statements can have.

jsr-guard cannot say which package would be installed, so it translates nothing and judges nothing here. Clients guess: some take the text for a tag of an npm package, some for a git repository.

Write jsr:@scope/name@range, for example "jsr:@luca/cases@^1". The short form "jsr:^1" is for keys that are the package's own name, such as "@luca/cases".`,

  *check({ manifests, specifierFiles, judged }: JudgedContext) {
    for (const { file, dependencies } of specifierFiles) {
      for (const { alias, specifier, line } of dependencies) {
        const fault = detectFault(specifier, alias)
        if (fault === undefined) continue
        yield { message: fault.message, hint: fault.hint, file, line, package: alias }
      }
    }
    for (const { file, lockfile } of judged) {
      for (const asked of lockfile.transitiveSpecifiers) {
        const fault = detectFault(asked.specifier, asked.alias)
        if (fault === undefined || isOverridden(asked, manifests)) continue
        const message = `${fault.message} (asked for by ${asked.from})`
        yield {
          message,
          hint: "replace it by overrides in the root's package.json",
          file,
          line: asked.line(),
        }
      }
    }
  },
}

function detectFault(specifier: string, alias: string): JsrGuardError | undefined {
  if (!isJsrSpecifier(specifier)) return undefined
  try {
    parseJsrSpecifier(specifier, alias)
    return undefined
  } catch (error) {
    if (error instanceof JsrGuardError && error.code === 'ERR_JSR_GUARD_SPECIFIER') return error
    throw error
  }
}
