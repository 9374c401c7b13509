import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PackageSource } from '../../src/lockfile/locked-package.ts'
import { parseSource } from '../../src/lockfile/source.ts'
import { isJsrHost } from '../../src/url/jsr-host.ts'

describe('a web address', () => {
  test.for([
    { text: 'https://npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'http://npm.jsr.io/a.tgz', href: 'http://npm.jsr.io/a.tgz' },
    { text: 'HTTPS://NPM.JSR.IO/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://npm.jsr.io./a.tgz', href: 'https://npm.jsr.io./a.tgz' },
    { text: 'https://npm.jsr.io:443/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://npm.jsr.io:8443/a.tgz', href: 'https://npm.jsr.io:8443/a.tgz' },
    { text: 'https:npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https:/npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https:///npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https:\\\\npm.jsr.io\\a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://npm%2ejsr%2eio/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://npm\u3002jsr\u3002io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://\uff4epm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://2130706433/a.tgz', href: 'https://127.0.0.1/a.tgz' },
    { text: 'https://corp.example\\@npm.jsr.io/a', href: 'https://corp.example/@npm.jsr.io/a' },
    { text: 'https://corp.example#@npm.jsr.io/a', href: 'https://corp.example/#@npm.jsr.io/a' },
    { text: 'https://corp.example?@npm.jsr.io/a', href: 'https://corp.example/?@npm.jsr.io/a' },
    { text: 'https://npm.jsr.io.evil.test/a', href: 'https://npm.jsr.io.evil.test/a' },
  ])('$text is fetched from $href', ({ text, href }) => {
    expect(parseSource(text)).toMatchObject({
      type: 'remote',
      url: { href },
      hasCredentials: false,
    })
  })

  test.for([
    { text: 'https://corp.example@npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://corp.example:443@npm.jsr.io/a.tgz', href: 'https://npm.jsr.io/a.tgz' },
    { text: 'https://user:secret@npm.corp.example/a', href: 'https://npm.corp.example/a' },
  ])('$text has credentials, which are taken off', ({ text, href }) => {
    expect(parseSource(text)).toMatchObject({ type: 'remote', url: { href }, hasCredentials: true })
  })
})

describe('a git repository', () => {
  test.for([
    { text: 'git+ssh://git@git.corp.example/a/b.git#abc' },
    { text: 'git+https://git.corp.example/a/b.git#abc' },
    { text: 'git+http://git.corp.example/a/b.git' },
    { text: 'git://git.corp.example/a/b.git' },
    { text: 'git+file:///srv/a' },
    { text: 'git+ssh://git@git.corp.example:2222/a/b.git' },
    { text: 'github:luca/cases#abc' },
    { text: 'gitlab:luca/cases' },
    { text: 'bitbucket:luca/cases' },
    { text: 'gist:abc' },
  ])('$text is one', ({ text }) => {
    expect(parseSource(text)).toEqual({ type: 'git', url: text })
  })

  test.for([
    {
      text: 'git+ssh://git@git.corp.example:a/b.git#abc',
      url: 'git+ssh://git@git.corp.example/a/b.git#abc',
    },
    { text: 'git+ssh://git@npm.jsr.io:a/b.git', url: 'git+ssh://git@npm.jsr.io/a/b.git' },
    { text: 'GIT+HTTPS://git.corp.example/a', url: 'git+https://git.corp.example/a' },
    { text: 'git+https://token@git.corp.example/a', url: 'git+https://git.corp.example/a' },
    { text: 'git+https://a:secret@git.corp.example/a', url: 'git+https://git.corp.example/a' },
    { text: 'git+ssh://git:secret@git.corp.example/a', url: 'git+ssh://git@git.corp.example/a' },
  ])('$text is written as a URL, without secrets', ({ text, url }) => {
    expect(parseSource(text)).toEqual({ type: 'git', url })
  })
})

test.for(['file:../a', 'file:a.tgz', 'file:vendor/my package.tgz', 'file:///srv/a', 'FILE:a'])(
  '%s is on this machine',
  (path) => {
    expect(parseSource(path)).toEqual({ type: 'local', path })
  },
)

test.for([
  '',
  ' ',
  'not a url',
  'npm.jsr.io/a.tgz',
  '//npm.jsr.io/a.tgz',
  '/a.tgz',
  './a.tgz',
  '../a.tgz',
  'a.tgz',
  'C:/a.tgz',
  'C:\\a.tgz',
  'luca/cases',
  '1.0.0',
  'latest',
  '*',
  'https',
  'https:',
  'https://',
  'https://%/',
  'https://npm.jsr.io%00.corp.example/a.tgz',
  'https://corp.example:99999/a.tgz',
  'https://npm.jsr.io\uff20corp.example/a.tgz',
  ' https://npm.corp.example/a.tgz',
  'https://npm.corp.example/a.tgz ',
  '\thttps://npm.corp.example/a.tgz',
  '\u00a0https://npm.corp.example/a.tgz',
  '\ufeffhttps://npm.corp.example/a.tgz',
  'ht\ttps://npm.corp.example/a.tgz',
  'https://npm.\njsr.io/a.tgz',
  'https://npm.corp.example/a b.tgz',
  'https://npm.corp.example/a.tgz\0',
  'a@https://npm.jsr.io/a.tgz',
  '@jsr/a@https://npm.jsr.io/a.tgz',
  'npm:@jsr/a@1.0.0',
  'jsr:@a/b@1',
  'workspace:*',
  'link:../a',
  'portal:../a',
  'ftp://npm.jsr.io/a.tgz',
  'ssh://git@npm.jsr.io/a',
  'git@npm.jsr.io:a/b.git',
  'git+rsync://npm.jsr.io/a',
  'git:npm.jsr.io/a',
  'git+https:npm.jsr.io/a',
  'git+ssh:git@npm.jsr.io/a',
  'git+ssh://a:secret@npm.jsr.io:a/b',
  'git+https://npm.jsr.io/a b',
  'git+https://npm.jsr.io/a\nb',
  'file://npm.jsr.io/a.tgz',
  'file:\\\\npm.jsr.io\\a.tgz',
  'data:application/gzip;base64,AAAA',
  'blob:https://npm.jsr.io/a',
  'javascript:alert(1)',
])('%j says nothing for certain', (text) => {
  expect(parseSource(text).type).toBe('unknown')
})

test.for([
  ' https://user:secret@npm.corp.example/a.tgz',
  'a@https://user:secret@npm.corp.example/a.tgz',
  'git+ssh://a:secret@npm.jsr.io:a/b',
  'ssh://git:secret@git.corp.example/a',
  'https://npm.corp.example:99999/a.tgz?token=secret',
])('%j does not keep its secret', (text) => {
  expect(JSON.stringify(parseSource(text))).not.toContain('secret')
})

const signs = 'https: http: git+https: file: // / \\ @ : # ? . %2e'.split(' ')
const hosts = 'npm.jsr.io NPM.JSR.IO jsr.io corp.example user a.tgz 443'.split(' ')

test('whatever text is read, nothing on a JSR host passes as something harmless', () => {
  const part = fc.constantFrom(...signs, ...hosts, ' ', '\t')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (written) => {
      const text = written.join('')
      const source = parseSource(text)
      // What any reader that goes by the URL standard would ask for.
      const host = hostOf(text)
      if (host !== undefined && isJsrHost(host)) expect(isHarmless(source)).toBe(false)
    }),
    { numRuns: 2_000 },
  )
})

function hostOf(text: string): string | undefined {
  const plain = text.replace(/^git\+/, '')
  return URL.canParse(plain) ? new URL(plain).hostname : undefined
}

function isHarmless(source: PackageSource): boolean {
  switch (source.type) {
    case 'remote':
      return !isJsrHost(source.url.hostname)
    case 'git':
      return !isJsrHost(hostOf(source.url) ?? '')
    case 'unknown':
    case 'native':
      return false
    case 'local':
    case 'route':
    case 'bundled':
      return true
  }
}
