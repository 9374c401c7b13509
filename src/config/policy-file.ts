import { closest, distance } from 'fastest-levenshtein'
import { parseTree, type Node, type ParseError } from 'jsonc-parser'
import { JsrGuardError } from '../errors.ts'
import { ruleLevels, type RuleId, type RuleLevel } from '../finding.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { isPublicHost, publicNpmRegistry } from '../url/public-registry.ts'
import { redactText } from '../url/redact.ts'
import { isHostCovered, parseUrlPrefix, type UrlPrefix } from '../url/url-prefix.ts'
import { parseRegistryUrl } from '../url/web-url.ts'

/** What a policy makes of the rules; rules that it does not name keep their default. */
export type RuleLevels = Readonly<Partial<Record<RuleId, RuleLevel>>>

/** A policy, read. */
export interface Policy {
  /** The private registry; `undefined` where the policy leaves it to the configuration. */
  readonly registry: URL | undefined
  /** Other places that its tarballs may be served from. */
  readonly tarballs: readonly UrlPrefix[]
  readonly levels: RuleLevels
}

/**
 * Reads `jsr-guard.json`: JSON with comments, as `schema.json` describes it.
 *
 * Every key must be known, stand once and hold what it should; keys of the contract that this
 * version does not act on are refused, since a policy that is not applied must not look like one.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with file and line.
 */
export function readPolicy(text: string, file: string): Policy {
  const fail = createFailure(text, file)
  return readPolicyNode(parseDocument(text, fail), fail)
}

/**
 * Reads the policy under the `jsr-guard` key of a `package.json`; `undefined` where it has none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with file and line.
 */
export function readManifestPolicy(text: string, file: string): Policy | undefined {
  const fail = createFailure(text, file)
  const found = listEntries(parseDocument(text, fail), { what: 'the manifest', fail }).find(
    ({ key }) => key === 'jsr-guard',
  )
  return found === undefined ? undefined : readPolicyNode(found.value, fail)
}

/**
 * Reads the private registry's address, for the policy and the command line.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_URL` for JSR, the public registry, what has credentials, and
 *   what is no plain web address.
 */
export function parsePrivateRegistry(text: string): URL {
  const url = registryShape.test(text) ? parseRegistryUrl(text) : undefined
  if (url === undefined) {
    throw invalidUrl(text, 'it is not an address such as https://npm.corp.example/npm/')
  }
  if (isJsrHost(url.hostname)) throw invalidUrl(text, 'it is JSR itself')
  if (isPublicHost(url.hostname)) throw invalidUrl(text, 'it is the public registry')
  return url
}

/** The same pattern as in `schema.json`: no user, query or fragment, and nothing that `new URL` would repair. */
const registryShape = /^https?:\/\/[^\s*@?#\\/%]+(?:\/[^\s*?#\\]*)?$/

function invalidUrl(text: string, reason: string): JsrGuardError {
  const message = `${JSON.stringify(redactText(text))} can't be the private registry's: ${reason}`
  return new JsrGuardError('ERR_JSR_GUARD_URL', message)
}

/** Makes the error for what is wrong at a place. */
type Failure = (at: number, message: string, hint?: string) => JsrGuardError

function createFailure(text: string, file: string): Failure {
  return (at, message, hint) => {
    const line = text.slice(0, at).split('\n').length
    return new JsrGuardError('ERR_JSR_GUARD_POLICY', message, { file, line, hint })
  }
}

function parseDocument(text: string, fail: Failure): Node {
  // A space in place of a byte order mark keeps the offsets.
  const source = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text
  const errors: ParseError[] = []
  const root = tryParse(source, errors)
  const [error] = errors
  if (root !== undefined && error === undefined) return root
  throw fail(error?.offset ?? 0, 'the file is not valid JSON with comments')
}

/** The parser's recursion ends where the stack does. */
function tryParse(source: string, errors: ParseError[]): Node | undefined {
  try {
    return parseTree(source, errors, { allowTrailingComma: true })
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Every key that a policy may have in this version. */
const policyKeys = ['$schema', 'registry', 'tarballs', 'rules'] as const

/** Keys that the policy will have. */
const plannedKeys: ReadonlySet<string> = new Set(['packages', 'minimumAgeDays', 'ignore'])

function readPolicyNode(root: Node, fail: Failure): Policy {
  const values = new Map<string, Node>()
  for (const { key, at, value } of listEntries(root, { what: 'the policy', fail })) {
    if (plannedKeys.has(key)) {
      const message = `"${key}" is not supported by this version of jsr-guard`
      throw fail(at, message, 'take it out: it would not be applied')
    }
    if (!isOneOf(key, policyKeys)) {
      throw fail(at, `there is no key ${JSON.stringify(key)}`, formatNearest(key, policyKeys))
    }
    values.set(key, value)
  }
  const schema = values.get('$schema')
  if (schema !== undefined) readString(schema, '"$schema"', fail)
  return {
    registry: readRegistry(values.get('registry'), fail),
    tarballs: readTarballs(values.get('tarballs'), fail),
    levels: readLevels(values.get('rules'), fail),
  }
}

function readRegistry(node: Node | undefined, fail: Failure): URL | undefined {
  if (node === undefined) return undefined
  const text = readString(node, '"registry"', fail)
  return parseAt(node, fail, () => parsePrivateRegistry(text))
}

function readTarballs(node: Node | undefined, fail: Failure): UrlPrefix[] {
  if (node === undefined) return []
  if (node.type !== 'array') throw fail(node.offset, '"tarballs" must be a list of URL prefixes')
  return (node.children ?? []).map((item) => {
    const text = readString(item, 'each of "tarballs"', fail)
    return parseAt(item, fail, () => parseTarballPrefix(text))
  })
}

const publicHost = new URL(publicNpmRegistry).hostname

/** JSR and the public registry are no places for the private registry's tarballs, and no `*.` may stand for them. */
function parseTarballPrefix(text: string): UrlPrefix {
  const prefix = parseUrlPrefix(text)
  if (!isJsrHost(prefix.hostname) && !isHostCovered(publicHost, prefix)) return prefix
  throw invalidUrl(text, 'it is JSR, or the public registry')
}

function readLevels(node: Node | undefined, fail: Failure): RuleLevels {
  if (node === undefined) return {}
  const levels: Partial<Record<RuleId, RuleLevel>> = {}
  for (const { key, at, value } of listEntries(node, { what: '"rules"', fail })) {
    if (!isRuleId(key)) {
      throw fail(at, `there is no rule ${JSON.stringify(key)}`, formatNearest(key, ruleIds))
    }
    const level = readString(value, `the level of "${key}"`, fail)
    if (!isOneOf(level, levelNames)) {
      const message = `${JSON.stringify(level)} is no level of "${key}"`
      throw fail(value.offset, message, formatNearest(level, levelNames))
    }
    levels[key] = level
  }
  return levels
}

const ruleIds = Object.keys(ruleLevels)
const levelNames: readonly RuleLevel[] = ['error', 'warning', 'off']

function isRuleId(text: string): text is RuleId {
  return Object.hasOwn(ruleLevels, text)
}

function isOneOf<T extends string>(text: string, names: readonly T[]): text is T {
  return names.some((name) => name === text)
}

/** The name that somebody may have meant, or all of them. */
function formatNearest(text: string, names: readonly string[]): string {
  const nearest = closest(text, names)
  const limit = Math.max(1, Math.floor(nearest.length * 0.4))
  return distance(text, nearest) <= limit
    ? `did you mean "${nearest}"?`
    : `one of: ${names.join(', ')}`
}

function readString(node: Node, what: string, fail: Failure): string {
  if (node.type === 'string') return String(node.value)
  throw fail(node.offset, `${what} must be a text`)
}

/** Gives an error about an address its place in the file. */
function parseAt<T>(node: Node, fail: Failure, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (!(error instanceof JsrGuardError) || error.code !== 'ERR_JSR_GUARD_URL') throw error
    throw fail(node.offset, error.message, error.hint)
  }
}

interface Entry {
  readonly key: string
  /** Offset of the key. */
  readonly at: number
  readonly value: Node
}

/** The properties of an object, each key once. */
function listEntries(
  node: Node,
  { what, fail }: { readonly what: string; readonly fail: Failure },
): Entry[] {
  if (node.type !== 'object') throw fail(node.offset, `${what} must be an object`)
  const seen = new Set<string>()
  return (node.children ?? []).flatMap(({ children = [] }) => {
    const [name, value] = children
    if (name === undefined || value === undefined) return []
    const key = String(name.value)
    if (seen.has(key)) throw fail(name.offset, `the key ${JSON.stringify(key)} stands twice`)
    seen.add(key)
    return [{ key, at: name.offset, value }]
  })
}
