/** A registry product that we know what to do about. */
export interface Product {
  readonly id: ProductId
  /** As its maker calls it. */
  readonly name: string
  /** By which it fetches what it hasn't got, as it comes. */
  readonly model: UpstreamModel
  /** The parts of a registry's URL; `undefined` for one that isn't such a product's. */
  readonly parseUrl: (url: URL) => UrlParts | undefined
  /** How sure a URL of that shape is: `certain` where the host is the maker's own. */
  readonly rateUrl: (url: URL) => Sureness
  /** What else it is known by. */
  readonly signs: readonly Sign[]
  /** What `.npmrc` needs, for its credentials; names of variables, never values. */
  readonly credentialLines: (place: Place) => readonly string[]
  /** Other places of its own that its metadata names tarballs at: prefixes for the policy. */
  readonly tarballs: (place: Place) => readonly string[]
  readonly advice: Readonly<Record<AdviceTopic, (place: Place) => readonly string[]>>
}

/** The id of a product, as reports print it. */
export type ProductId =
  | 'azure-artifacts'
  | 'artifactory'
  | 'google-artifact-registry'
  | 'nexus'
  | 'codeartifact'
  | 'github-packages'
  | 'gitlab'
  | 'gitlab-virtual'
  | 'cloudsmith'
  | 'proget'
  | 'verdaccio'
  | 'gitea'
  | 'pnpr'
  | 'vsr'

/** How a registry gets at the tarballs of its upstream. */
export type UpstreamModel =
  /** It asks where the upstream's metadata says. */
  | 'follows'
  /** It asks where npm's own registry would have them. */
  | 'constructs'
  /** It has no upstream of one's choice. */
  | 'none'
  | 'unknown'

/** How sure something is. */
export type Sureness = 'certain' | 'likely' | 'possible'

/** What there is to do something about. */
export type AdviceTopic =
  /** It does not know us. */
  | 'credentials'
  /** It does not serve JSR's packages as it should. */
  | 'upstream'
  /** The scope may come from somewhere else than JSR. */
  | 'scope'

/** Parts of a URL by name, such as the feed of an Azure Artifacts URL. */
export type UrlParts = Readonly<Record<string, string>>

/** A registry, and the parts of its URL. */
export interface Place {
  readonly registry: URL
  readonly parts: UrlParts
}

/** Something in a registry's answers that a product is known by. */
export interface Sign {
  /** What was seen, for people. */
  readonly what: string
  readonly sureness: Exclude<Sureness, 'possible'>
  readonly isSeen: (answers: SignAnswers) => boolean
}

/** One answer of a registry, as far as signs go. */
export interface SignAnswer {
  readonly status: number
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  /** The beginning of its body. */
  readonly text: string
}

/** The answers that signs are looked for in; `undefined` where there was none. */
export interface SignAnswers {
  readonly root: SignAnswer | undefined
  /** To `/-/pnpr`. */
  readonly capabilities: SignAnswer | undefined
  /** To a package that nobody has. */
  readonly unknownPackage: SignAnswer | undefined
}

/** A sign by a header that any answer has. */
export function headerSign(name: string, value: RegExp, sureness: Sign['sureness']): Sign {
  return {
    what: `header ${name}`,
    sureness,
    isSeen: ({ root, unknownPackage }) =>
      [root, unknownPackage].some((answer) => {
        const text = answer?.headers[name]
        return text !== undefined && value.test(text)
      }),
  }
}

/** A part of a URL that can stand in a command as it is; else a name to be filled in. */
export function part({ parts }: Place, name: string): string {
  const value = parts[name] ?? ''
  return /^[\w.-]+$/.test(value) ? value : `<${name}>`
}

/** The URL's path, decoded per segment; without the empty ones at both ends. */
export function pathSegments(url: URL): string[] {
  return url.pathname.split('/').filter((segment) => segment !== '')
}

/** Whether a host is one of a maker's own, which ends in this. */
export function hasHostSuffix({ hostname }: URL, suffix: string): boolean {
  return hostname.endsWith(`.${suffix}`) && hostname.length > suffix.length + 1
}

/** Where npm looks for the credentials of an address: without the scheme. */
export function credentialKey({ host, pathname }: URL): string {
  return `//${host}${pathname}`
}

/** The line with a token, for products that take one. */
export function tokenLine({ registry }: Place, variable: string): string {
  return `${credentialKey(registry)}:_authToken=\${${variable}}`
}

/** What to do with a registry that asks its upstream for npm's own layout of tarballs. */
export const gatewaySteps: readonly string[] = [
  "run jsr-guard gateway where the registry can reach it: it serves JSR in the layout of npm's own registry",
  'check it with: curl https://<gateway>/@jsr%2fstd__path',
]

/** What to do with a registry that has no upstream of one's choice. */
export function mirrorSteps(registry: URL): readonly string[] {
  return [
    'run jsr-guard gateway on a machine that may reach JSR, and fetch each locked version from it: npm pack @jsr/std__path@1.0.8 --registry=https://<gateway>/',
    `publish what was fetched: npm publish jsr-std__path-1.0.8.tgz --registry=${registry.href}`,
    'do so for what those packages depend on too: jsr-guard verify names what is missing',
  ]
}
