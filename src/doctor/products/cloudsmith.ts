import {
  gatewaySteps,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://docs.cloudsmith.com/formats/npm-registry */
export const cloudsmith: Product = {
  id: 'cloudsmith',
  name: 'Cloudsmith',
  model: 'unknown',
  parseUrl,
  rateUrl: () => 'certain',
  signs: [],
  credentialLines: (place) => [tokenLine(place, 'CLOUDSMITH_API_KEY')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'put an API key, or an entitlement token of the repository, into CLOUDSMITH_API_KEY',
    ],
    upstream: (place) => [
      ...gatewaySteps,
      `open ${part(place, 'workspace')}/${part(place, 'repository')} → Upstreams → Add upstream → npm: name jsr, URL https://<gateway>/, mode Cache and Proxy, priority 1`,
    ],
    scope: () => [
      'give jsr a smaller priority number than the upstream of the public registry: 1 goes first',
      'add a policy that blocks @jsr/* from other upstreams, where your plan has policies',
    ],
  },
}

/** `https://npm.cloudsmith.io/{workspace}/{repository}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [workspace, repository, ...more] = pathSegments(url)
  if (url.hostname !== 'npm.cloudsmith.io' || more.length > 0) return undefined
  return workspace === undefined || repository === undefined ? undefined : { workspace, repository }
}
