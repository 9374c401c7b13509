import { formatNpmName, tryParseJsrName } from '../specifier/jsr-name.ts'
import type { PackageSource } from './locked-package.ts'
import { isExactVersion, isNpmName } from './npm-key.ts'
import { parseSource, unknownSource } from './source.ts'

/** What a `resolution` of Yarn 2 and later stands for. */
export interface YarnLocator {
  /** The registry's name of the package. */
  readonly name: string
  /** The name that stands in the text. */
  readonly ident: string
  /** `undefined` where the reference is none. */
  readonly version: string | undefined
  readonly source: PackageSource
}

/**
 * Reads `name@reference`: what Yarn fetches a package by.
 *
 * `npm:1.0.0` is asked of the registry of the name's scope, and `jsr:1.0.0` of the one of `@jsr`, if
 * no `__archiveUrl` stands behind it. A patch is as good as what it is put on.
 *
 * @see https://github.com/yarnpkg/berry (`packages/yarnpkg-core/sources/structUtils.ts`)
 */
export function parseYarnLocator(text: string): YarnLocator {
  const at = text.indexOf('@', 1)
  const ident = at === -1 ? text : text.slice(0, at)
  const reference = at === -1 ? '' : text.slice(at + 1)
  if (!isNpmName(ident) || reference === '') return unknown(ident, text)
  if (reference.startsWith('patch:')) return readPatch(ident, reference)
  if (reference.startsWith('npm:')) return readRegistry(ident, ident, reference.slice(4))
  if (reference.startsWith('jsr:')) {
    const name = tryParseJsrName(ident)
    if (name === undefined) return unknown(ident, text)
    return readRegistry(ident, formatNpmName(name), reference.slice(4))
  }
  return { name: ident, ident, version: undefined, source: readOther(reference) }
}

function unknown(ident: string, text: string): YarnLocator {
  return { name: ident, ident, version: undefined, source: unknownSource(text) }
}

function readRegistry(ident: string, name: string, reference: string): YarnLocator {
  const [version, parameters] = splitAtParameters(reference)
  const address = parameters === undefined ? undefined : readArchiveUrl(parameters)
  if (!isExactVersion(version) || (parameters !== undefined && address === undefined)) {
    return unknown(ident, `${name}@${reference}`)
  }
  const source: PackageSource = address === undefined ? route : parseSource(address)
  return { name, ident, version, source }
}

const route: PackageSource = { type: 'route' }

function splitAtParameters(reference: string): [string, string | undefined] {
  const at = reference.indexOf('::')
  return at === -1 ? [reference, undefined] : [reference.slice(0, at), reference.slice(at + 2)]
}

/**
 * The address behind `__archiveUrl=`; `undefined` for all that could be read in another way. Yarn
 * writes no other parameter here.
 */
function readArchiveUrl(parameters: string): string | undefined {
  const value = /^__archiveUrl=([^&+]+)$/.exec(parameters)?.[1]
  try {
    return value === undefined ? undefined : decodeURIComponent(value)
  } catch {
    return undefined
  }
}

/** `patch:name@npm%3A1.0.0#path::version=1.0.0&hash=abc`; the reference is encoded once more for each patch. */
function readPatch(ident: string, reference: string): YarnLocator {
  const inner = /^patch:([^#]+)#/.exec(reference)?.[1]
  if (inner === undefined) return unknown(ident, reference)
  try {
    const [source] = splitAtParameters(inner)
    const locator = parseYarnLocator(decodeURIComponent(inner.includes('%') ? inner : source))
    return locator.ident === ident ? locator : unknown(ident, reference)
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return unknown(ident, reference)
  }
}

function readOther(reference: string): PackageSource {
  const [address] = splitAtParameters(reference)
  if (/^(?:workspace|link|portal|file):/.test(address)) {
    return { type: 'local', path: address.replace(/^workspace:/, '') }
  }
  if (/[#&]commit=[0-9a-f]+/.test(reference)) return readGit(address)
  return /^https?:/i.test(address) ? parseSource(address) : unknownSource(reference)
}

/** `https://host/x.git#commit=…`, `git@host:owner/name.git#commit=…`. */
function readGit(address: string): PackageSource {
  const url = address.replace(/#.*$/s, '')
  if (/^https?:/i.test(url)) return parseSource(`git+${url}`)
  if (/^(?:git|git\+https?|git\+ssh):/i.test(url)) return parseSource(url)
  if (/^ssh:/i.test(url)) return parseSource(`git+${url}`)
  const scp = /^([\w.-]+@[\w.-]+):(?!\/\/)([^\s]+)$/.exec(url)
  return scp === null ? unknownSource(address) : parseSource(`git+ssh://${scp[1]}/${scp[2]}`)
}
