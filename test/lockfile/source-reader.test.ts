import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSourceReader } from '../../src/lockfile/source-reader.ts'
import { parseSource } from '../../src/lockfile/source.ts'

describe('createSourceReader', () => {
  test('tells host and path of a plain address without parsing it', () => {
    const read = createSourceReader()
    const text = 'https://npm.corp.example:8443/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz'
    expect(read(text)).toMatchObject({
      type: 'remote',
      url: new URL(text),
      hasCredentials: false,
      plain: {
        hostname: 'npm.corp.example',
        pathname: '/npm/@jsr/luca__cases/-/luca__cases-1.0.1.tgz',
      },
    })
  })

  test.for([
    'https://NPM.jsr.io/a.tgz',
    'https://npm.jsr.io:443/a.tgz',
    'https://user@npm.jsr.io/a.tgz',
    'https://npm.corp.example@npm.jsr.io/a.tgz',
    'https://npm.jsr.io\\@npm.corp.example/a.tgz',
    'https://npm.jsr.io?x/a.tgz',
    'https://npm.jsr.io#x/a.tgz',
    'https://0x7f.1/a.tgz',
    'https://2130706433/a.tgz',
    'https://npm%2ejsr.io/a.tgz',
    'https://npm\u3002jsr.io/a.tgz',
    'https://npm.jsr\t.io/a.tgz',
    'https:///npm.jsr.io/a.tgz',
    'https://npm.corp.example/a/../b.tgz',
    'https://npm.corp.example/a/%2e%2e/b.tgz',
    'https://npm.corp.example/./b.tgz',
    'https://npm.corp.example/.b.tgz',
    'https://npm.corp.example/a\\..\\b.tgz',
    'https://npm.corp.example/a b.tgz',
    'https://npm.corp.example/a.tgz\n',
    'https://npm.corp.example/a.tgz?b',
    'https://npm.corp.example/a.tgz#b',
    'https://npm.corp.example',
    'http://npm.corp.example/a.tgz',
    'git+https://npm.corp.example/a.git',
  ])('parses %s at once', (text) => {
    const source = createSourceReader()(text)
    expect(source).toEqual(parseSource(text))
    expect(source).not.toHaveProperty('plain')
  })

  test('whatever the address, it is what parsing each would give', () => {
    const piece = fc.constantFrom(
      'npm.jsr.io',
      'npm.corp.example',
      'a',
      '@jsr',
      'x-1.0.0.tgz',
      '0x7f.1',
      '[::1]',
      'xn--a',
      '/',
      '//',
      '/./',
      '/../',
      '.',
      '..',
      '%2e',
      '%2f',
      '\\',
      '@',
      ':',
      ':443',
      ':8080',
      '?',
      '#',
      ' ',
      '\t',
      '\n',
      'Ü',
      'A',
      '+',
      '~',
      '_',
      '-',
      '\0',
      '|',
      '"',
      '<',
      '^',
      '',
      '1',
    )
    const address = fc
      .tuple(
        fc.constantFrom(
          'https://',
          'https://npm.corp.example/',
          'https://npm.jsr.io/@jsr',
          'https:',
          'HTTPS://',
          'http://',
        ),
        fc.array(piece, { maxLength: 8 }),
      )
      .map(([scheme, pieces]) => scheme + pieces.join(''))
    let plain = 0
    fc.assert(
      fc.property(fc.array(address, { maxLength: 20 }), (addresses) => {
        const read = createSourceReader()
        for (const text of addresses) {
          const source = read(text)
          expect(source).toMatchObject(parseSource(text))
          if (source.type !== 'remote' || source.plain === undefined) continue
          plain += 1
          const { href, hostname, pathname, search, hash } = source.url
          expect({ href, hostname, pathname }).toEqual({
            href: text,
            hostname: source.plain.hostname,
            pathname: source.plain.pathname,
          })
          expect(search + hash).toBe('')
        }
      }),
      { numRuns: 2000 },
    )
    expect(plain).toBeGreaterThan(100)
  })
})
