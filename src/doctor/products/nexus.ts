import {
  headerSign,
  part,
  pathSegments,
  tokenLine,
  type Product,
  type UrlParts,
} from '../product.ts'

/** @see https://help.sonatype.com/en/npm-registry.html */
export const nexus: Product = {
  id: 'nexus',
  name: 'Sonatype Nexus Repository',
  model: 'follows',
  parseUrl,
  rateUrl: () => 'likely',
  signs: [headerSign('server', /^Nexus\//, 'certain')],
  credentialLines: (place) => [tokenLine(place, 'NEXUS_TOKEN')],
  tarballs: () => [],
  advice: {
    credentials: (place) => [
      'switch the realm "npm Bearer Token" on (Administration → Security → Realms), log in with npm login --registry, and put the token into NEXUS_TOKEN; with a user token use _auth, base64 of name:pass, instead',
      `give its role the privilege nx-repository-view-npm-${part(place, 'repository')}-read`,
    ],
    upstream: (place) => [
      "put jsr-guard gateway between Nexus and JSR: from JSR's own file names Nexus reads no version, so that a second version of a package may get the bytes of the first, and Firewall and cleanup see none",
      'Administration → Repository → Repositories → Create repository → npm (proxy): name jsr, Remote storage https://<gateway>/',
      `add jsr to the group ${part(place, 'repository')}, above the proxy of the public registry`,
    ],
    scope: () => [
      'Administration → Repository → Routing Rules: one in mode ALLOW with the matcher ^/@jsr/.*, for the proxy of JSR; one in mode BLOCK with the same, for that of the public registry',
      "a group merges the metadata of all its members: without the rules a look-alike's versions stand among JSR's",
    ],
  },
}

/** `[/ctx]/repository/{repository}/`. */
function parseUrl(url: URL): UrlParts | undefined {
  const [folder, repository] = pathSegments(url).slice(-2)
  if (folder !== 'repository' || repository === undefined) return undefined
  return { repository }
}
