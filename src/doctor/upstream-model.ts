import { isJsrHost } from '../url/jsr-host.ts'
import type { RegistryProbes, VersionProbes } from './probes.ts'
import type { Product, UpstreamModel } from './product.ts'

/** How a registry gets at JSR's tarballs, and what tells so. */
export interface InferredModel {
  readonly model: UpstreamModel | 'passes-on'
  readonly why: string
}

/** Tells by what was seen, and where that tells nothing, by what the product is known for. */
export function inferModel(
  { package: { versions } }: RegistryProbes,
  product: Product | undefined,
): InferredModel {
  const seen = versions.flatMap(({ tarball }) => tarball ?? [])
  if (seen.some(({ hostname }) => isJsrHost(hostname))) {
    return { model: 'passes-on', why: "its metadata has JSR's own addresses" }
  }
  if (versions.length > 0 && versions.every(isMissing)) {
    return { model: 'constructs', why: 'it has the metadata, and finds no tarball' }
  }
  if (versions.some((probes) => isServed(probes) && hasJsrFileName(probes))) {
    return { model: 'follows', why: "it serves tarballs by the file names of JSR's own layout" }
  }
  if (product === undefined) return { model: 'unknown', why: 'nothing tells' }
  return { model: product.model, why: `${product.name} is known for it` }
}

function isMissing({ get }: VersionProbes): boolean {
  return get?.type === 'answered' && (get.status === 404 || get.status === 410)
}

function isServed({ get }: VersionProbes): boolean {
  return get?.type === 'answered' && get.status < 300
}

/** `1.0.0.tgz`, without the name of the package. */
function hasJsrFileName({ tarball, version }: VersionProbes): boolean {
  return tarball?.pathname.endsWith(`/${version}.tgz`) === true
}

/** What a model means, for people. */
export const modelTexts: Readonly<Record<InferredModel['model'], string>> = {
  follows: "it fetches tarballs where the upstream's metadata says, so JSR can be its upstream",
  constructs:
    "it asks its upstream for the layout of npm's own registry, which JSR has not got: it needs jsr-guard gateway in between",
  none: 'it has no upstream of your choice: packages have to be published to it',
  'passes-on': 'it hands the addresses of its upstream on, so clients go there themselves',
  unknown: 'how it fetches from an upstream is not known',
}
