import {
  gatewaySteps,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://cloud.google.com/artifact-registry/docs/nodejs */
export const googleArtifactRegistry: Product = {
  id: 'google-artifact-registry',
  name: 'Google Artifact Registry',
  model: 'constructs',
  parseUrl,
  rateUrl: () => 'certain',
  signs: [],
  credentialLines: (place) => [tokenLine(place, 'GOOGLE_ARTIFACT_REGISTRY_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'get a token, which is good for 60 minutes: npx google-artifactregistry-auth, or export GOOGLE_ARTIFACT_REGISTRY_TOKEN=$(gcloud auth print-access-token)',
      'give its account the role roles/artifactregistry.reader',
    ],
    upstream: (place) => [
      ...gatewaySteps,
      'the gateway must be reached from Google: a public host, with a user and password of its own',
      `gcloud artifacts repositories create jsr --project=${part(place, 'project')} --location=${part(place, 'location')} --repository-format=npm --mode=remote-repository --remote-npm-repo=https://<gateway>/ --disable-remote-validation`,
      `give the virtual repository ${part(place, 'repository')} the repository jsr among its upstream policies, with the greatest priority`,
    ],
    scope: () => [
      'give jsr a greater priority than the remote repository of the public registry in the virtual one: a greater number goes first',
      "no scope can be shut out of a remote repository, so names that JSR hasn't got still go to the public registry: keep a virtual repository of its own for @jsr",
    ],
  },
}

/** `https://{location}-npm.pkg.dev/{project}/{repository}/`; a project may be `domain/name`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [, location] = /^([a-z0-9-]+)-npm\.pkg\.dev$/.exec(url.hostname) ?? []
  const parts = pathSegments(url)
  const repository = parts.at(-1)
  if (location === undefined || repository === undefined || parts.length < 2 || parts.length > 3) {
    return undefined
  }
  return { location, project: parts.slice(0, -1).join('/'), repository }
}
