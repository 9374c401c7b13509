import { examineProbes } from '../doctor/checks.ts'
import { chooseNext, listAdvice, type Diagnosis } from '../doctor/diagnosis.ts'
import type { Probe, RegistryProbes } from '../doctor/probes.ts'
import type { SignAnswer } from '../doctor/product.ts'
import { detectProduct, type DetectedProduct } from '../doctor/products.ts'
import { inferModel } from '../doctor/upstream-model.ts'
import { registryOptions } from '../project/npm-registry-options.ts'
import { readOwnVersion } from '../project/own-version.ts'
import { hasPrefix } from '../url/url-prefix.ts'
import { isServedBy } from '../url/web-url.ts'
import { inspectProject, type CheckedProject, type CheckProjectOptions } from './check.ts'
import { openClosedWayOut, readNpmNetwork } from './way-out.ts'

/** A package of JSR's that everybody has, for projects without any. */
const commonPackage = '@jsr/std__path'

/**
 * Finds out where each client goes for `@jsr`, whether the private registry serves it, which product
 * that is, and what to do. Asks the private registry and nobody else; JSR is asked nothing.
 *
 * @throws JsrGuardError what `checkProject` throws.
 */
export async function examineProject(options: CheckProjectOptions): Promise<Diagnosis> {
  const checked = await inspectProject(options)
  const { report, context } = checked
  const probes = await probe(checked, options.env)
  const detected =
    probes === undefined ? undefined : detectProduct(probes.registry, answersOf(probes))
  const checks = probes === undefined ? [] : examineProbes(probes)
  const advice = listAdvice(checks, detected)
  const found = { findings: report.findings, checks, advice }
  const next = chooseNext(found, context.registry?.href)
  return {
    schemaVersion: 1,
    version: readOwnVersion(),
    root: report.root,
    registry: report.registry,
    clients: report.clients,
    product: describeProduct(detected),
    model: probes === undefined ? undefined : inferModel(probes, detected?.product),
    ...found,
    isProtected: next === undefined,
    next,
  }
}

async function probe(
  { context, project }: CheckedProject,
  env: CheckProjectOptions['env'],
): Promise<RegistryProbes | undefined> {
  const { registry, tarballs, judged } = context
  if (registry === undefined) return undefined
  const wayOut = await openClosedWayOut({
    env,
    network: readNpmNetwork(project.npmConfig, project.credentialFiles),
    // What asks through it follows no redirect to JSR: there is nothing to refuse.
    onRefusal: () => undefined,
  })
  const locked = judged
    .flatMap(({ jsrPackages }) => jsrPackages)
    .find(
      ({ judgement }) => judgement.verdict === 'private' && judgement.by !== 'workspace',
    )?.locked
  try {
    const { probeRegistry } = await import('../registry/examine.ts')
    return await probeRegistry({
      registry,
      packageName: locked?.name ?? commonPackage,
      version: locked?.version,
      registryOptions: registryOptions(project.npmConfig, project.credentialFiles),
      proxyUrl: wayOut.url,
      isDirect: wayOut.isDirect,
      isPrivate: (url) =>
        isServedBy(url, registry) || tarballs.some((prefix) => hasPrefix(url, prefix)),
    })
  } finally {
    await wayOut.close()
  }
}

function answersOf({ root, capabilities, unknownPackage }: RegistryProbes): {
  readonly root: SignAnswer | undefined
  readonly capabilities: SignAnswer | undefined
  readonly unknownPackage: SignAnswer | undefined
} {
  const read = (found: Probe): SignAnswer | undefined =>
    found.type === 'answered' ? found : undefined
  return {
    root: read(root),
    capabilities: read(capabilities),
    unknownPackage: read(unknownPackage),
  }
}

function describeProduct(detected: DetectedProduct | undefined): Diagnosis['product'] {
  if (detected === undefined) return undefined
  const { product, sureness, evidence } = detected
  return { id: product.id, name: product.name, sureness, evidence }
}
