import { quoteShort } from '../../specifier/jsr-name.ts'
import { formatAddress } from '../address.ts'
import { isJsrAddress } from '../jsr-target.ts'
import type { JudgedContext, Rule } from '../rule.ts'

/**
 * Any scheme, `git+ssh:` and `user@host:path` included: what counts is the host that would be asked.
 * `npm:` aliases name no host and are not meant.
 */
export const directDependency: Rule = {
  id: 'direct-dependency',
  summary: 'No manifest asks for an address on a JSR host.',
  explanation: `A manifest names a tarball, a module or a repository on a JSR host as a dependency. Clients fetch such an address as it is, whatever registry is configured.

No mapping of the scope helps, and the private registry never sees the request, so it can neither scan, keep nor refuse the package.

Ask for the package by name instead: "npm:@jsr/luca__cases@^1", or "jsr:^1" under the package's own name and jsr-guard install.`,

  *check({ specifierFiles }: JudgedContext) {
    for (const { file, dependencies } of specifierFiles) {
      for (const { alias, specifier, line } of dependencies) {
        if (!isJsrAddress(specifier)) continue
        yield {
          message: `${quoteShort(alias)} asks for an address on a JSR host: ${formatAddress(specifier)}`,
          hint: 'ask for the package by name: "npm:@jsr/scope__name@range"',
          file,
          line,
          package: alias,
        }
      }
    }
  },
}
