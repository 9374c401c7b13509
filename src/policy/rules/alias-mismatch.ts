import { formatNpmName, quoteShort, tryParseJsrName } from '../../specifier/jsr-name.ts'
import { parseNpmAlias } from '../../specifier/npm-alias.ts'
import { detectJsrTarget, hasJsrName } from '../jsr-target.ts'
import { formatPackage, locatePackage } from '../advice.ts'
import type { JudgedContext, Rule, RuleFinding } from '../rule.ts'

/**
 * `@luca/cases` reads like a JSR package, and so does `@jsr/luca__cases`. The first is also the name
 * of an npm package, so it may stand for one; the second may stand for nothing else. A lockfile's
 * entry is passed over where a manifest has said the same already.
 */
export const aliasMismatch: Rule = {
  id: 'alias-mismatch',
  summary: 'An alias that reads like a JSR package stands for that package.',
  explanation: `A package is imported by the name of one JSR package and is another: "@luca/cases": "npm:@jsr/std__text@^1".

Whoever reads the code takes it for the package it is named after, in reviews and when an advisory names one of the two. It is how a look-alike hides in a manifest, and how a copied line goes wrong.

Name the alias after the package it stands for, or give it a name of its own that is no JSR name, such as "cases".`,

  *check({ specifierFiles, judged }: JudgedContext) {
    const told = new Set<string>()
    for (const { file, dependencies } of specifierFiles) {
      for (const { alias, specifier, line } of dependencies) {
        const name = detectTarget(alias, specifier)
        if (name === undefined || !isMismatch(alias, name)) continue
        told.add(`${alias}\n${name}`)
        yield { ...describe(alias, name), file, line, package: name }
      }
    }
    for (const { file, jsrPackages } of judged) {
      for (const { locked } of jsrPackages) {
        const { alias, name } = locked
        if (!isMismatch(alias, name) || told.has(`${alias}\n${name}`)) continue
        yield {
          ...describe(alias, formatPackage({ ...locked, alias: name })),
          ...locatePackage(locked, file),
        }
      }
    }
  },
}

function detectTarget(alias: string, specifier: string): string | undefined {
  return detectJsrTarget(alias, specifier)?.name ?? parseNpmAlias(specifier)?.name
}

function isMismatch(alias: string, name: string): boolean {
  if (alias === name) return false
  if (hasJsrName(alias)) return true
  const read = tryParseJsrName(alias)
  return read !== undefined && hasJsrName(name) && formatNpmName(read) !== name
}

function describe(alias: string, stands: string): Pick<RuleFinding, 'message' | 'hint'> {
  return {
    message: `${quoteShort(alias)} reads like one JSR package and stands for another: ${stands}`,
    hint: 'name the alias after the package it stands for',
  }
}
