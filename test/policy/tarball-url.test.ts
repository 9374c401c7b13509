import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createConventionCheck,
  detectPackage,
  hasJsrScope,
  isClimbing,
} from '../../src/policy/tarball-url.ts'

const cases = { name: '@jsr/luca__cases', version: '1.0.1' }
const host = 'https://npm.corp.example'

describe('detectPackage', () => {
  test.for([
    ['npm', '/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['npm at the root', '/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['npm, the slash encoded', '/npm/@jsr%2fluca__cases/-/luca__cases-1.0.1.tgz'],
    ['CodeArtifact', ':443/npm/repo/%40jsr%2Fluca__cases/-/luca__cases-1.0.1.tgz'],
    ['Azure', '/org/_packaging/feed@view/npm/registry/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['GAR', '/project/repo/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['Nexus', '/repository/npm-group/@jsr/luca__cases/-/1.0.1.tgz'],
    ['Nexus, tar.gz', '/repository/npm-group/@jsr/luca__cases/-/luca__cases-1.0.1.tar.gz'],
    ['Verdaccio', '/@jsr/luca__cases/-/1.0.1.tgz'],
    ['Artifactory, remote', '/artifactory/api/npm/r/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['Artifactory, local', '/artifactory/api/npm/r/@jsr/luca__cases/-/@jsr/luca__cases-1.0.1.tgz'],
    ['GitLab', '/api/v4/projects/27/packages/npm/@jsr/luca__cases/-/@jsr/luca__cases-1.0.1.tgz'],
    ['GitLab, group', '/api/v4/groups/7/-/packages/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['Gitea', '/api/packages/me/npm/%40jsr%2Fluca__cases/-/1.0.1/luca__cases-1.0.1.tgz'],
    ['cnpm', '/@jsr/luca__cases/download/@jsr/luca__cases-1.0.1.tgz'],
    ['GitHub', `/download/@jsr/luca__cases/1.0.1/${'0a'.repeat(32)}`],
    ['JSR', '/~/11/@jsr/luca__cases/1.0.1.tgz'],
    ['JSR behind a registry', '/artifactory/api/npm/jsr/~/11/@jsr/luca__cases/1.0.1.tgz'],
    ['query and fragment', '/@jsr/luca__cases/-/luca__cases-1.0.1.tgz?a=/x/-/y-2.0.0.tgz#b'],
    ['an encoded letter', '/@jsr/luc%61__cases/-/luca__cases-1.0.1.tgz'],
    ['dots that are resolved', '/x/../@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
  ] as const)('reads the layout of %s', ([, path]) => {
    expect(detectPackage(new URL(host + path))).toEqual(cases)
  })

  test.for([
    ['/lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21'],
    ['/npm/a-1/-/a-1-1.0.0-rc.1.tgz', 'a-1', '1.0.0-rc.1'],
    ['/npm/@s/n/-/n-1.0.0+build.7.tgz', '@s/n', '1.0.0+build.7'],
    ['/download/-/download-8.0.0.tgz', 'download', '8.0.0'],
    ['/packages/-/packages-1.0.0.tgz', 'packages', '1.0.0'],
    ['/@evil/cases/-/cases-1.0.0.tgz', '@evil/cases', '1.0.0'],
    ['/@jsr/luca__cases/-/luca__cases-2-1.0.1.tgz', '@jsr/luca__cases', '2-1.0.1'],
    ['/@jsr/luca__cases/-/luca__cases.zip', '@jsr/luca__cases', undefined],
    ['/~/11/@jsr/luca__cases/1.0.1', '@jsr/luca__cases', undefined],
  ] as const)('reads %s as %s %s', ([path, name, version]) => {
    expect(detectPackage(new URL(host + path))).toEqual({ name, version })
  })

  test.for([
    ['nothing', '/'],
    ['a blob', '/container/3f2a9c'],
    ['GAR’s downloads', '/artifacts-downloads/namespaces/p/repositories/r/downloads/AbC'],
    ['a file named for another package', '/@jsr/luca__cases/-/evil-1.0.1.tgz'],
    ['another scope the second time', '/@jsr/luca__cases/-/@evil/luca__cases-1.0.1.tgz'],
    ['another version in the folder', '/@jsr/luca__cases/-/2.0.0/luca__cases-1.0.1.tgz'],
    ['two separators', '/evil/-/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'],
    ['npm’s separator before JSR’s layout', '/evil/-/~/11/@jsr/luca__cases/1.0.1.tgz'],
    [
      'climbing, encoded slash',
      '/@jsr/luca__cases/-/..%2f..%2f@jsr/evil__pkg/-/evil__pkg-1.0.1.tgz',
    ],
    ['climbing, all encoded', '/@jsr/a__b%2f%2e%2e%2fluca__cases/-/luca__cases-1.0.1.tgz'],
    ['an encoded backslash', '/@jsr%5cluca__cases/-/luca__cases-1.0.1.tgz'],
    ['encoded twice', '/@jsr%252fluca__cases/-/luca__cases-1.0.1.tgz'],
    ['an encoded null', '/@jsr/luca__cases%00/-/luca__cases-1.0.1.tgz'],
    ['a broken escape', '/@jsr/luca__cases/-/luca__cases-1.0.1%zz.tgz'],
    ['an empty name', '/@jsr//-/luca__cases-1.0.1.tgz'],
    ['an empty scope', '/@/luca__cases//-/luca__cases-1.0.1.tgz'],
    ['a scope alone', '/@jsr/-/luca__cases-1.0.1.tgz'],
    ['a deeper file', '/@jsr/luca__cases/-/a/b/luca__cases-1.0.1.tgz'],
    ['an archive of GitLab', '/group/project/-/archive/v1.0.0/project-v1.0.0.tar.gz'],
    ['a release of GitHub', '/a/b/releases/download/1.0.0/1.0.0.tgz'],
    ['a repository of GitHub', '/a/b/tar.gz/0123456789abcdef0123456789abcdef01234567'],
    ['a hash that is none', '/download/@jsr/luca__cases/1.0.1/luca__cases-1.0.1.tgz'],
  ] as const)('says nothing of %s', ([, path]) => {
    expect(detectPackage(new URL(host + path))).toBeUndefined()
  })
})

describe('createConventionCheck', () => {
  test.for([
    ['/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz', '@jsr/luca__cases', '1.0.1', true],
    ['/lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21', true],
    ['/@evil/lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21', false],
    ['/%40evil/lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21', false],
    ['/evil-lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21', false],
    ['/evil/-/lodash/-/lodash-4.17.21.tgz', 'lodash', '4.17.21', false],
    ['/lodash/-/lodash-4.17.20.tgz', 'lodash', '4.17.21', false],
    ['/lodash/-/lodash-4.17.21.tgz?/x', 'lodash', '4.17.21.tgz?/x', false],
    ['/a%2fb/-/a%2fb-1.0.0.tgz', 'a%2fb', '1.0.0', false],
  ] as const)('%s is %s %s: %s', ([path, name, version, expected]) => {
    const isConventional = createConventionCheck()
    expect(isConventional(new URL(host + path).pathname, name, version)).toBe(expected)
    // The second time it knows where the first was served from.
    isConventional('/known/-/known-1.0.0.tgz', 'known', '1.0.0')
    expect(isConventional(new URL(host + path).pathname, name, version)).toBe(expected)
  })

  test('whatever it has seen before, it says what the convention spelled out says', () => {
    const piece = fc.constantFrom(
      'a',
      'ab',
      '@s',
      '-',
      '.',
      '%61',
      'a-1.0.0',
      '@s/a',
      '/',
      '/-/',
      '',
    )
    const name = fc.oneof(
      piece,
      fc.tuple(piece, piece).map(([one, other]) => one + other),
    )
    const version = fc.oneof(piece, fc.constantFrom('1.0.0', '1.0.0-a', '1'))
    const address = fc.record({
      start: fc.array(piece, { maxLength: 3 }),
      name,
      version,
      askedName: fc.option(name, { nil: undefined }),
      askedVersion: fc.option(version, { nil: undefined }),
    })
    let yes = 0
    fc.assert(
      fc.property(fc.array(address), (addresses) => {
        const isConventional = createConventionCheck()
        for (const each of addresses) {
          const file = each.name.slice(each.name.indexOf('/') + 1)
          const path = `/${each.start.join('/')}/${each.name}/-/${file}-${each.version}.tgz`
          const url = new URL(host + path)
          const asked = [each.askedName ?? each.name, each.askedVersion ?? each.version] as const
          const isExpected = isSpelledOut(url.pathname, ...asked)
          expect(isConventional(url.pathname, ...asked)).toBe(isExpected)
          if (isExpected) yes += 1
        }
      }),
      { numRuns: 1000 },
    )
    expect(yes).toBeGreaterThan(0)
  })

  test('a yes is what the layouts say too', () => {
    const isConventional = createConventionCheck()
    for (const name of ['lodash', '@jsr/luca__cases', 'a-1', '-', 'download', '~']) {
      const base = name.slice(name.indexOf('/') + 1)
      const url = new URL(`${host}/npm/${name}/-/${base}-1.0.1.tgz`)
      if (!isConventional(url.pathname, name, '1.0.1')) continue
      const found = detectPackage(url)
      if (found !== undefined) expect(found).toEqual({ name, version: '1.0.1' })
    }
  })
})

describe('hasJsrScope', () => {
  test.for([
    ['/@jsr/luca__cases/-/1.0.1.tgz', true],
    ['/%40jsr%2fluca__cases/-/1.0.1.tgz', true],
    ['/%40%6a%73%72/luca__cases', true],
    ['/@JSR/luca__cases', true],
    ['/x%zz/@jsr', true],
    ['/broken%zz', true],
    ['/@jsrx/luca__cases', false],
    ['/jsr/luca__cases', false],
    ['/@scope/jsr', false],
    ['/a%20b.tgz', false],
    ['/a.tgz?@jsr/', false],
  ] as const)('%s: %s', ([path, expected]) => {
    expect(hasJsrScope(new URL(host + path).pathname)).toBe(expected)
  })
})

describe('isClimbing', () => {
  test.for([
    ['/a/..%2fb', true],
    ['/a%2f%2e%2e%2fb', true],
    ['/a%5c..%5cb', true],
    ['/a/%2e%2e/b', false],
    ['/@scope%2fname/-/name-1.0.0.tgz', false],
    ['/a..b', false],
  ] as const)('%s: %s', ([path, expected]) => {
    expect(isClimbing(new URL(host + path))).toBe(expected)
  })
})

/** What the quick check must come to, written without care for speed. */
function isSpelledOut(path: string, name: string, version: string): boolean {
  const end = `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`
  const start = path.slice(0, Math.max(0, path.length - end.length))
  return path.endsWith(`/${end}`) && !/[%]/.test(path) && !/@|\/-\//.test(start)
}
