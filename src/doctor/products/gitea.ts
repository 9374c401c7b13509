import {
  mirrorSteps,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://forgejo.org/docs/latest/user/packages/npm/ */
export const gitea: Product = {
  id: 'gitea',
  name: 'Forgejo or Gitea',
  model: 'none',
  parseUrl,
  rateUrl: () => 'likely',
  signs: [
    {
      what: 'cookie i_like_gitea',
      sureness: 'certain',
      isSeen: ({ root, unknownPackage }) =>
        [root, unknownPackage].some((answer) =>
          /\bi_like_(?:gitea|forgejo)=/.test(answer?.headers['set-cookie'] ?? ''),
        ),
    },
  ],
  credentialLines: (place) => [tokenLine(place, 'GITEA_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: (place) => [
      `put an access token with the permission read:package into GITEA_TOKEN; its user must see the packages of ${part(place, 'owner')}`,
    ],
    upstream: ({ registry }) => [
      'it has no upstreams, so packages have to be published to it',
      ...mirrorSteps(registry),
    ],
    scope: () => ['it serves what was published to it and nothing else: keep it that way'],
  },
}

/** `[/ctx]/api/packages/{owner}/npm/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [api, packages, owner, npm] = pathSegments(url).slice(-4)
  if (api !== 'api' || packages !== 'packages' || npm !== 'npm' || owner === undefined) {
    return undefined
  }
  return { owner }
}
