import type { RuleLevels } from '../../src/config/policy-file.ts'
import type { Finding } from '../../src/finding.ts'
import type { LockedPackage, Lockfile, PackageSource } from '../../src/lockfile/locked-package.ts'
import type { Manifest } from '../../src/manifest/package-json.ts'
import { evaluate } from '../../src/policy/evaluate.ts'
import { judgeContext } from '../../src/policy/judge.ts'
import type { ClientInUse, LockfileInUse, PolicyContext } from '../../src/policy/rule.ts'
import type { Route } from '../../src/route/route.ts'
import { parseWebUrl } from '../../src/url/web-url.ts'

/** The private registry of every context that names no other. */
export const registry = 'https://npm.corp.example/npm/'

export const sha512 = `sha512-${'A'.repeat(86)}==`
export const sha1 = `sha1-${'A'.repeat(27)}=`

/** A project in order: npm, a mapped scope, nothing of JSR's. */
export function createContext(parts: Partial<PolicyContext> = {}): PolicyContext {
  return {
    registry: new URL(registry),
    isRegistryPinned: false,
    tarballs: [],
    clients: [createClient()],
    manifests: [],
    lockfiles: [],
    ...parts,
  }
}

export function createRoute(text: string, parts: Partial<Route> = {}): Route {
  const url = parseWebUrl(text)?.url
  return { url, text, kind: 'scope', from: '.npmrc:1', file: '.npmrc', line: 1, ...parts }
}

/** What is built into a client. */
export function createBuiltIn(text: string): Route {
  const from = "the client's default"
  return createRoute(text, { kind: 'built-in', from, file: undefined, line: undefined })
}

export function createClient(parts: Partial<ClientInUse> = {}): ClientInUse {
  const route = parts.route ?? createRoute(registry)
  return { name: 'npm', version: '11.21.2', route, routeOf: () => route, ...parts }
}

/** A manifest from its dependency fields; the specifiers stand on the lines from 2. */
export function createManifest(
  fields: Readonly<Record<string, Readonly<Record<string, string>>>>,
  parts: Partial<Manifest> & { readonly optionalPeers?: readonly string[] } = {},
): Manifest {
  const { optionalPeers = [], ...rest } = parts
  const entries = Object.entries(fields).flatMap(([field, specifiers]) =>
    Object.entries(specifiers).map(([alias, specifier]) => ({ field, alias, specifier })),
  )
  return {
    file: 'package.json',
    folder: '',
    name: undefined,
    bundled: [],
    workspaces: [],
    dependencies: entries.map(({ field, alias, specifier }, index) => ({
      path: [field, alias],
      alias,
      specifier,
      isOptionalPeer: field === 'peerDependencies' && optionalPeers.includes(alias),
      line: index + 2,
      offset: 0,
      length: 0,
    })),
    ...rest,
  }
}

/** A locked package, by default `@jsr/luca__cases@1.0.1` as the private registry serves it. */
export function createLocked(parts: Partial<LockedPackage> = {}): LockedPackage {
  const name = parts.name ?? '@jsr/luca__cases'
  const alias = parts.alias ?? name
  const version = 'version' in parts ? parts.version : '1.0.1'
  const base = name.slice(name.indexOf('/') + 1)
  return {
    alias,
    name,
    source: remote(`${registry}${name}/-/${base}-${version}.tgz`),
    integrity: [sha512],
    key: `node_modules/${alias}`,
    line: () => 7,
    ...parts,
    version,
  }
}

export function remote(text: string): PackageSource {
  const web = parseWebUrl(text)
  if (web === undefined) throw new Error(`${text} is no web address`)
  return { type: 'remote', ...web }
}

export function createLockfile(
  packages: readonly LockedPackage[],
  parts: Partial<Lockfile> & Partial<Omit<LockfileInUse, 'content'>> = {},
): LockfileInUse {
  const { projects = [], transitiveSpecifiers = [], ...inUse } = parts
  return {
    file: 'package-lock.json',
    client: 'npm',
    isAuthoritative: true,
    content: { type: 'read', lockfile: { packages, projects, transitiveSpecifiers } },
    ...inUse,
  }
}

/** A context whose lockfile holds these packages. */
export function createLockedContext(
  packages: readonly LockedPackage[],
  parts: Partial<PolicyContext> = {},
): PolicyContext {
  return createContext({ lockfiles: [createLockfile(packages)], ...parts })
}

/** What one rule finds. */
export function check(
  rule: Finding['rule'],
  context: PolicyContext,
  levels: RuleLevels = {},
): Finding[] {
  return evaluate(judgeContext(context), levels).filter((finding) => finding.rule === rule)
}

/** The ids of the rules that find something. */
export function listRules(context: PolicyContext): string[] {
  return [...new Set(evaluate(judgeContext(context), {}).map(({ rule }) => rule))]
}

/** What all rules find, as a run puts them together. */
export function evaluateContext(context: PolicyContext, levels: RuleLevels): Finding[] {
  return evaluate(judgeContext(context), levels)
}
