import { describe, expect, test } from 'vitest'
import { detectHost, formatAddress, formatSource } from '../../src/policy/address.ts'

describe('detectHost', () => {
  test.for([
    ['https://npm.jsr.io/~/11/@jsr/a__b/1.0.0.tgz', 'npm.jsr.io'],
    ['HTTPS://NPM.JSR.IO/a.tgz', 'npm.jsr.io'],
    [' https://npm.jsr.io/a.tgz', 'npm.jsr.io'],
    ['ht\ttps://npm.jsr.io/a.tgz', 'npm.jsr.io'],
    ['https:npm.jsr.io/a.tgz', 'npm.jsr.io'],
    ['https:\\\\npm.jsr.io\\a.tgz', 'npm.jsr.io'],
    ['https://user:pass@npm.jsr.io:8443/a.tgz', 'npm.jsr.io'],
    ['git+https://NPM%2ejsr.io/a.git', 'npm.jsr.io'],
    ['git+ssh://git@jsr.io/a.git#v1', 'jsr.io'],
    ['git://jsr.io/a.git', 'jsr.io'],
    ['ssh://jsr.io/a', 'jsr.io'],
    ['//npm.jsr.io/a.tgz', 'npm.jsr.io'],
    ['git@jsr.io:a/b.git', 'jsr.io'],
    ['jsr.io:a/b.git', 'jsr.io'],
    ['https://npm.jsr.io.evil.example/a.tgz', 'npm.jsr.io.evil.example'],
    ['npm:jsr.io@1', undefined],
    ['npm:@jsr/a__b@^1', undefined],
    ['jsr:@a/b@^1', undefined],
    ['^1.0.0', undefined],
    ['latest', undefined],
    ['file:../jsr.io', undefined],
    ['workspace:*', undefined],
    ['github:jsr-io/jsr', undefined],
    ['jsr-io/jsr', undefined],
    ['https://', undefined],
    ['', undefined],
  ] as const)('%j: %s', ([text, expected]) => {
    expect(detectHost(text)).toBe(expected)
  })
})

describe('formatAddress', () => {
  test.for([
    ['https://user:hunter2@files.example/a.tgz?token=hunter2', 'https://files.example/a.tgz?***'],
    ['https:user:hunter2@files.example/a.tgz', 'https://files.example/a.tgz'],
    ['git+https://hunter2@files.example/a.git', 'git+https://files.example/a.git'],
    ['ssh://user:hunter2@files.example/a', 'ssh://***@files.example/a'],
    ['https://jsr.io/@luca/cases@1.0.0/mod.ts', 'https://jsr.io/@luca/cases@1.0.0/mod.ts'],
  ] as const)('%s', ([text, expected]) => {
    expect(formatAddress(text)).toBe(expected)
  })

  test('cuts what is too long for a line', () => {
    expect(formatAddress(`https://files.example/${'a'.repeat(9999)}`).length).toBeLessThan(300)
  })
})

test('no kind of source prints a password', () => {
  const sources = [
    { type: 'git', url: 'git+https://user:hunter2@files.example/a.git' },
    { type: 'unknown', text: 'ftp://user:hunter2@files.example/a' },
    { type: 'local', path: 'https://user:hunter2@files.example/' },
  ] as const
  for (const source of sources) expect(formatSource(source)).not.toContain('hunter2')
})
