import type { Place, Product, SignAnswers, Sureness } from './product.ts'
import { artifactory } from './products/artifactory.ts'
import { azureArtifacts } from './products/azure-artifacts.ts'
import { cloudsmith } from './products/cloudsmith.ts'
import { codeartifact } from './products/codeartifact.ts'
import { gitea } from './products/gitea.ts'
import { githubPackages } from './products/github-packages.ts'
import { gitlab, gitlabVirtual } from './products/gitlab.ts'
import { googleArtifactRegistry } from './products/google-artifact-registry.ts'
import { nexus } from './products/nexus.ts'
import { pnpr } from './products/pnpr.ts'
import { proget } from './products/proget.ts'
import { verdaccio } from './products/verdaccio.ts'
import { vsr } from './products/vsr.ts'

/** Every product that we know: the one list. */
export const products: readonly Product[] = [
  azureArtifacts,
  artifactory,
  googleArtifactRegistry,
  nexus,
  codeartifact,
  githubPackages,
  gitlab,
  gitlabVirtual,
  cloudsmith,
  proget,
  verdaccio,
  gitea,
  pnpr,
  vsr,
]

/** A product that a registry was taken for. */
export interface DetectedProduct {
  readonly product: Product
  readonly place: Place
  readonly sureness: Exclude<Sureness, 'possible'>
  /** What it was taken for it by. */
  readonly evidence: readonly string[]
}

/**
 * The product that a registry is, by the shape of its URL and, where it was asked, by its answers.
 *
 * A host of the maker's own goes before everything; a sign in an answer goes before the mere shape
 * of a path, which a proxy in front may have changed. What fits two products equally well is none.
 */
export function detectProduct(registry: URL, answers?: SignAnswers): DetectedProduct | undefined {
  const candidates = products.flatMap((product) => rate(product, registry, answers))
  const best = Math.max(0, ...candidates.map(({ weight }) => weight))
  const [first, second] = candidates.filter(({ weight }) => weight === best)
  return second === undefined ? first?.detected : undefined
}

interface Candidate {
  readonly detected: DetectedProduct
  readonly weight: number
}

const weights: Readonly<Record<Sureness, number>> = { certain: 16, likely: 4, possible: 1 }

function rate(product: Product, registry: URL, answers: SignAnswers | undefined): Candidate[] {
  const parts = product.parseUrl(registry)
  const byUrl = parts === undefined ? undefined : product.rateUrl(registry)
  const seen = answers === undefined ? [] : product.signs.filter((sign) => sign.isSeen(answers))
  const best = bestOf([
    ...(byUrl === undefined ? [] : [byUrl]),
    ...seen.map((sign) => sign.sureness),
  ])
  if (best === undefined || best === 'possible') return []
  const weight =
    Math.max(0, ...seen.map((sign) => weights[sign.sureness])) +
    (byUrl === undefined ? 0 : weights[byUrl])
  const evidence = [
    ...(byUrl === undefined ? [] : ['the shape of its URL']),
    ...seen.map(({ what }) => what),
  ]
  const place = { registry, parts: parts ?? {} }
  return [{ detected: { product, place, sureness: best, evidence }, weight }]
}

function bestOf(all: readonly Sureness[]): Sureness | undefined {
  return (['certain', 'likely', 'possible'] as const).find((sureness) => all.includes(sureness))
}
