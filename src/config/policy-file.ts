import type { Node } from 'jsonc-parser'
import { JsrGuardError } from '../errors.ts'
import { ruleLevels, type RuleId, type RuleLevel } from '../finding.ts'
import { tryParseJsrName } from '../specifier/jsr-name.ts'
import type { PackagePattern } from '../specifier/package-pattern.ts'
import { parsePackagePattern } from '../specifier/parse-package-pattern.ts'
import { isJsrHost } from '../url/jsr-host.ts'
import { isPublicHost, publicNpmRegistry } from '../url/public-registry.ts'
import { redactText } from '../url/redact.ts'
import { isHostCovered, parseUrlPrefix, type UrlPrefix } from '../url/url-prefix.ts'
import { parseRegistryUrl } from '../url/web-url.ts'
import {
  formatNearest,
  isOneOf,
  listEntries,
  listItems,
  parseAt,
  parsePolicyDocument,
  readFields,
  readString,
  type PolicyDocument,
} from './policy-document.ts'
import { emptyPolicy } from './empty-policy.ts'
import { parsePolicyReference, type PolicyReference } from './policy-reference.ts'
import { readIgnores, type Ignore } from './policy-ignore.ts'
import { listSettings, type PolicySetting } from './policy-setting.ts'

/** What a policy makes of the rules; rules that it does not name keep their default. */
export type RuleLevels = Readonly<Partial<Record<RuleId, RuleLevel>>>

/** Which packages a policy lets in. */
export interface PackageLists {
  /** `undefined` where there is no such list: then every package is allowed. */
  readonly allow: readonly PackagePattern[] | undefined
  readonly deny: readonly PackagePattern[]
}

/** A policy, read. */
export interface Policy {
  /** Other policies that it is laid over, in this order. */
  readonly extends: readonly PolicyReference[]
  /** The private registry; `undefined` where the policy leaves it to the configuration. */
  readonly registry: URL | undefined
  /** JSR scope, without the `@`, to the one registry that its packages may come from. */
  readonly scopes: ReadonlyMap<string, URL>
  /** Other places that its tarballs may be served from. */
  readonly tarballs: readonly UrlPrefix[]
  readonly packages: PackageLists
  /** How long ago a version must have been published, in days; `undefined` where that is left open. */
  readonly minimumAgeDays: number | undefined
  readonly levels: RuleLevels
  readonly ignores: readonly Ignore[]
  /** Every value it sets, and where. */
  readonly settings: readonly PolicySetting[]
}

/**
 * Reads `jsr-guard.json`: JSON with comments, as `schema.json` describes it.
 *
 * Every key must be known, stand once and hold what it should: a policy that is not applied must
 * not look like one. What it extends is named, not read.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with file and line.
 */
export function readPolicy(text: string, file: string): Policy {
  const document = parsePolicyDocument(text, file)
  return readPolicyNode(document.root, document)
}

/**
 * Reads the policy under the `jsr-guard` key of a `package.json`; `undefined` where it has none.
 *
 * @throws JsrGuardError `ERR_JSR_GUARD_POLICY`, with file and line.
 */
export function readManifestPolicy(text: string, file: string): Policy | undefined {
  const document = parsePolicyDocument(text, file)
  const { root, fail } = document
  const entries = listEntries(root, { what: 'the manifest', fail })
  const found = entries.find(({ key }) => key === 'jsr-guard')
  return found === undefined ? undefined : readPolicyNode(found.value, document)
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

/** Every key that a policy may have. */
const policyKeys = [
  '$schema',
  'extends',
  'registry',
  'scopes',
  'tarballs',
  'packages',
  'minimumAgeDays',
  'rules',
  'ignore',
] as const

function readPolicyNode(root: Node, document: PolicyDocument): Policy {
  const { fail } = document
  const values = readFields(root, policyKeys, { what: 'the policy', fail })
  const schema = values.get('$schema')
  if (schema !== undefined) readString(schema, { what: '"$schema"', fail })
  return {
    extends: readExtends(values.get('extends'), document),
    registry: readRegistry(values.get('registry'), document),
    scopes: readScopes(values.get('scopes'), document),
    tarballs: readTarballs(values.get('tarballs'), document),
    packages: readPackages(values.get('packages'), document),
    minimumAgeDays: readDays(values.get('minimumAgeDays'), document),
    levels: readLevels(values.get('rules'), document),
    ignores: readIgnores(values.get('ignore'), document),
    settings: listSettings(root, document),
  }
}

function readExtends(node: Node | undefined, { fail, lineAt }: PolicyDocument): PolicyReference[] {
  if (node === undefined) return []
  const what = '"extends" must be a file or package, or a list of them'
  const items = node.type === 'string' ? [node] : listItems(node, { what, fail })
  return items.map((item) => {
    const text = readString(item, { what: 'each of "extends"', fail })
    const line = lineAt(item.offset)
    return parseAt(item, fail, () => parsePolicyReference(text, line))
  })
}

function readRegistry(node: Node | undefined, { fail }: PolicyDocument): URL | undefined {
  if (node === undefined) return undefined
  const text = readString(node, { what: '"registry"', fail })
  return parseAt(node, fail, () => parsePrivateRegistry(text))
}

function readScopes(node: Node | undefined, { fail }: PolicyDocument): ReadonlyMap<string, URL> {
  const scopes = new Map<string, URL>()
  if (node === undefined) return scopes
  for (const { key, at, value } of listEntries(node, { what: '"scopes"', fail })) {
    // Any name will do: what is read here is the scope.
    const name = tryParseJsrName(`${key}/any`)
    if (name === undefined) {
      throw fail(at, `${JSON.stringify(key)} is no scope of JSR's`, 'write it as @scope')
    }
    const text = readString(value, { what: `the registry of "${key}"`, fail })
    scopes.set(
      name.scope,
      parseAt(value, fail, () => parsePrivateRegistry(text)),
    )
  }
  return scopes
}

function readTarballs(node: Node | undefined, { fail }: PolicyDocument): UrlPrefix[] {
  if (node === undefined) return []
  const items = listItems(node, { what: '"tarballs" must be a list of URL prefixes', fail })
  return items.map((item) => {
    const text = readString(item, { what: 'each of "tarballs"', fail })
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

const listNames = ['allow', 'deny'] as const

function readPackages(node: Node | undefined, document: PolicyDocument): PackageLists {
  if (node === undefined) return emptyPolicy.packages
  const lists = readFields(node, listNames, { what: '"packages"', fail: document.fail })
  const allow = lists.get('allow')
  const deny = lists.get('deny')
  return {
    allow: allow === undefined ? undefined : readPatterns(allow, 'allow', document),
    deny: deny === undefined ? [] : readPatterns(deny, 'deny', document),
  }
}

function readPatterns(node: Node, list: string, { fail }: PolicyDocument): PackagePattern[] {
  return listItems(node, { what: `"${list}" must be a list of packages`, fail }).map((item) => {
    const text = readString(item, { what: `each of "${list}"`, fail })
    return parseAt(item, fail, () => parsePackagePattern(text))
  })
}

function readDays(node: Node | undefined, { fail }: PolicyDocument): number | undefined {
  if (node === undefined) return undefined
  const days: unknown = node.value
  if (typeof days === 'number' && Number.isSafeInteger(days) && days >= 0) return days
  throw fail(node.offset, '"minimumAgeDays" must be a whole number of days, 0 or more')
}

function readLevels(node: Node | undefined, { fail }: PolicyDocument): RuleLevels {
  if (node === undefined) return {}
  const levels: Partial<Record<RuleId, RuleLevel>> = {}
  for (const { key, at, value } of listEntries(node, { what: '"rules"', fail })) {
    if (!isRuleId(key)) {
      throw fail(at, `there is no rule ${JSON.stringify(key)}`, formatNearest(key, ruleIds))
    }
    const level = readString(value, { what: `the level of "${key}"`, fail })
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
