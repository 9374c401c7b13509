import type { PackageSource, PlainAddress } from './locked-package.ts'
import { parseSource } from './source.ts'

/**
 * Makes a reader of sources, as {@link parseSource}, for the many addresses of one lockfile.
 *
 * Nearly all of them are plain: an origin that many share, and a path of letters that `new URL`
 * leaves alone. Of these the origin is parsed once, and the whole address only when somebody asks
 * for it: parsing 20,000 of them takes longer than all rules together. What isn't plain beyond
 * doubt is parsed at once.
 */
export function createSourceReader(): (text: string) => PackageSource {
  const readPlain = createPlainReader()
  return (text) => readPlain(text) ?? parseSource(text)
}

/** Reads an address that is plain beyond doubt, and so the one spelling of it; `undefined` for others. */
export type PlainReader = (text: string) => PackageSource | undefined

/** Makes the part of a reader of sources that knows plain addresses alone. */
export function createPlainReader(): PlainReader {
  const hostnames = new Map<string, string | undefined>()
  let latest = ''
  return (text) => {
    const start = text.indexOf('/', scheme.length)
    if (!text.startsWith(scheme) || start === -1) return undefined
    plainPath.lastIndex = start
    if (!plainPath.test(text)) return undefined
    const isSame = start === latest.length && text.startsWith(latest)
    if (!isSame) latest = text.slice(0, start)
    if (!isSame && !hostnames.has(latest)) hostnames.set(latest, readHostname(latest))
    const hostname = hostnames.get(latest)
    return hostname === undefined ? undefined : new PlainSource(text, hostname, start)
  }
}

const scheme = 'https://'

/** Segments that `new URL` neither resolves nor encodes: none begins with a dot, so none is `..`. */
const plainPath = /(?:\/(?!\.)[\w@+~.-]*)+$/y

/** The host of an origin in the one spelling that `new URL` gives it: no user, no default port. */
function readHostname(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined
  const url = new URL(origin)
  return url.origin === origin ? url.hostname : undefined
}

/** A class, because a literal with a getter takes as long to make as a URL to parse. */
class PlainSource implements PlainAddress {
  readonly type = 'remote'
  readonly hasCredentials = false
  readonly hostname: string
  readonly pathname: string
  readonly #text: string

  constructor(text: string, hostname: string, start: number) {
    this.#text = text
    this.hostname = hostname
    this.pathname = text.slice(start)
  }

  get url(): URL {
    return new URL(this.#text)
  }

  get plain(): PlainAddress {
    return this
  }
}
