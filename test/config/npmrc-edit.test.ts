import { describe, expect, test } from 'vitest'
import { findJsrMapping, setJsrMapping } from '../../src/config/npmrc-edit.ts'
import { readNpmrc } from '../../src/config/npmrc.ts'

const registry = new URL('https://npm.corp.example/npm/')
const mapping = '@jsr:registry=https://npm.corp.example/npm/'

describe('setJsrMapping', () => {
  test.for([
    ['an empty file', '', `${mapping}\n`],
    ['what is there, in its order', '; ours\na=1\n# b\n', `; ours\na=1\n# b\n${mapping}\n`],
    ['a last line without an end', 'a=1', `a=1\n${mapping}\n`],
    ['Windows line ends', 'a=1\r\nb=2', `a=1\r\nb=2\r\n${mapping}\r\n`],
    ['mixed line ends', 'a=1\nb=2\r\n\rc=3\n', `a=1\nb=2\r\n\rc=3\n${mapping}\n`],
    ['the sections', 'a=1\n[x]\nb=2\n', `a=1\n${mapping}\n[x]\nb=2\n`],
    ['a mapping in a section', `[x]\n${mapping}\n`, `${mapping}\n[x]\n${mapping}\n`],
    [
      'a mapping in a comment',
      `;${mapping}\n#${mapping}`,
      `;${mapping}\n#${mapping}\n${mapping}\n`,
    ],
    ['a mapping of a near scope', '@JSR:registry=x\n', `@JSR:registry=x\n${mapping}\n`],
    ['what ini takes for no section', ' [x]\na=1\n', ` [x]\na=1\n${mapping}\n`],
  ])('keeps %s', ([, text, expected]) => {
    expect(setJsrMapping(text ?? '', registry)).toBe(expected)
  })

  test.for([
    ['in its place', '@jsr:registry=https://npm.jsr.io\nb=1', `${mapping}\nb=1`],
    [
      'with spaces and quotes',
      'a=1\n  @jsr:registry = "https://x.example" ; old\r\n',
      `a=1\n${mapping}\r\n`,
    ],
    ['that stands twice', '@jsr:registry=a\nx=1\n@jsr:registry=b\n', `x=1\n${mapping}\n`],
    ['that is a list', '@jsr:registry[]=a\n@jsr:registry[]=b\n', `${mapping}\n`],
    ['that has no value', '@jsr:registry\n', `${mapping}\n`],
    ['whose key is quoted', '"@jsr:registry"=a\n', `${mapping}\n`],
  ])('replaces a mapping %s', ([, text, expected]) => {
    expect(setJsrMapping(text ?? '', registry)).toBe(expected)
  })

  test('writes a URL that npm reads back as it is', () => {
    const odd = new URL('https://npm.corp.example:8443/a;b/${c}/%23/')
    const { entries } = readNpmrc(setJsrMapping('a=1\n', odd))
    const value = entries.find(({ key }) => key === '@jsr:registry')?.value
    expect(new URL(String(value)).href).toBe('https://npm.corp.example:8443/a%3Bb/$%7Bc%7D/%23/')
  })

  test('refuses a file in which npm would read something else', () => {
    const text = '[@jsr:registry.x]\na=1\n'
    expect(() => setJsrMapping(text, registry)).toThrow(
      expect.objectContaining({ code: 'ERR_JSR_GUARD_CONFIG' }),
    )
  })
})

test('a mapping is found where npm looks for it, with its line', () => {
  expect(findJsrMapping(`; ${mapping}\n${mapping}\n`)).toEqual({
    value: 'https://npm.corp.example/npm/',
    line: 2,
  })
  expect(findJsrMapping(`;${mapping}\n[x]\n${mapping}\n`)).toBeUndefined()
})
