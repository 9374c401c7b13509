import {
  credentialKey,
  hasHostSuffix,
  part,
  pathSegments,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://learn.microsoft.com/azure/devops/artifacts/npm/upstream-sources */
export const azureArtifacts: Product = {
  id: 'azure-artifacts',
  name: 'Azure Artifacts',
  model: 'follows',
  parseUrl,
  rateUrl: (url) => (isOwnHost(url) ? 'certain' : 'likely'),
  signs: [
    {
      what: 'header x-vss-e2eid or x-tfs-processid',
      sureness: 'certain',
      isSeen: ({ root, unknownPackage }) =>
        [root, unknownPackage].some(
          (answer) =>
            answer?.headers['x-vss-e2eid'] !== undefined ||
            answer?.headers['x-tfs-processid'] !== undefined,
        ),
    },
  ],
  // The token is asked for at both addresses, with and without the last part.
  credentialLines: ({ registry }) =>
    [registry, new URL('..', registry)].flatMap((url) => [
      `${credentialKey(url)}:username=any`,
      `${credentialKey(url)}:_password=\${AZURE_ARTIFACTS_TOKEN_BASE64}`,
      `${credentialKey(url)}:email=npm@corp.example`,
    ]),
  tarballs: () => [],
  advice: {
    credentials: () => [
      'make a personal access token with the scope Packaging: Read, and put its base64 form into AZURE_ARTIFACTS_TOKEN_BASE64; in a pipeline use the task npmAuthenticate@0 instead',
      'give whoever installs, and the build service, the role "Feed and Upstream Reader (Collaborator)": a mere Feed Reader gets 403 or 404 for what nobody has fetched yet (Feed settings → Permissions)',
    ],
    upstream: (place) => [
      `open Feed settings of ${part(place, 'feed')} → Upstream sources → Add upstream source → Public source → Custom registry; name it jsr, URL https://npm.jsr.io, type npm`,
      'move it above npmjs in the list, and save',
      'for each package: Search upstream sources, the exact name @jsr/scope__name; or let a Collaborator install it once',
      "new versions upstream are seen after 3 to 6 hours; feeds in public projects can't have custom upstreams",
    ],
    scope: () => [
      'keep jsr above npmjs in Feed settings → Upstream sources: the first that has a package serves it',
      'leave "Allow externally sourced versions" off for the packages of the scope',
    ],
  },
}

/** `/{org}[/{project}]/_packaging/{feed}/npm/registry/`, the organization in the host of old ones. */
function parseUrl(url: URL): UrlParts | undefined {
  const parts = pathSegments(url)
  const at = parts.indexOf('_packaging')
  const feed = parts[at + 1]
  if (at === -1 || feed === undefined || parts.slice(at + 2).join('/') !== 'npm/registry') {
    return undefined
  }
  const isOld = hasHostSuffix(url, 'pkgs.visualstudio.com')
  if (at > 2 || (at === 0 && !isOld)) return undefined
  const organization = isOld ? url.hostname.split('.')[0] : parts[0]
  const project = parts.slice(isOld ? 0 : 1, at)[0]
  return {
    feed: feed.split('@')[0] ?? feed,
    organization: organization ?? '',
    ...(project === undefined ? {} : { project }),
  }
}

function isOwnHost(url: URL): boolean {
  return url.hostname === 'pkgs.dev.azure.com' || hasHostSuffix(url, 'pkgs.visualstudio.com')
}
