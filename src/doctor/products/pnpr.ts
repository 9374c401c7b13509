import {
  gatewaySteps,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://github.com/pnpm/pnpm (`pnpr/`) */
export const pnpr: Product = {
  id: 'pnpr',
  name: 'pnpr',
  model: 'constructs',
  parseUrl,
  rateUrl: () => 'possible',
  signs: [
    {
      what: 'its capabilities at /-/pnpr',
      sureness: 'certain',
      isSeen: ({ capabilities }) =>
        capabilities?.status === 200 && /^\s*\{\s*"pnpr"\s*:/.test(capabilities.text),
    },
  ],
  credentialLines: (place) => [tokenLine(place, 'PNPR_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      "put a token into PNPR_TOKEN, and see that the registry's access in its config.yaml lets it in",
    ],
    upstream: (place) => [
      ...gatewaySteps,
      `in its config.yaml: registries: { ${part(place, 'name')}: { type: upstream, url: https://<gateway>/, packages: { '@jsr/*': {} } } }`,
    ],
    scope: () => [
      "let one registry alone have '@jsr/*' among its packages in config.yaml: it asks no other for it",
    ],
  },
}

/** `[/ctx]/~{name}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const name = pathSegments(url).at(-1)
  return name?.startsWith('~') === true && name.length > 1 ? { name: name.slice(1) } : undefined
}
