import {
  gatewaySteps,
  headerSign,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://docs.inedo.com/docs/proget/feeds/npm */
export const proget: Product = {
  id: 'proget',
  name: 'ProGet',
  model: 'unknown',
  parseUrl,
  // Many a registry lies below /npm/.
  rateUrl: () => 'possible',
  signs: [headerSign('x-proget-version', /./, 'certain')],
  credentialLines: (place) => [tokenLine(place, 'PROGET_API_KEY')],
  tarballs: () => [],
  advice: {
    credentials: (place) => [
      `make an API key for the feed ${part(place, 'feed')} (Administration → API Keys) with the task View/Download, and put it into PROGET_API_KEY`,
    ],
    upstream: (place) => [
      ...gatewaySteps,
      `open the feed ${part(place, 'feed')} → Connectors → Create connector: URL https://<gateway>/, with "Exact package name match only" and "Do not perform health check", as JSR has no search`,
    ],
    scope: () => [
      'on the connector of JSR: filter @jsr/*; on that of the public registry: filter !@jsr/* (ProGet Free has no filters: keep a feed of its own for @jsr)',
    ],
  },
}

/** `[/ctx]/npm/{feed}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [npm, feed] = pathSegments(url).slice(-2)
  return npm !== 'npm' || feed === undefined ? undefined : { feed }
}
