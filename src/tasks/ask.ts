import { findRegistryOf } from '../policy/private-registry.ts'
import type { RegistryFact } from '../policy/registry-facts.ts'
import { registryOptions } from '../project/npm-registry-options.ts'
import type { InspectTarget, LockedCopy } from '../registry/inspect.ts'
import type { ReportedHost } from '../report/report.ts'
import { hasPrefix } from '../url/url-prefix.ts'
import { isServedBy } from '../url/web-url.ts'
import type { CheckedProject } from './check.ts'
import { openClosedWayOut, readNpmNetwork } from './way-out.ts'

/** How to ask the registry about a project's packages. */
export interface AskOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether to fetch the tarballs and look at their bytes. */
  readonly fetchesTarballs: boolean
  readonly onProgress?: ((progress: AskProgress) => void) | undefined
}

/** How far it has come. */
export interface AskProgress {
  readonly done: number
  readonly packages: number
}

/** What the registry was asked, and said. */
export interface Asked {
  readonly facts: readonly RegistryFact[]
  readonly hosts: readonly ReportedHost[]
}

/**
 * Asks the private registry about every `@jsr` package that is locked, through a way out that
 * refuses JSR.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_REGISTRY` where the registry refuses us.
 */
export async function askAboutPackages(
  checked: CheckedProject,
  options: AskOptions,
): Promise<Asked> {
  const targets = listTargets(checked)
  if (targets.length === 0) return { facts: [], hosts: [] }
  const { context, project } = checked
  const { tarballs } = context
  const wayOut = await openClosedWayOut({
    env: options.env,
    network: readNpmNetwork(project.npmConfig, project.credentialFiles),
    // What asks through it follows no redirect to JSR: there is nothing to refuse.
    onRefusal: () => undefined,
  })
  try {
    // Loaded late: a project without @jsr packages has no use for it.
    const { inspectPackages } = await import('../registry/inspect.ts')
    const packages = targets.length
    options.onProgress?.({ done: 0, packages })
    const facts = await inspectPackages(targets, {
      registryOptions: registryOptions(project.npmConfig, project.credentialFiles),
      proxyUrl: wayOut.url,
      isDirect: wayOut.isDirect,
      fetchesTarballs: options.fetchesTarballs,
      isPrivate: (url, registry) =>
        isServedBy(url, registry) || tarballs.some((prefix) => hasPrefix(url, prefix)),
      onProgress: (done) => options.onProgress?.({ done, packages }),
    })
    return { facts, hosts: wayOut.hosts() }
  } finally {
    await wayOut.close()
  }
}

/** Each package once per registry, with every place where it is locked. */
function listTargets({ context }: CheckedProject): InspectTarget[] {
  const targets = new Map<string, InspectTarget & { readonly copies: LockedCopy[] }>()
  for (const { file, client, jsrPackages } of context.judged) {
    for (const { locked, judgement } of jsrPackages) {
      if (judgement.verdict !== 'private' || judgement.by === 'workspace') continue
      const registry = chooseRegistry(
        findRegistryOf(locked.name, context),
        client?.routeOf(locked.name).url,
      )
      const key = JSON.stringify([registry.href, locked.name])
      const target = targets.get(key) ?? { name: locked.name, registry, copies: [] }
      target.copies.push({ file, locked })
      targets.set(key, target)
    }
  }
  return [...targets.values()]
}

/** Where the client would go, as long as that is the private registry; else the latter itself. */
function chooseRegistry(registry: URL | undefined, route: URL | undefined): URL {
  if (registry === undefined) throw new Error('a private package without a private registry')
  return route !== undefined && isServedBy(route, registry) ? route : registry
}
