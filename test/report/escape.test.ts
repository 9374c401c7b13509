import { describe, expect, test } from 'vitest'
import { disarmLine, escapeForTerminal, escapeJson, escapeLines } from '../../src/report/escape.ts'

describe('escapeForTerminal', () => {
  test.for([
    ['an escape sequence', '\u001B[31mred\u001B[0m', String.raw`\u{1b}[31mred\u{1b}[0m`],
    ['a one-byte CSI', '\u009B2J', String.raw`\u{9b}2J`],
    ['line ends', 'a\r\nb\u2028c\u0085d', String.raw`a\u{d}\u{a}b\u{2028}c\u{85}d`],
    ['bidi overrides', 'a\u202Eb\u2066c', String.raw`a\u{202e}b\u{2066}c`],
    ['invisible characters', 'a\u200Bb\uFEFFc\u{E0041}', String.raw`a\u{200b}b\u{feff}c\u{e0041}`],
    ['a backspace and a bell', 'a\b\u0007', String.raw`a\u{8}\u{7}`],
    ['half a character', 'a\uD83D', String.raw`a\u{d83d}`],
  ] as const)('writes %s out', ([, text, expected]) => {
    expect(escapeForTerminal(text)).toBe(expected)
  })

  test('leaves letters, accents and emoji alone', () => {
    expect(escapeForTerminal('Zoë 中文 😀 …')).toBe('Zoë 中文 😀 …')
  })
})

describe('disarmLine', () => {
  test.for([
    '::error::pwned',
    '  ::set-output name=a::b',
    '\u00A0\u2003::add-mask::a',
    '##[error]pwned',
    'text ##[command]rm',
    '##vso[task.setvariable variable=a]b',
    "text ##teamcity[message text='a']",
  ])('makes %j harmless', (line) => {
    const safe = disarmLine(line)
    expect(safe.trimStart().startsWith('::')).toBe(false)
    expect(safe).not.toMatch(/##\w*\[/)
  })

  test.for(['a::b', 'https://[::1]/', '## title', '#1', ':'])('leaves %j alone', (line) => {
    expect(disarmLine(line)).toBe(line)
  })
})

test('every line of foreign text is made harmless by itself', () => {
  expect(escapeLines('at a\n::error::b\r\n\u001B[2J')).toEqual([
    'at a',
    String.raw`\u{3a}:error::b`,
    String.raw`\u{1b}[2J`,
  ])
})

test('JSON keeps its value, and nothing in it that a terminal or a runner obeys', () => {
  const value = { a: '\u001B\u009B\u202E\u{E0041}\uD83D\n::error::##vso[x]' }
  const json = escapeJson(JSON.stringify(value, undefined, 2))
  expect(JSON.parse(json)).toEqual(value)
  expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]|##\w*\[/u)
})
