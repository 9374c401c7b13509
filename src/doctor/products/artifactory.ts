import {
  gatewaySteps,
  hasHostSuffix,
  headerSign,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://jfrog.com/help/r/jfrog-artifactory-documentation/npm-registry */
export const artifactory: Product = {
  id: 'artifactory',
  name: 'JFrog Artifactory',
  model: 'constructs',
  parseUrl,
  rateUrl: (url) => (hasHostSuffix(url, 'jfrog.io') ? 'certain' : 'likely'),
  signs: [
    headerSign('x-jfrog-version', /./, 'certain'),
    headerSign('x-artifactory-id', /./, 'certain'),
    headerSign('server', /^Artifactory\//, 'certain'),
  ],
  credentialLines: (place) => [tokenLine(place, 'ARTIFACTORY_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'make an identity token (your profile → Generate an Identity Token) and put it into ARTIFACTORY_TOKEN, or run: jf npm-config',
      'give its user the permission Read on the virtual repository and on the remote one behind it',
    ],
    upstream: (place) => [
      ...gatewaySteps,
      'Administration → Repositories → Create → Remote → npm: key jsr, URL https://<gateway>/, Include Patterns @jsr/**,.npm/@jsr/**',
      'in its Advanced settings: Bypass HEAD Requests on, Block Mismatching Mime Types off, Lenient Host Authentication off',
      `add jsr to the virtual repository ${part(place, 'repository')}, with Priority Resolution; its Test button is not to be relied on`,
      'after a change: Zap Caches on the remote repository',
    ],
    scope: () => [
      'on the remote repository of the public registry: Exclude Patterns @jsr/**,.npm/@jsr/**',
      'on that of JSR: Include Patterns @jsr/**,.npm/@jsr/** and Priority Resolution',
    ],
  },
}

/** `[/ctx]/[artifactory/]api/npm/{repository}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [api, npm, repository, ...more] = pathSegments(url).slice(-3)
  if (api !== 'api' || npm !== 'npm' || repository === undefined || more.length > 0) {
    return undefined
  }
  return { repository }
}
