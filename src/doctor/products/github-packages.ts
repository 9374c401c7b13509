import {
  headerSign,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://docs.github.com/packages/working-with-a-github-packages-registry/working-with-the-npm-registry */
export const githubPackages: Product = {
  id: 'github-packages',
  name: 'GitHub Packages',
  model: 'none',
  parseUrl,
  rateUrl: () => 'certain',
  signs: [headerSign('x-github-request-id', /./, 'likely')],
  credentialLines: (place) => [tokenLine(place, 'GITHUB_TOKEN')],
  // Whatever the owner in the registry's URL, tarballs lie beside it.
  tarballs: ({ registry }) =>
    registry.pathname === '/' ? [] : [new URL('/download/', registry).href],
  advice: {
    credentials: () => [
      "put a personal access token (classic) with the scope read:packages into GITHUB_TOKEN; in Actions the job's own token with permissions: packages: read",
    ],
    upstream: (place) => [
      'it has no upstreams, and a scope there must be the name of its owner: nobody but the owner of "jsr" can publish @jsr packages to it',
      'use another registry for the scope: GitHub Packages can keep serving the rest, as @jsr:registry goes before registry',
      `else publish the packages under @${part(place, 'owner')} by other names, and alias those in the manifests`,
    ],
    scope: () => ['let @jsr:registry name a registry that takes the scope from JSR alone'],
  },
}

/** `https://npm.pkg.github.com[/{owner}]/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [owner, ...more] = pathSegments(url)
  if (url.hostname !== 'npm.pkg.github.com' || more.length > 0) return undefined
  return owner === undefined ? {} : { owner }
}
