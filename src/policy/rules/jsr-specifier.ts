import type { TransitiveSpecifier } from '../../lockfile/locked-package.ts'
import { findOverriddenName } from '../../manifest/override-key.ts'
import type { ManifestDependency } from '../../manifest/package-json.ts'
import { quoteShort } from '../../specifier/jsr-name.ts'
import { isJsrSpecifier, isPaddedJsrSpecifier } from '../../specifier/jsr-specifier.ts'
import { clientTitles, formatRoute } from '../advice.ts'
import { detectJsrSupport } from '../jsr-support.ts'
import { detectJsrTarget } from '../jsr-target.ts'
import { isOverridden } from '../overrides.ts'
import { isPrivate } from '../private-registry.ts'
import { listReaders } from '../routed-clients.ts'
import type { ClientInUse, JudgedContext, Rule, RuleFinding, SpecifierFile } from '../rule.ts'

/**
 * A warning where a client stops with an error, or passes over an optional peer: nothing wrong gets
 * installed. An error where something else would be: Yarn 1 and Bun, and white space before `jsr:`,
 * which makes npm link a folder of that name. What the others make of white space isn't known, so it
 * is an error for all.
 *
 * Also an error where a client reads the specifier and asks JSR by a way of its own, which no mapping
 * of `@jsr` changes: Deno in `deno.json`, vlt everywhere.
 *
 * Specifiers that name no package are `invalid-specifier`'s.
 */
export const jsrSpecifier: Rule = {
  id: 'jsr-specifier',
  summary: 'Every client in use can read every specifier.',
  explanation: `A manifest, or a locked package, asks for a package with jsr:, and a client in use can't read that. No npm can; pnpm can since 10.9, Yarn since 4.9, Deno since 2.6.8.

Most clients stop with an error, which is why this is a warning: nothing wrong is installed. npm passes over optional peers without a word. It is an error where a client would install or clone something else: Yarn 1 looks for an npm package with the alias's name, which anyone may have registered, Bun clones a repository from a host called jsr, and with white space before jsr: npm links a folder of that name.

Run jsr-guard install, which translates the specifiers for the time of the run, or jsr-guard rewrite, which writes "npm:@jsr/luca__cases@^1" into the manifests for good. Every client reads that.

Where a locked package asks, its manifest can't be changed: the hint says which overrides to put into the root's package.json.`,

  *check(context: JudgedContext) {
    const { clients, manifests, specifierFiles, judged } = context
    for (const { file, dependencies, client } of specifierFiles) {
      const readers = listReaders(file, context).filter(
        ({ name }) => client === undefined || client === name,
      )
      for (const dependency of dependencies) {
        const { alias, line } = dependency
        // Deno reads jsr: in its own files since there is Deno for it.
        const fault = client === 'deno' ? undefined : checkDependency(dependency, readers)
        const found = fault ?? checkNative(dependency, readers, client)
        if (found !== undefined) yield { ...found, file, line, package: alias }
      }
    }
    for (const { file, lockfile, client } of judged) {
      const readers = client === undefined ? clients : [client]
      for (const specifier of lockfile.transitiveSpecifiers) {
        if (isOverridden(specifier, manifests)) continue
        const found = checkTransitive(specifier, readers)
        if (found !== undefined) yield { ...found, file, line: specifier.line() }
      }
    }
  },
}

type Fault = Pick<RuleFinding, 'severity' | 'message' | 'hint'>

function checkDependency(
  { alias, specifier, isOptionalPeer }: ManifestDependency,
  clients: readonly ClientInUse[],
): Fault | undefined {
  const text = `${quoteShort(alias)}: ${quoteShort(specifier)}`
  if (isPaddedJsrSpecifier(specifier)) {
    const message = `${text} has white space before jsr:, and npm links a folder of that name instead`
    return { severity: 'error', message, hint: 'take the white space out' }
  }
  if (/^link:jsr:/i.test(specifier)) {
    const message = `${text} links a folder of that name: pnpm before 10.9 writes it for pnpm add jsr:`
    return { severity: 'error', message, hint: 'write "npm:@jsr/scope__name@range" instead' }
  }
  const target = detectTarget(alias, specifier)
  if (target === undefined) return undefined
  const hint = `run jsr-guard install, or write ${quoteShort(target)}`
  const untranslated = clients.filter(({ isTranslated }) => isTranslated !== true)
  const misreader = describeMisreader(text, untranslated)
  if (misreader !== undefined) return { ...misreader, hint }
  if (isOptionalPeer && clients.some(({ name }) => name === 'npm')) {
    return { message: `npm passes over ${text} without a word, since the peer is optional`, hint }
  }
  const failing = describeFailing(text, clients)
  return failing === undefined ? undefined : { ...failing, hint }
}

/**
 * Some read the specifier and ask JSR for it by a way of their own, whatever the route of `@jsr` is:
 * vlt everywhere, Deno in its own files.
 */
function checkNative(
  { alias, specifier }: ManifestDependency,
  clients: readonly ClientInUse[],
  only: SpecifierFile['client'],
): Fault | undefined {
  const target = detectTarget(alias, specifier)
  if (target === undefined) return undefined
  for (const { name, nativeRoute } of clients) {
    if (nativeRoute === undefined || isPrivate(nativeRoute)) continue
    if (name === 'deno' && only !== 'deno') continue
    const text = `${quoteShort(alias)}: ${quoteShort(specifier)}`
    const message = `${clientTitles[name]} asks ${formatRoute(nativeRoute)} for ${text}, whatever @jsr is mapped to`
    return { severity: 'error', message, hint: `write ${quoteShort(target)}` }
  }
  return undefined
}

/** The way out is npm's: `overrides`, for the one package, which also works where the root has the alias too. */
function checkTransitive(
  { from, alias, specifier }: TransitiveSpecifier,
  clients: readonly ClientInUse[],
): Fault | undefined {
  const target = detectTarget(alias, specifier)
  if (target === undefined) return undefined
  const text = `${quoteShort(alias)}: ${quoteShort(specifier)}, which ${from} asks for`
  const fault = describeMisreader(text, clients) ?? describeFailing(text, clients)
  if (fault === undefined) return undefined
  const overrides = JSON.stringify({
    overrides: { [findOverriddenName(from)]: { [alias]: target } },
  })
  return { ...fault, hint: `put ${overrides} into the root's package.json` }
}

/** The alias that every client reads; `undefined` for what is no `jsr:` specifier, or names no package. */
function detectTarget(alias: string, specifier: string): string | undefined {
  const target = isJsrSpecifier(specifier) ? detectJsrTarget(alias, specifier) : undefined
  return target === undefined ? undefined : `npm:${target.name}@${target.range}`
}

function describeMisreader(text: string, clients: readonly ClientInUse[]): Fault | undefined {
  for (const client of clients) {
    const support = detectJsrSupport(client)
    if (support.type !== 'misreads') continue
    const message = `${clientTitles[client.name]} can't read ${text}: it ${support.how}`
    return { severity: 'error', message }
  }
  return undefined
}

function describeFailing(text: string, clients: readonly ClientInUse[]): Fault | undefined {
  const titles = clients
    .filter((client) => detectJsrSupport(client).type === 'fails')
    .map(({ name }) => clientTitles[name])
  return titles.length === 0 ? undefined : { message: `${titles.join(' and ')} can't read ${text}` }
}
