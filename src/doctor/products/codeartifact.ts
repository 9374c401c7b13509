import {
  mirrorSteps,
  part,
  pathSegments,
  tokenLine,
  type Place,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://docs.aws.amazon.com/codeartifact/latest/ug/npm-auth.html */
export const codeartifact: Product = {
  id: 'codeartifact',
  name: 'AWS CodeArtifact',
  model: 'none',
  parseUrl,
  rateUrl: () => 'certain',
  signs: [],
  credentialLines: (place) => [tokenLine(place, 'CODEARTIFACT_AUTH_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: (place) => [
      `get a token, which is good for 12 hours: export CODEARTIFACT_AUTH_TOKEN=$(aws codeartifact get-authorization-token ${options(place)} --query authorizationToken --output text)`,
      'give its role codeartifact:GetAuthorizationToken, codeartifact:ReadFromRepository and sts:GetServiceBearerToken',
    ],
    upstream: ({ registry }) => [
      'its external connections are a fixed list without JSR, so packages have to be published to it',
      ...mirrorSteps(registry),
    ],
    scope: (place) => [
      `aws codeartifact create-package-group ${options(place)} --package-group '/npm/jsr/*'`,
      `aws codeartifact update-package-group-origin-configuration ${options(place)} --package-group '/npm/jsr/*' --restrictions EXTERNAL_UPSTREAM=BLOCK,PUBLISH=ALLOW`,
    ],
  },
}

function options(place: Place): string {
  const [domain, owner, region] = ['domain', 'owner', 'region'].map((name) => part(place, name))
  return `--domain ${domain} --domain-owner ${owner} --region ${region}`
}

const host = /^([a-z0-9][a-z0-9-]*)-(\d{12})\.d\.codeartifact\.([a-z0-9-]+)\.amazonaws\.com$/

/** `https://{domain}-{account}.d.codeartifact.{region}.amazonaws.com/npm/{repository}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [, domain, owner, region] = host.exec(url.hostname) ?? []
  const [format, repository, ...more] = pathSegments(url)
  if (domain === undefined || owner === undefined || region === undefined) return undefined
  if (format !== 'npm' || repository === undefined || more.length > 0) return undefined
  return { domain, owner, region, repository }
}
