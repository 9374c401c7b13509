import { describe, expect, test } from 'vitest'
import type { PackageSource } from '../../src/lockfile/locked-package.ts'
import type { PolicyContext } from '../../src/policy/rule.ts'
import { judgeSource } from '../../src/policy/verdict.ts'
import { publicNpmRegistry } from '../../src/url/public-registry.ts'
import { parseUrlPrefix } from '../../src/url/url-prefix.ts'
import {
  createBuiltIn,
  createClient,
  createContext,
  createLocked,
  createManifest,
  createRoute,
  registry,
  remote,
} from './context.ts'

function judge(source: PackageSource, parts: Partial<PolicyContext> = {}): string {
  const context = createContext(parts)
  const { verdict, by } = judgeSource(createLocked({ source }), context, context.clients[0])
  return `${verdict} by ${by}`
}

describe('an address in the lockfile', () => {
  test.for([
    ['https://npm.corp.example/npm/@jsr/luca__cases/-/1.0.1.tgz', 'private by url'],
    ['https://NPM.CORP.EXAMPLE:443/npm/@jsr/luca__cases/-/1.0.1.tgz', 'private by url'],
    ['https://npm.corp.example./npm/@jsr/luca__cases/-/1.0.1.tgz', 'private by url'],
    ['https://npm.corp.example/npm/x/../@jsr/luca__cases/-/1.0.1.tgz', 'private by url'],
    // Near misses of the registry.
    ['http://npm.corp.example/npm/@jsr/luca__cases/-/1.0.1.tgz', 'foreign by url'],
    ['https://npm.corp.example:8443/npm/@jsr/luca__cases/-/1.0.1.tgz', 'foreign by url'],
    ['https://npm.corp.example/npm-evil/@jsr/luca__cases/-/1.0.1.tgz', 'foreign by url'],
    ['https://npm.corp.example/npm/../evil/@jsr/luca__cases/-/1.0.1.tgz', 'foreign by url'],
    ['https://npm.corp.example/npm/..%2fevil/@jsr/luca__cases/-/1.0.1.tgz', 'foreign by url'],
    ['https://npm.corp.example.evil.example/npm/x.tgz', 'foreign by url'],
    ['https://evil.example/?https://npm.corp.example/npm/', 'foreign by url'],
    ['https://npm.corp.example@evil.example/npm/x.tgz', 'unknown by url'],
    ['https://user:secret@npm.corp.example/npm/x.tgz', 'unknown by url'],
    // JSR, and near misses of it.
    ['https://npm.jsr.io/~/11/@jsr/luca__cases/1.0.1.tgz', 'direct by url'],
    ['http://NPM.JSR.IO:8080/~/11/@jsr/luca__cases/1.0.1.tgz', 'direct by url'],
    ['https://npm.jsr.io./~/11/@jsr/luca__cases/1.0.1.tgz', 'direct by url'],
    ['https://jsr.io/@luca/cases/1.0.1/mod.ts', 'direct by url'],
    ['https://npm.corp.example@npm.jsr.io/npm/x.tgz', 'direct by url'],
    ['https:\\\\npm.jsr.io\\x.tgz', 'direct by url'],
    ['https://npm%2ejsr%2eio/x.tgz', 'direct by url'],
    ['https://ｎｐｍ.jsr.io/x.tgz', 'direct by url'],
    ['https://npm.jsr.io.evil.example/~/11/x.tgz', 'foreign by url'],
    ['https://evil.example/npm.jsr.io/x.tgz', 'foreign by url'],
    ['https://notjsr.io/x.tgz', 'foreign by url'],
  ] as const)('%s is %s', ([url, expected]) => {
    expect(judge(remote(url))).toBe(expected)
  })

  test('is foreign where no private registry is known', () => {
    const source = remote('https://npm.corp.example/npm/@jsr/luca__cases/-/1.0.1.tgz')
    expect(judge(source, { registry: undefined })).toBe('foreign by url')
  })

  const tarballs = [parseUrlPrefix('https://*.corp-storage.example/npm/')]

  test.for([
    ['https://a.corp-storage.example/npm/3f2a', 'private by tarballs'],
    ['https://a.b.corp-storage.example/npm/3f2a', 'private by tarballs'],
    ['https://corp-storage.example/npm/3f2a', 'foreign by url'],
    ['https://evilcorp-storage.example/npm/3f2a', 'foreign by url'],
    ['https://a.corp-storage.example/npm-evil/3f2a', 'foreign by url'],
    ['https://a.corp-storage.example@evil.example/npm/3f2a', 'unknown by url'],
  ] as const)('with a prefix allowed, %s is %s', ([url, expected]) => {
    expect(judge(remote(url), { tarballs })).toBe(expected)
  })

  test('is direct on a JSR host even below an allowed prefix', () => {
    const jsr = [{ ...parseUrlPrefix('https://*.a.example/'), hostname: 'jsr.io' }]
    expect(judge(remote('https://npm.jsr.io/x.tgz'), { tarballs: jsr })).toBe('direct by url')
  })
})

describe('an entry without an address', () => {
  const route: PackageSource = { type: 'route' }

  test.for([
    ['the private registry', createRoute(registry), 'private by route'],
    ['a path below it', createRoute(`${registry}jsr/`), 'private by route'],
    ['the default registry', createRoute(registry, { kind: 'default' }), 'private by route'],
    ['another path of the host', createRoute('https://npm.corp.example/'), 'foreign by route'],
    ['another registry', createRoute('https://npm.other.example/'), 'foreign by route'],
    ['the public registry', createRoute(publicNpmRegistry), 'foreign by route'],
    ['what is built in', createBuiltIn('https://npm.client.example/'), 'foreign by route'],
    ['what is built in, be it the same', createBuiltIn(registry), 'foreign by route'],
    ['JSR', createRoute('https://npm.jsr.io/'), 'direct by route'],
    ['JSR, built in', createBuiltIn('https://npm.jsr.io./'), 'direct by route'],
    ['no address', createRoute('${REGISTRY}'), 'unknown by route'],
  ] as const)('is judged from a route to %s', ([, where, expected]) => {
    expect(judge(route, { clients: [createClient({ route: where })] })).toBe(expected)
  })

  test('is foreign where no private registry is known', () => {
    expect(judge(route, { registry: undefined })).toBe('foreign by route')
  })

  test('is unknown where its client is none of those in use', () => {
    expect(judge(route, { clients: [] })).toBe('unknown by route')
  })

  test('is judged from the route of its own name, not of the scope', () => {
    const client = createClient({
      routeOf: (name) =>
        createRoute(name === '@jsr/luca__cases' ? 'https://npm.jsr.io/' : registry),
    })
    expect(judge(route, { clients: [client] })).toBe('direct by route')
  })
})

describe('an entry of another kind', () => {
  test.for([
    [
      'a git repository',
      { type: 'git', url: 'git+https://git.corp.example/a.git' },
      'foreign by entry',
    ],
    [
      'a git repository on JSR',
      { type: 'git', url: 'git+ssh://git@NPM.jsr.io/a' },
      'direct by url',
    ],
    ['a git path on JSR', { type: 'git', url: 'git@jsr.io:luca/cases.git' }, 'direct by url'],
    [
      'a git near miss',
      { type: 'git', url: 'git@jsr.io.evil.example:luca/cases' },
      'foreign by entry',
    ],
    ['a file', { type: 'local', path: '../cases.tgz' }, 'foreign by entry'],
    ['a workspace', { type: 'local', path: 'packages/cases' }, 'private by workspace'],
    [
      'a workspace as a link',
      { type: 'local', path: 'file:./packages/cases' },
      'private by workspace',
    ],
    ['a near miss of it', { type: 'local', path: 'packages/cases/../evil' }, 'foreign by entry'],
    ['the root', { type: 'local', path: '.' }, 'foreign by entry'],
    ['an empty path', { type: 'local', path: '' }, 'foreign by entry'],
    ['a bundled package', { type: 'bundled' }, 'unknown by entry'],
    ['nothing that we know', { type: 'unknown', text: 'ipfs:abc' }, 'unknown by entry'],
  ] as const)('%s', ([, source, expected]) => {
    const manifests = [
      createManifest({}),
      createManifest({}, { file: 'packages/cases/package.json', folder: 'packages/cases' }),
    ]
    expect(judge(source, { manifests })).toBe(expected)
  })
})

describe('a scope with a registry of its own', () => {
  const own = 'https://npm.corp.example/std/'
  const scopes = new Map([['std', new URL(own)]])
  const judgeNamed = (name: string, base: string): string => {
    const source = remote(`${base}${name}/-/${name.slice(5)}-1.0.1.tgz`)
    const context = createContext({ scopes })
    return judgeSource(createLocked({ name, source }), context, context.clients[0]).verdict
  }

  test.for([
    ['@jsr/std__path', own, 'private'],
    ['@jsr/std__path', registry, 'foreign'],
    ['@jsr/std__path', 'https://npm.corp.example/std-evil/', 'foreign'],
    ['@jsr/std__path', 'https://npm.jsr.io/', 'direct'],
    ['@jsr/luca__cases', registry, 'private'],
    ['@jsr/luca__cases', own, 'foreign'],
    ['@jsr/std-x__path', own, 'foreign'],
  ] as const)('%s from below %s is %s', ([name, base, expected]) => {
    expect(judgeNamed(name, base)).toBe(expected)
  })

  test('is not reached by way of a route that leads to the other registry', () => {
    const context = createContext({ scopes })
    const locked = createLocked({ name: '@jsr/std__path', source: { type: 'route' } })
    expect(judgeSource(locked, context, context.clients[0]).verdict).toBe('foreign')
  })
})
