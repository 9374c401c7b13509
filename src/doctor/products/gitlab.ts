import {
  gatewaySteps,
  headerSign,
  mirrorSteps,
  part,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

const signs = [
  headerSign('x-gitlab-meta', /./, 'certain'),
  headerSign('gitlab-lb', /./, 'certain'),
] as const

/** @see https://docs.gitlab.com/user/packages/npm_registry/ */
export const gitlab: Product = {
  id: 'gitlab',
  name: 'GitLab package registry',
  model: 'none',
  parseUrl: parsePackageUrl,
  rateUrl: () => 'likely',
  signs,
  credentialLines: (place) => [tokenLine(place, 'GITLAB_TOKEN'), ...projectLines(place.registry)],
  // Whichever address one asks, tarballs are below the project's own.
  tarballs: ({ registry, parts }) =>
    parts['project'] === undefined ? [projectsUrl(registry).href] : [],
  advice: {
    credentials: () => [
      'put a deploy token or personal access token with the scope read_api, or CI_JOB_TOKEN in a job, into GITLAB_TOKEN',
    ],
    upstream: ({ registry }) => [
      "it has no upstream of one's choice, so packages have to be published to it",
      ...mirrorSteps(registry),
    ],
    scope: () => [
      'Admin area, or group → Settings → Packages and registries: switch off "Forward npm package requests": it redirects what it hasn\'t got to the public registry',
    ],
  },
}

/** @see https://docs.gitlab.com/user/packages/virtual_registry/ */
export const gitlabVirtual: Product = {
  id: 'gitlab-virtual',
  name: 'GitLab virtual registry',
  model: 'constructs',
  parseUrl: parseVirtualUrl,
  rateUrl: () => 'likely',
  signs,
  credentialLines: (place) => [tokenLine(place, 'GITLAB_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: () => [
      'put a token with the scope read_virtual_registry into GITLAB_TOKEN: a deploy token of the top-level group, or CI_JOB_TOKEN in a job',
    ],
    upstream: (place) => [
      ...gatewaySteps,
      `curl --request POST --header "PRIVATE-TOKEN: $GITLAB_TOKEN" --data name=jsr --data url=https://<gateway>/ ${place.registry.origin}/api/v4/virtual_registries/packages/npm/registries/${part(place, 'virtualRegistry')}/upstreams`,
      'put it first among the upstreams: the first that has a package serves it',
    ],
    scope: () => [
      'it has no rules by scope yet: let a virtual registry of its own, with the gateway as its one upstream, serve @jsr',
    ],
  },
}

function readApiPath(url: URL): string | undefined {
  return /\/api\/v4\/(.*)$/.exec(url.pathname)?.[1]
}

function parsePackageUrl(url: URL): UrlParts | undefined {
  const path = readApiPath(url)
  if (path === undefined) return undefined
  if (path === 'packages/npm/') return {}
  const [, group] = /^groups\/([^/]+)\/-\/packages\/npm\/$/.exec(path) ?? []
  const [, project] = /^projects\/([^/]+)\/packages\/npm\/$/.exec(path) ?? []
  if (group !== undefined) return { group }
  return project === undefined ? undefined : { project }
}

function parseVirtualUrl(url: URL): UrlParts | undefined {
  const [, id] = /^virtual_registries\/packages\/npm\/(\d+)\/$/.exec(readApiPath(url) ?? '') ?? []
  return id === undefined ? undefined : { virtualRegistry: id }
}

function projectsUrl(registry: URL): URL {
  const { pathname } = registry
  return new URL(`${pathname.slice(0, pathname.indexOf('/api/v4/'))}/api/v4/projects/`, registry)
}

function projectLines(registry: URL): string[] {
  const { host, pathname } = projectsUrl(registry)
  return [`//${host}${pathname}:_authToken=\${GITLAB_TOKEN}`]
}
