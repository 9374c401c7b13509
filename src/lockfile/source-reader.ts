import type { PackageSource } from './locked-package.ts'
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
  const hostnames = new Map<string, string | undefined>()
  return (text) => readPlain(text, hostnames) ?? parseSource(text)
}

const scheme = 'https://'

/** Segments that `new URL` neither resolves nor encodes: none begins with a dot, so none is `..`. */
const plainPath = /^(?:\/(?!\.)[\w@+~.-]*)+$/

function readPlain(
  text: string,
  hostnames: Map<string, string | undefined>,
): PackageSource | undefined {
  if (!text.startsWith(scheme)) return undefined
  const start = text.indexOf('/', scheme.length)
  if (start === -1) return undefined
  const pathname = text.slice(start)
  if (!plainPath.test(pathname)) return undefined
  const origin = text.slice(0, start)
  if (!hostnames.has(origin)) hostnames.set(origin, readHostname(origin))
  const hostname = hostnames.get(origin)
  if (hostname === undefined) return undefined
  return {
    type: 'remote',
    get url() {
      return new URL(text)
    },
    hasCredentials: false,
    plain: { hostname, pathname },
  }
}

/** The host of an origin in the one spelling that `new URL` gives it: no user, no default port. */
function readHostname(origin: string): string | undefined {
  if (!URL.canParse(origin)) return undefined
  const url = new URL(origin)
  return url.origin === origin ? url.hostname : undefined
}
