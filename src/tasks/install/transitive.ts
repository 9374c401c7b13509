import { translateArguments } from '../../client/npm-plan.ts'
import type { ClientExit } from '../../client/run.ts'
import type { Finding } from '../../finding.ts'
import { registryOptions } from '../../project/npm-registry-options.ts'
import type { TransitiveOwner } from '../../registry/transitive.ts'
import { isJsrSpecifier } from '../../specifier/jsr-specifier.ts'
import { rewriteToNpm } from '../../specifier/rewrite.ts'
import type { InstallStep } from './step.ts'
import { unlessStopped } from './stop.ts'

/**
 * Where npm failed on a `jsr:` specifier of a published package, says whose it is: npm names the
 * specifier at best, and ends without a word where the alias is installed already.
 */
export async function explainNpmFailure(step: InstallStep, exit: ClientExit): Promise<Finding[]> {
  const isExplained = /\bcode E(?!UNSUPPORTEDPROTOCOL)/.test(exit.stderr)
  if (exit.exitCode === 0 || isExplained || step.stop.aborted) return []
  const { findTransitiveSpecifiers } = await import('../../registry/transitive.ts')
  const { context, project } = step.before
  const client = context.clients.find(({ name }) => name === 'npm')
  const search = findTransitiveSpecifiers({
    dependencies: new Map([
      ...context.manifests.flatMap(({ dependencies }) =>
        dependencies.map(({ alias, specifier }) => [alias, toNpm(specifier, alias)] as const),
      ),
      ...step.session.packages.map(parseArgument),
    ]),
    registryOf: (name) => client?.routeOf(name).url,
    registryOptions: registryOptions(project.npmConfig),
    proxyUrl: step.wayOut.url,
  })
  const owners = await unlessStopped(step.stop, search)
  return owners?.map(describeOwner) ?? []
}

/** `name`, `name@range` or `alias@specifier`; what is none of them is no package of a registry. */
function parseArgument(argument: string): readonly [string, string] {
  const [translated = argument] = translateArguments([argument], [argument])
  const at = translated.indexOf('@', 1)
  return at === -1
    ? [translated, 'latest']
    : [translated.slice(0, at), translated.slice(at + 1) || 'latest']
}

function describeOwner({ name, version, alias, specifier }: TransitiveOwner): Finding {
  const target = toNpm(specifier.trim(), alias)
  const override = JSON.stringify({ overrides: { [name]: { [alias]: target } } })
  return {
    rule: 'jsr-specifier',
    severity: 'error',
    message: `${name}@${version}, a published package, asks for ${JSON.stringify(specifier)} as ${alias}, which npm can't read`,
    hint: `ask its author for npm:@jsr/… instead; until then add to package.json: ${override.slice(1, -1)}`,
    file: 'package.json',
    line: undefined,
    package: name,
    version,
  }
}

/** What names no package stays as it is: this only explains. */
function toNpm(specifier: string, alias: string): string {
  try {
    return isJsrSpecifier(specifier) ? rewriteToNpm(specifier, alias) : specifier
  } catch {
    return specifier
  }
}
